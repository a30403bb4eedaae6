import { infoNce } from "whetstone/information";
import { Matrix } from "whetstone/math";
import { mean, normal } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "information/infonce",
  title: "InfoNCE bounds mutual information, and is capped at log N",
  formula: String.raw`I(X;Y)\ \ge\ \log N-\mathcal L_{\text{NCE}},\qquad \mathcal L_{\text{NCE}}=-\mathbb E\log\frac{e^{f(x_i,y_i)}}{\sum_j e^{f(x_i,y_j)}}`,
  ask: "Show that InfoNCE bounds mutual information from below. What caps the bound?",
  answer:
    "The loss is the cross-entropy of picking the true partner among N. The best critic is the log density ratio, up to a constant; then log N − loss approaches the mutual information from below as N grows. As the loss is ≥ 0, the bound never exceeds log N: large information needs large batches.",
  pitfall:
    "A flat loss near 0 means that the batch is too small to measure more, not that all information is captured. And a tighter bound does not mean better features.",
  level: "hard",
  whenNot:
    "To measure large mutual information: the bound stops at log N. Use other estimators, or do not read it as a measure at all; as a training loss it is fine.",
  followUps: [
    {
      ask: "Why is the temperature so important?",
      answer:
        "It scales the critic. Too high and all negatives look alike, too low and only the hardest counts. The best critic fixes the scale; a bounded cosine cannot reach it without a small temperature.",
    },
    {
      ask: "Does a tighter bound give better features?",
      answer:
        "Not necessarily: any invertible map keeps the information. What helps is the choice of views and negatives, and the shape of the critic.",
    },
  ],
  derivation: String.raw`Draw $x$, its partner $y_1$ from $p(y\mid x)$ and $N-1$ others from $p(y)$, shuffled. The posterior that $i$ is the partner is $\frac{r(y_i)}{\sum_jr(y_j)}$ with $r(y)=\frac{p(y\mid x)}{p(y)}$, so the best critic is $f=\log r$ plus any function of $x$.

Any other critic has a larger loss, so take this one: $\mathcal L=-\mathbb E\log\frac{r(y_1)}{\sum_jr(y_j)}$.

Let $\bar r=\frac1N\sum_jr(y_j)$. Then $\mathcal L=\log N-\mathbb E\log r(y_1)+\mathbb E\log\bar r$. The second term is $\mathbb E\log\frac{p(y\mid x)}{p(y)}=I$. The third is a divergence: with $q$ the law of $x$ and $N$ unrelated $y$, the shuffled batch has density $q\,\bar r$, so $\mathbb E\log\bar r=\mathrm{KL}(q\bar r\Vert q)\ge0$. Hence $I\ge\log N-\mathcal L$. As $N$ grows $\bar r\to1$ by the law of large numbers ($\mathbb Er=1$ under $p(y)$) and the gap closes. $\mathcal L\ge0$ as a cross-entropy, so the bound is at most $\log N$.`,
  covers: ["information/infonce-bound", "claim-b-286"],
  answers: ["q-b-299"],
  verifiedAgainst: ["Gaussian pairs with known mutual information"],
  budget: "quick",
  controls: {
    information: slider(0.2, 6, 3, { label: "true mutual information, nats", step: 0.1 }),
    batch: slider(2, 256, 16, { label: "batch size N" }),
    temperature: slider(0.2, 3, 1, { label: "temperature of the critic (1: optimal)", step: 0.1 }),
  },
  run(lab, { information, batch, temperature }) {
    const random = lab.random();
    // Gaussian pairs: I = −½ log(1 − ρ²); the optimal critic is log p(y|x) − log p(y).
    const bound = (I: number, n: number, T: number, runs: number) => {
      const rho = Math.sqrt(1 - Math.exp(-2 * I));
      const s = Math.sqrt(1 - rho * rho);
      const [noise, prior] = [normal(0, s), normal()];
      return mean(
        range(runs).map(() => {
          const x = random.fillNormal(new Float64Array(n));
          const y = x.map((v) => rho * v + s * random.normal());
          const base = y.map((v) => prior.logPdf(v));
          return infoNce(
            new Matrix(
              Float64Array.from(
                { length: n * n },
                (_, at) => (noise.logPdf(y[at % n]! - rho * x[Math.floor(at / n)]!) - base[at % n]!) / T,
              ),
              n,
              n,
            ),
          ).bound;
        }),
      );
    };
    const sizes = [2, 4, 8, 16, 32, 64, 128];
    const runs = (n: number) => Math.max(2, Math.round(400 / n));
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "log N − loss",
            x: sizes,
            y: sizes.map((n) => bound(information, n, temperature, runs(n))),
          },
          { type: "line", name: "cap log N", x: sizes, y: sizes.map(Math.log), dashed: true },
          { type: "rule", name: "true information", y: information },
          {
            type: "points",
            name: "your N",
            x: [batch],
            y: [bound(information, batch, temperature, runs(batch))],
            size: 5,
          },
        ],
        {
          x: { label: "batch size N", scale: "log" },
          y: { label: "nats" },
          alt: `The InfoNCE bound by batch size: it climbs along log N and levels off below the true information of ${information} nats.`,
        },
      ),
    );
    const small = bound(5, 16, 1, 40);
    lab.check("true information 5 nats, N = 16: bound less its cap log 16", small - Math.log(16), {
      atMost: 0,
    });
    lab.check("it sits near the cap", small, { above: 0.85 * Math.log(16) });
    const enough = bound(1, 128, 1, 12);
    lab.check("true information 1 nat, N = 128: bound", enough, { between: [0.8, 1.12] });
    lab.check(
      "a larger batch is tighter: N = 64 less N = 4, at 2 nats",
      bound(2, 64, 1, 12) - bound(2, 4, 1, 100),
      { above: 0.4 },
    );
    lab.check("a critic that knows nothing", infoNce(Matrix.zeros(8, 8)).bound, { equals: 0, within: 1e-14 });
    lab.check(
      "a worse critic: bound at temperature 5 less that at 1",
      bound(2, 32, 5, 20) - bound(2, 32, 1, 20),
      { below: 0 },
    );
    lab.check(
      "perfect separation of N = 32: the cap",
      infoNce(
        new Matrix(
          Float64Array.from({ length: 1024 }, (_, i) => (i % 33 === 0 ? 50 : 0)),
          32,
          32,
        ),
      ).bound,
      { equals: Math.log(32), within: 1e-9 },
    );
  },
});

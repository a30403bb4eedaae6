import {
  conditionalEntropy,
  entropy,
  klDivergence,
  mutualInformation,
  mutualInformationKnn,
  mutualInformationLabels,
} from "whetstone/information";
import { Matrix } from "whetstone/math";
import { correlation, mean } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "information/mutual-information",
  title: "Mutual information: how much one variable tells about another",
  formula: String.raw`I(X;Y)=\mathrm{KL}\big(p_{XY}\,\Vert\,p_Xp_Y\big)=H(X)-H(X\mid Y)`,
  ask: "What does mutual information measure beyond correlation, and how is it estimated from data?",
  answer:
    "The divergence of the joint from the product of its margins: the entropy of X that knowing Y removes. It is 0 exactly under independence and sees any dependence, not only lines. For labels count (and correct the upward bias), for continuous data use nearest neighbours. For Gaussians it is −½ log(1 − ρ²).",
  pitfall:
    "Binned estimates grow with the number of bins: independent data with many bins show plenty of “information”. Compare with a permuted column.",
  level: "medium",
  whenNot:
    "For the direction or strength of a linear effect: a slope or a correlation says more with fewer rows. For many columns at once estimates need far too many rows.",
  followUps: [
    {
      ask: "Can it replace correlation for feature selection?",
      answer:
        "As a filter, yes: it finds parabolas. But it looks at one column at a time, misses interactions (XOR has none), and needs a permutation test against its bias.",
    },
    {
      ask: "What does the data processing inequality say?",
      answer:
        "For X → Y → Z, I(X; Z) ≤ I(X; Y): no processing of Y adds information about X. Features can be made more usable, not more informative.",
    },
  ],
  derivation: String.raw`$\mathrm{KL}(p_{XY}\Vert p_Xp_Y)=\sum p(x,y)\log\frac{p(x\mid y)}{p(x)}=H(X)-H(X\mid Y)$, and by symmetry $H(Y)-H(Y\mid X)$. As a KL it is $\ge0$, and $0$ exactly if the joint is the product.

Gaussian pair: the entropy of $X$ is $\tfrac12\log2\pi e\sigma^2$, that of $X$ given $Y$ has $\sigma^2(1-\rho^2)$ in its place. The difference is $-\tfrac12\log(1-\rho^2)$: for $\rho=0.8$ it is $0.51$ nats.

Plug-in estimates from an $r\times c$ table of $n$ independent rows have mean about $\frac{(r-1)(c-1)}{2n}$ instead of 0: twice $n$ times it is a $\chi^2$.`,
  covers: ["information/mutual-information"],
  verifiedAgainst: ["scikit-learn 1.2 mutual_info_score", "closed form for Gaussians"],
  budget: "quick",
  controls: {
    shape: choice(["line", "parabola", "circle", "independent"], "parabola", { label: "Y given X" }),
    noise: slider(0.05, 1, 0.2, { label: "noise", step: 0.05 }),
  },
  run(lab, { shape, noise }) {
    const random = lab.random();
    const n = 400;
    const base = range(n).map(() => random.uniform(-1, 1));
    const x = shape === "circle" ? base.map((v) => Math.cos(Math.PI * v)) : base;
    const y = base.map(
      (v) =>
        ({
          line: v,
          parabola: 2 * v * v - 1,
          circle: Math.sin(Math.PI * v),
          independent: random.uniform(-1, 1),
        })[shape] +
        noise * random.normal(),
    );
    const I = mutualInformationKnn(x, y);
    lab.plot(
      figure([{ type: "points", x, y, size: 2.5 }], {
        title: `mutual information ${Math.max(0, I).toFixed(2)} nats, correlation ${correlation(x, y).toFixed(2)}`,
        x: { label: "x" },
        y: { label: "y" },
        alt: `Points in the shape of a ${shape} with mutual information ${I.toFixed(2)} nats and correlation ${correlation(x, y).toFixed(2)}.`,
      }),
    );
    const joint = Matrix.from([
      [0.3, 0.1],
      [0.2, 0.4],
    ]);
    const [px, py] = [
      [0.4, 0.6],
      [0.5, 0.5],
    ];
    lab.check("KL from the product of the margins", mutualInformation(joint), {
      equals: klDivergence(
        joint.data,
        px.flatMap((a) => py.map((b) => a * b)),
      ),
      within: 1e-14,
    });
    lab.check("H(X) − H(X|Y)", mutualInformation(joint), {
      equals: entropy(px) - conditionalEntropy(joint),
      within: 1e-14,
    });
    lab.check("symmetric in X and Y", mutualInformation(joint) - mutualInformation(joint.transpose()), {
      equals: 0,
      within: 1e-14,
    });
    lab.check(
      "independent table",
      mutualInformation(
        Matrix.from([
          [0.2, 0.2],
          [0.3, 0.3],
        ]),
      ),
      { equals: 0, within: 1e-14 },
    );
    lab.check(
      "a copy: the whole entropy, 1 bit",
      mutualInformation(
        Matrix.from([
          [1, 0],
          [0, 1],
        ]),
        { base: 2 },
      ),
      { equals: 1, within: 1e-14 },
    );
    const rho = 0.8;
    const G = random.multivariateNormal(
      [0, 0],
      [
        [1, rho],
        [rho, 1],
      ],
      600,
    );
    const rhos = [0, 0.3, 0.6, 0.8, 0.9];
    const estimates = rhos.map((r) => {
      const S = random.multivariateNormal(
        [0, 0],
        [
          [1, r],
          [r, 1],
        ],
        400,
      );
      return mutualInformationKnn(S.col(0), S.col(1));
    });
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "−½ log(1 − ρ²)",
            x: range(91).map((i) => i / 100),
            y: range(91).map((i) => -0.5 * Math.log(1 - (i / 100) ** 2)),
          },
          { type: "points", name: "nearest neighbours, 400 points", x: rhos, y: estimates, size: 5 },
        ],
        {
          title: "Gaussians: estimate against the closed form",
          x: { label: "correlation ρ" },
          y: { label: "nats" },
          alt: "Estimated mutual information of Gaussian samples by correlation, close to the curve of the closed form.",
        },
      ),
    );
    lab.check(
      "Gaussian with ρ = 0.8: estimate against −½ log(1 − ρ²)",
      mutualInformationKnn(G.col(0), G.col(1)),
      { equals: -0.5 * Math.log(1 - rho ** 2), within: 0.12 },
    );
    const u = range(300).map(() => random.uniform(-1, 1));
    lab.check(
      "Y = X²: estimate",
      mutualInformationKnn(
        u,
        u.map((v) => v * v + 0.01 * random.normal()),
      ),
      { above: 1 },
    );
    lab.check(
      "independent: estimate",
      mutualInformationKnn(
        u,
        u.map(() => random.uniform()),
      ),
      { equals: 0, within: 0.15 },
    );
    const labels = (k: number) => range(200).map(() => random.int(k));
    const biased = mean(range(30).map(() => mutualInformationLabels(labels(5), labels(5))));
    const corrected = mean(
      range(30).map(() => mutualInformationLabels(labels(5), labels(5), { correct: true })),
    );
    lab.check("independent labels, 5 × 5, 200 rows: plug-in estimate, bias (4·4)/(2·200)", biased, {
      equals: 0.04,
      within: 0.02,
    });
    lab.check("corrected", corrected, { equals: 0, within: 0.015 });
  },
});

import { Matrix } from "whetstone/math";
import { fitCriticalBatch, noiseScale, SGD, sampleNoiseScale } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "optim/critical-batch-size",
  title: "Twice the batch, twice the rate, up to the critical batch size",
  formula: String.raw`\mathbb E\lVert g_B\rVert^2=\lVert G\rVert^2+\frac{\operatorname{tr}\Sigma}{B},\qquad B_{\text{noise}}=\frac{\operatorname{tr}\Sigma}{\lVert G\rVert^2},\qquad \eta^\star(B)=\frac{\eta_{\max}}{1+B_{\text{noise}}/B}`,
  ask: "You double the batch: what happens to the learning rate, by which argument, and where does that rule stop working?",
  answer:
    "While noise dominates, two steps on half batches equal one on the double batch at twice the rate: scale the rate with B. The best rate is ηmax/(1+B_noise/B), linear in B only below the noise scale. Beyond it a larger batch saves no steps. For Adam a square-root rule is usual.",
  pitfall:
    "Linear scaling to batches of 8k works with warm-up and momentum SGD, where the critical size is that large. Gradient accumulation imitates the large batch exactly, but saves memory, not time.",
  level: "hard",
  whenNot:
    "When the batch is far below the noise scale and hardware is the limit, just fill the device. When memory is the limit, accumulate. Past the critical size spend the machines on more runs or a larger model.",
  followUps: [
    {
      ask: "How do you estimate the noise scale in training?",
      answer: String.raw`From squared gradient norms at two batch sizes: $\mathbb E\lVert g_B\rVert^2=\lVert G\rVert^2+\operatorname{tr}\Sigma/B$ gives two equations for two unknowns. Data-parallel workers supply the small batches for free.`,
    },
    {
      ask: "Why does the critical batch size grow during training?",
      answer: String.raw`$B_{\text{noise}}=\operatorname{tr}\Sigma/\lVert G\rVert^2$: the mean gradient shrinks near a minimum while rows still disagree. Hence one may raise the batch instead of lowering the rate.`,
    },
  ],
  derivation: String.raw`Write $g_B=G+\xi$ with $\mathbb E\xi=0$ and covariance $\Sigma/B$. A step $-\eta g_B$ on a loss with Hessian $H$ changes it by $-\eta\,G^\top g_B+\tfrac{\eta^2}2g_B^\top Hg_B$. On average it falls by $\eta\lVert G\rVert^2-\tfrac{\eta^2}2\big(G^\top HG+\tfrac1B\operatorname{tr}(H\Sigma)\big)$.

Setting the derivative by $\eta$ to zero: $\eta^\star=\frac{\lVert G\rVert^2}{G^\top HG+\operatorname{tr}(H\Sigma)/B}=\frac{\eta_{\max}}{1+B_H/B}$ with $\eta_{\max}=\frac{\lVert G\rVert^2}{G^\top HG}$ and $B_H=\frac{\operatorname{tr}(H\Sigma)}{G^\top HG}$. Put in, the gain per step is $\tfrac12\eta^\star\lVert G\rVert^2=\frac{\Delta_{\max}}{1+B_H/B}$.

If $H$ is a multiple of the identity, $B_H=\operatorname{tr}\Sigma/\lVert G\rVert^2$: the simple noise scale, which needs no Hessian and is used in its place.

The steps needed go as $1+B_H/B$, the rows as $B+B_H$. At $B=B_H$ both are twice their least: far below, twice the batch halves the steps; far above, it only doubles the rows.`,
  errata: [
    {
      claim: "claim-b-263",
      claimed: "Past a batch of about 4k there is no speed-up; a 5-epoch warm-up smooths Adam's moments.",
      truth:
        "The limit depends on the problem's noise scale. Goyal et al. matched accuracy at 8192 by linear scaling with warm-up, using momentum SGD, not Adam.",
    },
  ],
  covers: ["optim/critical-batch-size", "claim-b-050", "claim-b-263"],
  answers: ["q-a-147", "q-b-038", "q-b-040"],
  verifiedAgainst: [
    "the known noise scale of a synthetic problem",
    "best rates in closed form on a quadratic",
  ],
  budget: "quick",
  controls: {
    noise: slider(1, 8, 4, { label: "noise of one row's gradient", step: 0.5 }),
  },
  run(lab, { noise }) {
    const random = lab.random();
    const f64 = { dtype: "f64" } as const;
    // Loss 1/2 |x|² at |x| = 1 in 4 dimensions; gradients of rows carry noise of that standard deviation per entry.
    const dimensions = 4;
    const truth = dimensions * noise ** 2; // tr Σ / |G|²
    const point = range(dimensions).map(() => 1 / Math.sqrt(dimensions));
    const squaredNorms = (B: number, count: number) =>
      range(count).map(() =>
        point.reduce((a, p) => a + (p + (noise * random.normal()) / Math.sqrt(B)) ** 2, 0),
      );
    const estimate = noiseScale(
      { size: 8, squaredNorms: squaredNorms(8, 3000) },
      { size: 512, squaredNorms: squaredNorms(512, 3000) },
    );
    lab.check("noise scale from gradients of two batch sizes, over the true one", estimate.scale / truth, {
      between: [0.8, 1.25],
    });
    const samples = Matrix.from(range(4000).map(() => point.map((p) => p + noise * random.normal())));
    lab.check(
      "trace of the covariance from single rows, over the true one",
      sampleNoiseScale(samples).noise / truth,
      {
        between: [0.9, 1.1],
      },
    );

    // The gain of one step, by rate, at several batch sizes: many independent runs at once.
    const runs = 4000;
    const gain = (B: number, lr: number) => {
      const x = Tensor.from(
        Float64Array.from({ length: runs * dimensions }, (_, i) => point[i % dimensions]!),
        {
          shape: [runs, dimensions],
          requiresGrad: true,
        },
      );
      const draw = Float64Array.from(
        { length: runs * dimensions },
        () => (noise * random.normal()) / Math.sqrt(B),
      );
      x.square()
        .mul(0.5)
        .sum()
        .add(x.mul(Tensor.from(draw, { shape: [runs, dimensions] })).sum())
        .backward();
      new SGD([x], { lr }).step();
      return 0.5 - [...x.data()].reduce((a, v) => a + v * v, 0) / (2 * runs);
    };
    const rates = (B: number) => 1 / (1 + truth / B); // η_max = 1 on this loss
    const batches = range(6).map((i) => Math.max(1, Math.round(truth * 4 ** (i - 3))));
    const rows = batches.map((B) => ({ B, best: rates(B), measured: gain(B, rates(B)) / 0.5 }));
    lab.plot(
      figure(
        [
          { type: "line", name: "best rate", x: batches, y: rows.map((r) => r.best) },
          {
            type: "line",
            name: "linear scaling",
            dashed: true,
            x: batches.slice(0, 4),
            y: batches.slice(0, 4).map((B) => B / truth),
          },
          {
            type: "points",
            name: "measured gain per step, of the full batch's",
            x: batches,
            y: rows.map((r) => Math.max(r.measured, 1e-4)),
          },
          { type: "rule", x: truth, label: "noise scale" },
        ],
        {
          x: { label: "batch size", scale: "log" },
          y: { label: "share of the full batch's", scale: "log" },
          alt: "The best rate grows in proportion to the batch size up to the noise scale and then levels off; so does the gain per step.",
        },
      ),
    );
    lab.check("at the noise scale: measured gain, of the full batch's", gain(truth, rates(truth)) / 0.5, {
      equals: 0.5,
      within: 0.05,
    });
    // Here H = I and |G| = 1, so the best rate is 1 over the mean squared norm of sampled gradients.
    const sampledRate = (B: number) => 3000 / squaredNorms(B, 3000).reduce((a, v) => a + v, 0);
    const ratio = (B: number) => sampledRate(2 * B) / sampledRate(B);
    lab.check("far below it, twice the batch: best rate times", ratio(truth / 100), {
      equals: 2,
      within: 0.12,
    });
    lab.check("far above it", ratio(truth * 100), { equals: 1, within: 0.03 });
    lab.check("linear scaling to 16 times the noise scale: gain", gain(16 * truth, 16), { below: 0 });
    const fitted = fitCriticalBatch(
      batches.slice(2),
      rows.slice(2).map((r) => 1 / r.measured),
    );
    lab.check("critical batch fitted to the gains, over the noise scale", fitted.critical / truth, {
      between: [0.8, 1.25],
    });

    // Accumulation: four backward passes on 8 rows are one on 32.
    const data = Float64Array.from({ length: 32 }, () => random.normal());
    const step = (parts: number) => {
      const w = Tensor.from(1, { ...f64, requiresGrad: true });
      const size = 32 / parts;
      for (let i = 0; i < parts; i++) {
        w.sub(Tensor.from(data.slice(i * size, (i + 1) * size)))
          .square()
          .mean()
          .mul(1 / parts)
          .backward();
      }
      new SGD([w], { lr: 0.1 }).step();
      return w.item();
    };
    lab.check("four accumulated batches of 8 against one of 32: difference", Math.abs(step(4) - step(1)), {
      atMost: 1e-14,
    });
  },
});

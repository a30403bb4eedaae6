import { huber, mae, mse, poissonNll } from "whetstone/nn";
import { laplace, normal, poisson } from "whetstone/stats";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

const f64 = (values: ArrayLike<number>) => Tensor.from(Float64Array.from(values));

export default card({
  id: "nn/regression-losses",
  title: "MSE, MAE, Huber: which noise each assumes",
  formula: String.raw`\tfrac1n\sum e^2,\qquad \tfrac1n\sum|e|,\qquad h_\delta(e)=\begin{cases}\tfrac12e^2&|e|\le\delta\\ \delta(|e|-\tfrac12\delta)&\text{else}\end{cases}`,
  ask: "When does Huber beat both squared and absolute error, and which noise does each loss assume?",
  answer:
    "Squared error is the likelihood of normal noise and its best constant the mean; absolute error that of Laplace noise, the median. Huber is squared within δ and linear outside: smooth at 0, yet one outlier pulls with at most δ. δ is where errors start to count as outliers.",
  pitfall: "One error of 100 adds 10,000 to a sum of squares, as much as 10,000 errors of 1.",
  level: "easy",
  whenNot:
    "For counts or positive targets whose spread grows with the mean: Poisson or gamma loss. If totals must be right and the target is skewed to the right, MAE and Huber predict too little: squared error. For an interval, quantile loss.",
  followUps: [
    {
      ask: "How would you choose δ?",
      answer:
        "In units of the noise: δ = 1.345 σ keeps 95 % of the efficiency of least squares under normal noise. Estimate σ robustly, as 1.4826 times the median absolute deviation of the residuals.",
    },
    {
      ask: "What does gradient descent do with MAE close to the optimum?",
      answer:
        "The slope keeps size 1 however small the error, so a fixed rate jumps back and forth. The rate must fall, or the loss be rounded at 0, as Huber's is.",
    },
  ],
  derivation: String.raw`Minimise over a constant $c$. Squared error: $\sum(y_i-c)=0$, so $c$ is the mean. Absolute error: each slope is $\pm1$, so as many rows must lie above as below, and $c$ is the median. Huber: $\sum\operatorname{clip}(y_i-c,-\delta,\delta)=0$, a mean in which no row counts more than $\delta$.

The noise: a normal density gives $-\log p=\frac{e^2}{2\sigma^2}+\log(\sigma\sqrt{2\pi})$, a Laplace density $\frac{|e|}{b}+\log 2b$. Up to constants these are the losses, so minimising them is maximum likelihood.

The pieces of Huber meet smoothly: at $|e|=\delta$ both have the value $\tfrac12\delta^2$ and the slope $\delta$. Read as a likelihood it is a bell in the middle with tails falling like $e^{-\delta|e|}$: normal noise with heavier tails.`,
  covers: ["nn/regression-losses", "claim-b-276", "claim-b-151"],
  answers: ["q-a-310", "q-b-156", "q-b-292"],
  verifiedAgainst: [
    "PyTorch 1.13 mse_loss, l1_loss, huber_loss, value and gradient, 1e-9",
    "log densities in closed form",
  ],
  budget: "quick",
  controls: {
    delta: slider(0.2, 4, 1, { label: "δ", step: 0.1 }),
    outlier: slider(0, 50, 20, { label: "outlier" }),
  },
  run(lab, { delta, outlier }) {
    const e = linspace(-5, 5, 101);
    const x = Tensor.from(Float64Array.from(e), { requiresGrad: true });
    const zero = f64(e.map(() => 0));
    const losses = {
      squared: (p: Tensor, t: Tensor) => mse(p, t, { reduction: "none" }),
      absolute: (p: Tensor, t: Tensor) => mae(p, t, { reduction: "none" }),
      Huber: (p: Tensor, t: Tensor) => huber(p, t, { delta, reduction: "none" }),
    };
    const slope = (f: (p: Tensor, t: Tensor) => Tensor) =>
      Array.from(grad([f(x, zero).sum()], [x])[0]!.data());
    lab.plot(
      figure(
        Object.entries(losses).map(([name, f]) => ({ type: "line" as const, name, x: e, y: slope(f) })),
        {
          x: { label: "error" },
          y: { label: "slope of the loss" },
          alt: `Slopes: a line for squared error, a step for absolute, a line capped at ${delta} for Huber.`,
        },
      ),
    );
    const random = lab.random("y");
    const data = [...Array(40).keys()].map(() => random.normal());
    const withOutlier = f64([...data, outlier]);
    const best = (f: (p: Tensor, t: Tensor) => Tensor) => {
      const grid = linspace(-3, 3, 601);
      const cost = grid.map((c) =>
        f(f64(withOutlier.data().map(() => c)), withOutlier)
          .sum()
          .item(),
      );
      return grid[cost.indexOf(Math.min(...cost))]!;
    };
    const sorted = Array.from(withOutlier.data()).sort((a, b) => a - b);
    const mean = sorted.reduce((a, v) => a + v, 0) / 41;
    lab.check("best constant by squared error: the mean", best(losses.squared), {
      equals: mean,
      within: 0.006,
    });
    lab.check("by absolute error: the median", best(losses.absolute), { equals: sorted[20]!, within: 0.011 });
    lab.check("Huber: largest slope", Math.max(...slope(losses.Huber).map(Math.abs)), {
      equals: delta,
      within: 1e-12,
    });
    lab.check("Huber within δ: e²/2", huber(f64([0.1]), f64([0])).item(), { equals: 0.005, within: 1e-15 });
    const apart = (f: (i: number) => number) => {
      const first = f(0);
      return Math.max(...e.map((_, i) => Math.abs(f(i) - first)));
    };
    const [s, a] = [losses.squared(x, zero).data(), losses.absolute(x, zero).data()];
    lab.check(
      "squared / 2 plus the normal log density is constant",
      apart((i) => s[i]! / 2 + normal().logPdf(e[i]!)),
      { atMost: 1e-12 },
    );
    lab.check(
      "absolute plus the Laplace log density is constant",
      apart((i) => a[i]! + laplace().logPdf(e[i]!)),
      { atMost: 1e-12 },
    );
    const counts = [0, 1, 2, 3, 4];
    const factorial = [1, 1, 2, 6, 24];
    const z = f64(counts.map(() => 0.4));
    const nll = poissonNll(z, f64(counts), { reduction: "none" }).data();
    const { logPdf } = poisson(Math.exp(0.4));
    lab.check(
      "Poisson loss plus log k! against −log P(k)",
      Math.max(...counts.map((k, i) => Math.abs(nll[i]! + Math.log(factorial[i]!) + logPdf(k)))),
      { atMost: 1e-14 },
    );
    const sum = mse(f64([100, ...Array(100).fill(1)]), f64(Array(101).fill(0)), { reduction: "sum" }).item();
    lab.check("share of one error of 100 beside a hundred of 1", 10_000 / sum, {
      equals: 0.99,
      within: 0.001,
    });
  },
});

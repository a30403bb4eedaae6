import { Matrix } from "whetstone/math";
import { KernelDensity } from "whetstone/neighbors";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "neighbors/kernel-density",
  title: "A bump on every row: kernel density, and what columns cost it",
  formula: String.raw`\hat p(x)=\frac1{nh^d}\sum_{i=1}^n K\!\left(\frac{x-x_i}h\right)`,
  ask: "How does kernel density estimation work, what does the bandwidth do, and why does it fail in many dimensions?",
  answer:
    "Put a small density of width h on every row and average. A small h gives spikes (variance), a large one flattens everything (bias). In d columns a fixed share of rows needs a radius that grows with d, so the bumps no longer overlap and the estimate needs exponentially more rows.",
  pitfall:
    "Judge h by held-out likelihood, never by the training rows: there the best h is zero. And scale the columns, since one h serves all of them.",
  level: "medium",
  whenNot:
    "Beyond a few columns, or for densities with sharp bounds at zero: take a mixture, a flow, or a transform of the column first. For anomaly scores in many columns, isolation forest.",
  followUps: [
    {
      ask: "How should h shrink as rows grow?",
      answer:
        "For a smooth density like n^(−1/(d+4)): squared bias h⁴ and variance 1/(nh^d) then balance, and the squared error falls like n^(−4/(d+4)).",
    },
    {
      ask: "Does the choice of kernel matter?",
      answer:
        "Little: the usual kernels differ by a few percent in error once each has its own h. The bandwidth decides. Epanechnikov is the best by a small margin.",
    },
  ],
  derivation: String.raw`Each bump $\frac1{h^d}K(\frac{x-x_i}h)$ has integral 1: the substitution $u=(x-x_i)/h$ brings a factor $h^d$. The average of $n$ such bumps therefore also integrates to 1.

In one column the mean of the estimate is $\int K(u)\,p(x-hu)\,du$. Expand $p$: the linear term vanishes for a symmetric kernel, and the bias is about $\tfrac12h^2p''(x)\int u^2K$. Peaks come out too low, valleys too high.

The variance is about $\frac{p(x)}{nh^d}\int K^2$: only the $nh^d$ or so rows within reach count. Small $h$ means few of them. With $d$ columns $h^d$ collapses, so to keep the count, $h$ or $n$ must grow fast.

On the training rows each has its own bump at distance 0, which grows as $h\to0$; held-out rows do not.`,
  covers: ["neighbors/kernel-density"],
  verifiedAgainst: ["scikit-learn 1.2 KernelDensity", "the true density of the sample"],
  budget: "quick",
  controls: {
    h: slider(0.03, 3, 0.35, { label: "bandwidth h", scale: "log" }),
    kernel: choice(["gaussian", "epanechnikov", "tophat", "exponential"], "gaussian", { label: "kernel" }),
    n: slider(20, 400, 150, { label: "rows", step: 10 }),
  },
  run(lab, { h, kernel, n }) {
    const random = lab.random();
    const draw = (count: number) =>
      Matrix.column(
        range(count).map(() => (random.bernoulli(0.6) ? random.normal(-2, 0.6) : random.normal(2, 1))),
      );
    const normal = (x: number, m: number, s: number) =>
      Math.exp(-0.5 * ((x - m) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
    const truth = (x: number) => 0.6 * normal(x, -2, 0.6) + 0.4 * normal(x, 2, 1);
    const X = draw(n);
    const xs = linspace(-7, 7, 281);
    const at = Matrix.column(xs);
    const curve = (width: number, shape: typeof kernel) =>
      Array.from(new KernelDensity({ bandwidth: width, kernel: shape }).fit(X).scoreSamples(at), Math.exp);
    const own = curve(h, kernel);
    lab.plot(
      figure(
        [
          { type: "line", name: "estimate", x: xs, y: own },
          { type: "line", name: "truth", x: xs, y: xs.map(truth), dashed: true },
          { type: "points", name: "rows", x: Array.from(X.data), y: range(n).map(() => 0), size: 1.5 },
        ],
        {
          title: `h = ${h.toPrecision(2)}`,
          alt: `Density of ${n} rows with bandwidth ${h.toPrecision(2)} against the true two humps: ${h < 0.15 ? "spiky" : h > 1 ? "one flat hump" : "close"}.`,
        },
      ),
    );
    const area = curve(0.35, kernel).reduce((s, v) => s + v * 0.05, 0);
    lab.check(`area under the ${kernel} estimate`, area, { equals: 1, within: 0.01 });
    // By hand at one point.
    const model = new KernelDensity({ bandwidth: 0.5 }).fit(X);
    const byHand = range(n).reduce((s, i) => s + normal(0.3, X.at(i, 0), 0.5) / n, 0);
    lab.check(
      "estimate at 0.3 against the mean of normal densities",
      Math.exp(model.scoreSamples([[0.3]])[0]!),
      {
        equals: byHand,
        relative: 1e-10,
      },
    );
    const held = draw(300);
    const fit = draw(150);
    const score = (width: number) => new KernelDensity({ bandwidth: width }).fit(fit).score(held) / 300;
    lab.check("held-out likelihood: h = 0.35 less h = 0.02", score(0.35) - score(0.02), { above: 0 });
    lab.check("held-out likelihood: h = 0.35 less h = 4", score(0.35) - score(4), { above: 0 });
    // Standard normal in d columns, 500 rows, density at the centre.
    const dims = [1, 2, 4, 8, 12];
    const errors = dims.map((d) => {
      const rows = Matrix.zeros(500, d).map(() => random.normal());
      const test = Matrix.zeros(100, d).map(() => random.normal());
      const log = new KernelDensity({ bandwidth: "scott" }).fit(rows).scoreSamples(test);
      return (
        range(100).reduce((s, i) => {
          const square = test.row(i).reduce((q, v) => q + v * v, 0);
          return s + Math.abs(log[i]! + square / 2 + (d / 2) * Math.log(2 * Math.PI));
        }, 0) / 100
      );
    });
    lab.plot(
      figure([{ type: "line", x: dims, y: errors }], {
        title: "Error of the log density, 500 rows of a normal",
        x: { label: "columns" },
        y: { label: "mean error" },
        alt: "The error of the log density of 500 normal rows rises steadily with the number of columns.",
      }),
    );
    lab.check("mean error of the log density: 12 columns over 1", errors[4]! / errors[0]!, { above: 4 });
  },
});

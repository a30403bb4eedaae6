import { legendreFeatures } from "whetstone/learning-theory";
import { LinearRegression, Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { mse } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "learning-theory/polynomial-degree",
  title: "Training error falls with capacity, true error turns round",
  formula: String.raw`\hat R(f)=\frac1n\sum_i L(f(x_i),y_i),\qquad R(f)=\mathbb E\,L(f(X),Y),\qquad \mathbb E[R(\hat f)-\hat R(\hat f)]\approx\frac{2\sigma^2p}{n}`,
  ask: "Empirical and true risk: which is minimised, which is wanted, and what does overfitting look like?",
  answer:
    "Training minimises the empirical risk; wanted is the risk on new rows. More capacity never raises the first; the second falls, turns and rises. The gap grows with parameters over rows: about 2σ²p/n for least squares. Overfitting is a small training error beside a large gap; more rows, a penalty or fewer parameters shrink it.",
  pitfall:
    "The training error of a flexible model says nothing about the truth: with as many parameters as rows it is zero, even on noise. Estimate the gap on rows that were not fitted.",
  level: "easy",
  whenNot:
    "As a rule of thumb for modern nets: parameters count badly as capacity there. Past the point of interpolation the risk can fall again (double descent).",
  followUps: [
    {
      ask: "Name one remedy for overfitting each in data, model and training.",
      answer:
        "Data: more rows or augmentation. Model: fewer parameters, a penalty, dropout, bagging. Training: early stopping, smaller steps of a search, honest validation.",
    },
    {
      ask: "What do AIC and Cₚ do with the gap 2σ²p/n?",
      answer:
        "They add it to the training error, so models are compared by estimated risk without held-out rows. It needs σ², and the truth must be nearly within the model.",
    },
  ],
  derivation: String.raw`Least squares: $\hat y=Hy$, where $H$ projects on the $p$ columns, so $\operatorname{tr}H=p$. Let the truth $f$ lie in their span, $y=f+\varepsilon$ with independent noise of variance $\sigma^2$. Then $Hf=f$ and $\hat y-f=H\varepsilon$, with mean square $\tfrac1n\mathbb E\lVert H\varepsilon\rVert^2=\tfrac{\sigma^2}n\operatorname{tr}H=\sigma^2\tfrac pn$.

Training: $y-\hat y=(I-H)\varepsilon$, so $\mathbb E\hat R=\sigma^2\big(1-\tfrac pn\big)$. New noise $\varepsilon'$ at the same points: $y'-\hat y=\varepsilon'-H\varepsilon$, two independent parts, so $\mathbb ER=\sigma^2\big(1+\tfrac pn\big)$. The gap is $2\sigma^2p/n$: half of it is noise that was fitted, half the error this causes. At new $x$ it is larger: with Gaussian columns $R=\sigma^2\big(1+\tfrac p{n-p-1}\big)$, which explodes as $p\to n$.`,
  covers: ["learning-theory/empirical-risk"],
  answers: ["q-b-361", "q-b-365", "q-a-271"],
  verifiedAgainst: ["σ²(1 ± p/n) at fixed points", "Monte Carlo on fresh rows"],
  budget: "quick",
  controls: {
    degree: slider(0, 14, 4, { label: "polynomial degree" }),
    rows: slider(16, 100, 20, { label: "training rows" }),
    penalty: slider(0, 1, 0, { label: "L2 penalty", step: 0.02 }),
  },
  run(lab, { degree, rows, penalty }) {
    const random = lab.random();
    const sigma = 0.3;
    const truth = (x: number) => Math.sin(2 * Math.PI * x);
    const draw = (n: number) => {
      const x = range(n).map(() => random.uniform());
      return { x, y: x.map((v) => truth(v) + sigma * random.normal()) };
    };
    const expand = (x: readonly number[], k: number) =>
      k === 0 ? Matrix.zeros(x.length, 1) : legendreFeatures(Matrix.column(x), k, [0, 1]);
    const fit = (x: readonly number[], y: readonly number[], k: number, alpha = penalty) => {
      const model = (alpha > 0 ? new Ridge({ alpha }) : new LinearRegression()).fit(expand(x, k), y);
      return (z: readonly number[]) => [...model.predict(expand(z, k))];
    };
    const sets = range(24).map(() => draw(rows));
    const fresh = draw(1500);
    const grid = linspace(0, 1, 101);
    lab.plot(
      figure(
        [
          ...sets.slice(0, 12).map(({ x, y }) => ({
            type: "line" as const,
            name: "fits to 12 training sets",
            x: grid,
            y: fit(x, y, degree)(grid).map((v) => Math.max(-3, Math.min(3, v))),
          })),
          { type: "line", name: "truth", x: grid, y: grid.map(truth), dashed: true },
          { type: "points", name: "one training set", x: sets[0]!.x, y: sets[0]!.y, size: 3 },
        ],
        {
          title: `Degree ${degree} on ${rows} rows`,
          x: { label: "x" },
          y: { label: "y", domain: [-2, 2] },
          alt: `Twelve polynomial fits of degree ${degree} to different training sets of ${rows} rows around a sine wave: low degrees agree and miss it, high degrees follow it and disagree wildly.`,
        },
      ),
    );
    const degrees = range(15);
    const risks = (alpha: number) =>
      degrees.map((k) => {
        const both = sets.map(({ x, y }) => {
          const f = fit(x, y, k, alpha);
          return [mse(y, f(x)), mse(fresh.y, f(fresh.x))] as const;
        });
        return {
          train: mean(both.map((b) => b[0])),
          fresh: both.map((b) => b[1]).sort((a, b) => a - b)[12]!,
        };
      });
    const own = risks(penalty);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "training (empirical risk)",
            x: degrees,
            y: own.map((r) => Math.max(r.train, 1e-4)),
          },
          {
            type: "line",
            name: "new rows (risk), median",
            x: degrees,
            y: own.map((r) => Math.min(r.fresh, 1e3)),
          },
          { type: "rule", y: sigma ** 2, name: "noise" },
          { type: "rule", x: degree, label: "degree" },
        ],
        {
          x: { label: "polynomial degree" },
          y: { label: "mean squared error", scale: "log" },
          alt: "Error against degree: training error falls throughout, error on new rows falls to a low degree's minimum and then rises steeply.",
        },
      ),
    );
    const plain = penalty === 0 ? own : risks(0);
    lab.check(
      "training error falls with every degree",
      plain.every((r, k) => k === 0 || r.train <= plain[k - 1]!.train + 1e-12),
      { equals: true },
    );
    const errors = plain.map((r) => r.fresh);
    const best = errors.indexOf(Math.min(...errors));
    lab.check("degree of the lowest risk", best, { between: [2, 9] });
    if (rows <= 40)
      lab.check("risk at degree 14 over the lowest", errors[14]! / errors[best]!, { above: 1.5 });
    lab.check("and at degree 0", errors[0]! / errors[best]!, { above: 2 });
    // Same x, fresh noise: the gap has a closed form.
    const [n, p] = [50, 8];
    const x = range(n).map((i) => (i + 0.5) / n);
    const noisy = () => x.map(() => sigma * random.normal());
    const gaps = range(300).map(() => {
      const y = noisy();
      const f = fit(x, y, p - 1, 0)(x);
      return [mse(y, f), mse(noisy(), f)] as const;
    });
    lab.check(
      "8 coefficients, 50 rows: empirical risk over σ²(1 − p/n)",
      mean(gaps.map((g) => g[0])) / (sigma ** 2 * (1 - p / n)),
      {
        equals: 1,
        within: 0.06,
      },
    );
    lab.check(
      "risk at the same points over σ²(1 + p/n)",
      mean(gaps.map((g) => g[1])) / (sigma ** 2 * (1 + p / n)),
      {
        equals: 1,
        within: 0.06,
      },
    );
    const few = draw(12);
    lab.check("12 coefficients on 12 rows: training error", mse(few.y, fit(few.x, few.y, 11, 0)(few.x)), {
      below: 1e-12,
    });
    const gap = (m: number) => {
      const runs = range(20).map(() => {
        const { x: tx, y: ty } = draw(m);
        const f = fit(tx, ty, 5, 0);
        return mse(fresh.y, f(fresh.x)) - mse(ty, f(tx));
      });
      return mean(runs);
    };
    lab.check("degree 5: the gap shrinks from 40 to 320 rows by", gap(40) - gap(320), { above: 0.008 });
  },
});

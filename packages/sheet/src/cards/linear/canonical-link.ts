import { reliabilityDiagram } from "whetstone/calibration";
import { LogisticRegression } from "whetstone/linear";
import { hessianConvexity, Matrix, sigmoid, softplus } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, range, slider, toggle } from "../../index.ts";

export default card({
  id: "linear/canonical-link",
  title: "The logit link balances the books, it does not calibrate",
  formula: String.raw`X^\top(y-\hat p)=0\ \Rightarrow\ \sum_i\hat p_i=\sum_i y_i,\qquad \nabla^2\mathcal L=X^\top\operatorname{diag}\big(\hat p(1-\hat p)\big)X\succeq0`,
  ask: "What does a canonical link guarantee about the shape of the loss and about residuals at the fit?",
  answer:
    "The likelihood is concave, so the fit is unique (full rank, no separation), and residuals are orthogonal to every column: with an intercept the mean prediction equals the observed rate, on the training data and within every group coded as a column. It does not make each probability right if the shape is wrong.",
  pitfall:
    "“Logistic regression is calibrated” holds in the large only. Misspecified, penalised or on shifted data its probabilities can be far off: draw the reliability diagram on held-out rows.",
  level: "hard",
  whenNot:
    "When the mean structure is wrong no link saves the fit; and another link (probit, cloglog) may fit the science better. Calibrate on held-out rows either way.",
  followUps: [
    {
      ask: "Does adding a penalty keep the balance?",
      answer:
        "Only for unpenalised coefficients: the intercept's score stays zero, so totals still agree; groups coded as penalised columns no longer do.",
    },
    {
      ask: "What happens under perfect separation?",
      answer:
        "The likelihood has no maximum: weights grow without end. A penalty or Firth's correction gives a finite fit.",
    },
  ],
  derivation: String.raw`In an exponential family with canonical parameter $\eta=x^\top\beta$ the log likelihood is $\sum_i\big(y_i\eta_i-A(\eta_i)\big)$ with $A'(\eta)=\mu$ and $A''(\eta)=\operatorname{Var}(y)\ge0$.

Its gradient is $\sum_ix_i\big(y_i-\mu_i\big)=X^\top(y-\mu)$, zero at the fit: with a column of ones $\sum\mu_i=\sum y_i$, and within every group coded as a column.

Its Hessian is $-X^\top\operatorname{diag}(A'')X\preceq0$: concave, whatever $y$ is. Another link puts $y$ into the Hessian, and concavity is no longer granted. Nothing here says that $\mu(x)$ has the right shape.`,
  covers: ["claim-b-303"],
  answers: ["q-b-314"],
  verifiedAgainst: ["scikit-learn 1.2 LogisticRegression", "statsmodels 0.13 Logit and GLM: deviance"],
  budget: "quick",
  controls: {
    bend: slider(0, 2, 1, { label: "how far the true log-odds bend away from a line", step: 0.1 }),
    square: toggle(false, { label: "add the missing x² column" }),
    n: slider(500, 6000, 3000, { label: "rows", step: 500 }),
  },
  run(lab, { bend, square, n }) {
    const random = lab.random();
    const draw = (rows: number, bent: number, centre = 0) => {
      const x = range(rows).map(() => random.normal(centre, 1.2));
      return {
        x,
        y: x.map((v): number => (random.bernoulli(sigmoid(0.8 * v + bent * (v * v - 1.44))) ? 1 : 0)),
      };
    };
    const design = (x: number[], withSquare: boolean) =>
      Matrix.from(x.map((v) => (withSquare ? [v, v * v] : [v])));
    const spec = new LogisticRegression({ penalty: null, tol: 1e-12 });
    const fit = (d: { x: number[]; y: number[] }, withSquare: boolean) => {
      const X = design(d.x, withSquare);
      const model = spec.fit(X, d.y);
      return { X, model, p: Array.from(model.predictProba(X).col(1)) };
    };
    const shownData = draw(n, bend);
    const shown = fit(shownData, square);
    const { bins, ece } = reliabilityDiagram(shownData.y, shown.p, { strategy: "quantile" });
    const filled = bins.filter((b) => b.weight > 0);
    lab.plot(
      figure(
        [
          { type: "line", name: "calibrated", x: [0, 1], y: [0, 1], dashed: true },
          {
            type: "points",
            name: "bins",
            x: filled.map((b) => b.confidence),
            y: filled.map((b) => b.accuracy),
            size: 5,
          },
          { type: "points", name: "all rows", x: [mean(shown.p)], y: [mean(shownData.y)], size: 7 },
        ],
        {
          title: `mean prediction ${mean(shown.p).toFixed(4)}, observed ${mean(shownData.y).toFixed(4)}; ECE ${ece.toFixed(3)}`,
          x: { label: "predicted probability", domain: [0, 1] },
          y: { label: "observed frequency", domain: [0, 1] },
          square: true,
          alt: `Reliability of a logistic fit: the average over all rows is exact, the bins ${ece > 0.05 ? "are far off the diagonal" : "lie on the diagonal"}.`,
        },
      ),
    );
    const train = draw(3000, 1);
    const wrong = fit(train, false);
    lab.check("misspecified fit: mean prediction less observed rate", mean(wrong.p) - mean(train.y), {
      equals: 0,
      within: 1e-8,
    });
    const residuals = train.y.map((v, i) => v - wrong.p[i]!);
    lab.check("residuals are orthogonal to the feature", mean(residuals.map((r, i) => r * train.x[i]!)), {
      equals: 0,
      within: 1e-8,
    });
    lab.check(
      "yet its calibration error",
      reliabilityDiagram(train.y, wrong.p, { strategy: "quantile" }).ece,
      { above: 0.08 },
    );
    const right = fit(train, true);
    lab.check("with the missing column", reliabilityDiagram(train.y, right.p, { strategy: "quantile" }).ece, {
      below: 0.05,
    });
    const moved = draw(3000, 1, 1.5);
    lab.check(
      "misspecified, shifted data: mean prediction less observed rate",
      Math.abs(mean(wrong.model.predictProba(design(moved.x, false)).col(1)) - mean(moved.y)),
      { above: 0.03 },
    );
    const penalised = new LogisticRegression({ C: 1e-3, fitIntercept: false }).fit(wrong.X, train.y);
    lab.check(
      "without intercept, penalised: the books do not balance",
      Math.abs(mean(penalised.predictProba(wrong.X).col(1)) - mean(train.y)),
      { above: 0.02 },
    );
    const some = range(60);
    const loss = (w: Float64Array) =>
      some.reduce((s, i) => s + softplus((train.y[i] === 1 ? -1 : 1) * (w[0]! * train.x[i]! + w[1]!)), 0);
    lab.check(
      "the loss is convex",
      hessianConvexity(loss, { lower: [-3, -3], upper: [3, 3], samples: 30, seed: lab.seed }).convex,
      { equals: true },
    );
    lab.check("deviance is 2n times the log loss", wrong.model.inference(wrong.X, train.y).deviance, {
      equals: 2 * 3000 * logLoss(train.y, wrong.p),
      relative: 1e-9,
    });
  },
});

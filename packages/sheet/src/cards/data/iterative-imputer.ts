import { IterativeImputer, KNNImputer, makeMissing, SimpleImputer } from "whetstone/data";
import type { Matrix } from "whetstone/math";
import { correlation, mean, variance } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/iterative-imputer",
  title: "Fill gaps by regressing each column on the others",
  formula: String.raw`\hat x_{\text{miss},j}\leftarrow b_j+\sum_{k\ne j}\beta_{jk}x_k\quad\text{for } j=1,\dots,d,\ \text{again until nothing moves}`,
  ask: "When do you need a model to fill gaps, and how does iterative imputation work?",
  answer:
    "When gaps depend on other columns (MAR) or columns predict each other. Start from the means; regress each column on all others over the rows that have it, fill its gaps with the predictions, go on to the next, and repeat. Bias that mean filling leaves goes away if the regressions hold.",
  pitfall:
    "Predictions lie on the regression surface: variances shrink and correlations grow. For honest errors draw several completions with noise. Gaps that depend on the missing value itself (MNAR) stay biased.",
  level: "medium",
  whenNot:
    "When columns do not predict each other (mean and a flag do as well), under MNAR, or in front of boosted trees that treat gaps themselves. Strong bends ask for trees as the inner model.",
  followUps: [
    {
      ask: "What is multiple imputation?",
      answer:
        "Several completions, each with random draws around the predictions; the analysis runs on each. Rubin's rules add the variance between them to that within, so intervals include what filling made up.",
    },
    {
      ask: "May the target be one of the columns used for filling?",
      answer:
        "For inference yes, it avoids bias. For prediction no: at prediction time the target is unknown, so the fill would differ between training and use, and leak.",
    },
  ],
  derivation: String.raw`If $x_j=b+\sum_k\beta_kx_k+\varepsilon$ and gaps depend on the seen $x_k$ only (MAR), rows with $x_j$ seen have the same conditional law as those without. A regression on them is unbiased, and so is the mean of its predictions.

Several columns with gaps need each other's values. Starting from means and filling in turn is a fixed-point iteration: for normal data EM without its correction for the noise, so means come out well and variances too small.

The predictions leave $\varepsilon$ out. The filled values have variance $R^2\operatorname{Var}(x_j)$ instead of $\operatorname{Var}(x_j)$, and lie exactly on the plane: correlations in the completed table come out too large.`,
  covers: ["data/iterative-imputer"],
  answers: ["q-a-230"],
  verifiedAgainst: ["scikit-learn 1.2 IterativeImputer with Ridge", "known truth of simulated gaps"],
  budget: "quick",
  controls: {
    mechanism: choice(["mcar", "mar", "mnar"], "mar", { label: "mechanism" }),
    rho: slider(0, 0.95, 0.8, { label: "correlation of the columns", step: 0.05 }),
  },
  run(lab, { mechanism, rho }) {
    const draw = (r: number, how: "mcar" | "mar" | "mnar") => {
      const full = lab.random(`full ${r}`).multivariateNormal(
        [0, 0, 0],
        range(3).map((a) => range(3).map((b) => (a === b ? 1 : r))),
        1500,
      );
      const { X, mask } = makeMissing(full, {
        mechanism: how,
        rate: 0.4,
        strength: 2,
        columns: [1],
        driver: how === "mar" ? 0 : null,
        seed: lab.seed,
      });
      const lost = range(1500).filter((i) => mask[3 * i + 1] === 1);
      const error = (Z: Matrix) => Math.sqrt(mean(lost.map((i) => (Z.at(i, 1) - full.at(i, 1)) ** 2)));
      return { full, X, lost, error };
    };
    const fill = (X: Matrix) => ({
      iterative: new IterativeImputer().fit(X).transform(X) as Matrix,
      mean: new SimpleImputer({ strategy: "mean" }).fit(X).transform(X) as Matrix,
    });
    const shown = draw(rho, mechanism);
    const filled = fill(shown.X);
    const some = shown.lost.slice(0, 300);
    const marks = (Z: Matrix, name: string) => ({
      type: "points" as const,
      name,
      x: some.map((i) => shown.full.at(i, 1)),
      y: some.map((i) => Z.at(i, 1)),
      size: 2,
    });
    lab.plot(
      figure(
        [
          marks(filled.mean, "mean"),
          marks(filled.iterative, "iterative"),
          { type: "line", name: "truth", x: [-3, 3], y: [-3, 3], dashed: true },
        ],
        {
          title: `error ${shown.error(filled.iterative).toFixed(3)}, mean filling ${shown.error(filled.mean).toFixed(3)}`,
          x: { label: "true value" },
          y: { label: "filled value" },
          alt: "Filled against true values: mean filling gives one level line, regressions follow the diagonal.",
        },
      ),
    );
    const mar = draw(0.8, "mar");
    const byMar = fill(mar.X);
    const bias = (Z: Matrix, full: Matrix) => mean(Z.col(1)) - mean(full.col(1));
    lab.check(
      "MAR: error of regressions over mean filling",
      mar.error(byMar.iterative) / mar.error(byMar.mean),
      { below: 0.75 },
    );
    lab.check("MAR: bias of the mean after mean filling", Math.abs(bias(byMar.mean, mar.full)), {
      above: 0.12,
    });
    lab.check("after regressions", Math.abs(bias(byMar.iterative, mar.full)), { below: 0.06 });
    const near = new KNNImputer().fit(mar.X).transform(mar.X) as Matrix;
    lab.check(
      "MAR: error of regressions over 5 nearest rows, linear truth",
      mar.error(byMar.iterative) / mar.error(near),
      { below: 1.05 },
    );
    lab.check(
      "filled values scatter less than the truth: ratio of variances",
      variance(mar.lost.map((i) => byMar.iterative.at(i, 1))) /
        variance(mar.lost.map((i) => mar.full.at(i, 1))),
      { below: 0.95 },
    );
    lab.check(
      "correlation grows: after less before",
      correlation(byMar.iterative.col(0), byMar.iterative.col(1)) -
        correlation(mar.full.col(0), mar.full.col(1)),
      { above: 0 },
    );
    const mnar = draw(0.8, "mnar");
    lab.check("MNAR: bias stays", Math.abs(bias(fill(mnar.X).iterative, mnar.full)), { above: 0.08 });
    const alone = draw(0, "mcar");
    const byAlone = fill(alone.X);
    lab.check(
      "columns that do not predict each other: no gain, error over mean filling",
      alone.error(byAlone.iterative) / alone.error(byAlone.mean),
      { between: [0.95, 1.05] },
    );
  },
});

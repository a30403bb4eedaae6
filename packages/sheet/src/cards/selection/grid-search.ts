import { Pipeline, StandardScaler, StratifiedKFold } from "whetstone/data";
import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { sigmoid } from "whetstone/math";
import { gridSearch } from "whetstone/selection";
import { mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "selection/grid-search",
  title: "A grid of n values for k parameters costs nᵏ·K fits, plus one",
  formula: String.raw`\text{fits}=K\prod_{j=1}^{k} n_j+1,\qquad 2\cdot2\cdot2=8\text{ points},\;8\cdot5+1=41`,
  ask: "How do you grid-search a whole pipeline with stratified folds, and how many fits is that?",
  answer:
    "Name nested parameters step__param, list their values, cross-validate every combination on the same folds, and refit the best on all rows. n values for k parameters are nᵏ points; with K folds nᵏ·K fits and one more. 100/200 trees × depth 3/5 × rate 0.05/0.1 at 5 folds: 40 + 1.",
  pitfall:
    "The best score of a search is the largest of many noisy numbers, so it is optimistic. Report a test set or an outer loop, and keep scaling inside the pipeline so that folds do not leak.",
  level: "easy",
  whenNot:
    "Beyond two or three parameters, or with costly fits: use random search, Hyperband or Bayesian optimisation. A grid spends most of its fits on parameters that do not matter.",
  followUps: [
    {
      ask: "Is the best cross-validated score the score you report?",
      answer:
        "No: it is the largest of many noisy numbers. Keep a test set out of the search, or wrap the search in an outer loop (nested cross-validation).",
    },
    {
      ask: "Why must the scaler be inside the pipeline?",
      answer:
        "Fitted on all rows it has seen the validation fold. With supervised steps (selection, target encoding) that leak is large: noise can look like signal.",
    },
  ],
  derivation: String.raw`Every combination of values is one point of the grid: $\prod_j n_j$ of them. Each is fitted once per fold, so $K\prod_j n_j$ fits; the winner is fitted once more on all rows.

With $n$ values each, $k$ parameters cost $n^k$: five values for six parameters and five folds are 78,125 fits.

The best of $m$ points with equal truth and independent noise of size $\sigma$ lies on average up to $\sigma\sqrt{2\ln m}$ above it: for twelve points the bound is 2.2σ, the value 1.6σ. Points share folds and rows, so the noise is correlated and the excess smaller, but not gone.`,
  covers: ["selection/grid-search", "claim-a-294"],
  answers: ["q-a-434", "q-a-522"],
  verifiedAgainst: ["counting the fits", "cross-validation against a loop by hand"],
  budget: "quick",
  controls: {
    values: slider(1, 3, 2, { label: "values per parameter", step: 1 }),
    parameters: slider(1, 3, 3, { label: "parameters", step: 1 }),
    folds: slider(2, 8, 5, { label: "folds K" }),
  },
  run(lab, { values, parameters, folds }) {
    let fits = 0;
    class Counted extends HistGradientBoostingClassifier {
      override fit(...args: Parameters<HistGradientBoostingClassifier["fit"]>) {
        fits++;
        return super.fit(...args) as never;
      }
    }
    const random = lab.random();
    const X = range(120).map(() => range(4).map(() => random.normal()));
    const y = X.map(([a, b, c]) => (random.uniform() < sigmoid(2 * a! * b! + c!) ? "yes" : "no"));
    const spec = new Pipeline({
      steps: [
        ["scale", new StandardScaler()],
        ["trees", new Counted()],
      ],
    });
    const all: [string, number[]][] = [
      ["trees__maxIter", [100, 200, 50]],
      ["trees__maxDepth", [3, 5, 2]],
      ["trees__learningRate", [0.05, 0.1, 0.2]],
    ];
    const grid = (n: number, k: number) =>
      Object.fromEntries(all.slice(0, k).map(([name, list]) => [name, list.slice(0, n)]));
    const cv = (K: number) => new StratifiedKFold({ nSplits: K, shuffle: true, seed: lab.seed });
    const search = (n: number, k: number, K: number) => {
      fits = 0;
      const found = gridSearch(spec, X, y, grid(n, k), { cv: cv(K), scoring: ["rocAuc", "logLoss"] });
      return { found, fits };
    };
    const own = search(values, parameters, folds);
    const name = (v: Readonly<Record<string, unknown>>) =>
      Object.entries(v)
        .map(([p, value]) => `${p.slice(7)} ${value}`)
        .join(", ");
    const scores = own.found.candidates.map((c) => c.result!);
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "each fold",
            x: scores.flatMap((r, i) => r.folds.map(() => i + 1)),
            y: scores.flatMap((r) => r.folds.map((f) => f.scores.rocAuc!)),
            size: 2,
          },
          {
            type: "points",
            name: "mean",
            x: scores.map((_, i) => i + 1),
            y: scores.map((r) => r.mean.rocAuc!),
            size: 5,
          },
          {
            type: "rule",
            name: `best: ${name(own.found.best.values)}`,
            x: own.found.candidates.indexOf(own.found.best) + 1,
          },
        ],
        {
          title: `${scores.length} points × ${folds} folds + 1 refit = ${own.fits} fits`,
          x: { label: "point of the grid" },
          y: { label: "AUC on the held-out fold" },
          alt: `AUC of ${scores.length} grid points on ${folds} folds each: the folds of one point differ more than the means of the points do.`,
        },
      ),
    );
    lab.table({
      columns: ["point", "mean AUC", "mean log loss", "rank"],
      rows: own.found.candidates.map((c) => [
        name(c.values),
        Number(c.result!.mean.rocAuc!.toFixed(3)),
        Number(c.result!.mean.logLoss!.toFixed(3)),
        c.rank,
      ]),
    });
    lab.check("fits counted", own.fits, { equals: values ** parameters * folds + 1 });
    const example = values === 2 && parameters === 3 && folds === 5 ? own : search(2, 3, 5);
    lab.check("the 2 × 2 × 2 example: points", example.found.candidates.length, { equals: 8 });
    lab.check("its fits at 5 folds, with the refit", example.fits, { equals: 41 });
    lab.check("the best has the largest mean", own.found.bestScore, {
      equals: Math.max(...scores.map((r) => r.mean.rocAuc!)),
    });
    lab.check(
      "and is what the model was refitted with",
      own.found.model !== null &&
        own.found.best.values.trees__maxIter ===
          (own.found.best.spec as typeof spec).step("trees").params.maxIter,
      { equals: true },
    );
    // On labels that nothing predicts, the best of many points still looks better than chance.
    const coin = range(8).map((r) => {
      const labels = lab.random(`coin ${r}`);
      const blind = y.map(() => (labels.bernoulli() ? "yes" : "no"));
      const found = gridSearch(
        spec,
        X.slice(0, 60),
        blind.slice(0, 60),
        { trees__maxIter: [1, 2, 4, 8], trees__minSamplesLeaf: [5, 10, 15] },
        { cv: cv(4), scoring: "rocAuc", refit: false },
      );
      return found.bestScore;
    });
    lab.check("labels drawn by coin: mean best AUC of 12 points, truth 0.5", mean(coin), {
      above: 0.52,
    });
  },
});

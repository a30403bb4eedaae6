import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { type RandomStream, sigmoid } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, drawnTree, figure, range, slider } from "../../index.ts";

/** Labels that hang on x0, and on whether x1 is missing. */
const draw = (random: RandomStream, n: number, gaps: number) => {
  const rows = range(n).map(() => {
    const x0 = random.int(12);
    const gone = random.uniform() < gaps;
    const x1 = random.int(12);
    const y = +(random.uniform() < sigmoid(0.4 * (x0 - 6) + (gone ? 2 : x1 > 5 ? 0.7 : -0.7)));
    return { x: [x0, gone ? Number.NaN : x1], y };
  });
  return { X: rows.map((r) => r.x), y: rows.map((r) => r.y) };
};

export default card({
  id: "tree/xgboost",
  title: "XGBoost's split: both derivatives in the gain, a price per leaf, a side for gaps",
  formula: String.raw`\tfrac12\left[\frac{T_\alpha(G_L)^2}{H_L+\lambda}+\frac{T_\alpha(G_R)^2}{H_R+\lambda}-\frac{T_\alpha(G)^2}{H+\lambda}\right]>\gamma,\quad T_\alpha(G)=\operatorname{sign}(G)\max(|G|-\alpha,0)`,
  ask: "How does XGBoost choose a split and a side for missing values, and when does it stop adding leaves and trees?",
  answer:
    "Per node it sums gradients and Hessians, and takes the column, threshold and side for the missing rows with the largest second-order gain: λ and α shrink the leaf values inside it. All nodes of a level are split while the gain exceeds γ and depth remains. Trees are added until the held-out loss has not improved for some rounds.",
  pitfall:
    "γ is in units of the loss summed over rows, so it means less on more rows. And the loss that stops training is no longer held out: report the score on rows that chose nothing.",
  level: "hard",
  whenNot:
    "On small or linear data simpler models do as well; on images and text nets. When a custom loss has no useful second derivative, give a constant Hessian or use another booster.",
  followUps: [
    {
      ask: "How do λ, α and γ act differently?",
      answer: String.raw`λ shrinks all leaf values through $H+\lambda$; α sets a leaf to zero while $|G|\le\alpha$; γ asks every split for a minimum gain and so removes leaves.`,
    },
    {
      ask: "What does minChildWeight mean under log loss?",
      answer: String.raw`It bounds $\sum p(1-p)$ in a child, so confident rows count little: 100 rows at $p=0.01$ weigh about one. Under squared error it is the number of rows.`,
    },
  ],
  derivation: String.raw`Let $g_i,h_i$ be the derivatives of row $i$'s loss in its score, $G,H$ their sums over a leaf. To second order a leaf with value $w$ changes the penalised loss by $Gw+\tfrac12(H+\lambda)w^2+\alpha|w|$. If $G>\alpha$ the best $w$ is negative: $G+(H+\lambda)w-\alpha=0$; if $G<-\alpha$ it is positive, likewise; if $|G|\le\alpha$ no move pays and $w=0$. Together $w=-T_\alpha(G)/(H+\lambda)$, with the value $-\tfrac12T_\alpha(G)^2/(H+\lambda)$. The gain of a split is the parent's minimum less the children's; a leaf more costs $\gamma$, so it must exceed that.

The missing rows of a column are added to the left sums once and to the right sums once per threshold. Nothing is imputed: two passes over the histogram instead of one.`,
  covers: ["tree/xgboost"],
  answers: ["q-a-542"],
  verifiedAgainst: [
    "xgboost 1.7.4 hist: trees, gains, default directions and stopping",
    "the gain of every column, threshold and side, evaluated on the rows of each node",
  ],
  budget: "quick",
  controls: {
    depth: slider(1, 4, 3, { label: "levels" }),
    lambda: slider(0, 20, 1, { label: "λ (L2)", step: 0.5 }),
    alpha: slider(0, 10, 0.5, { label: "α (L1)", step: 0.5 }),
    gamma: slider(0, 6, 1, { label: "γ per leaf", step: 0.25 }),
    patience: slider(2, 20, 8, { label: "early-stopping rounds" }),
  },
  run(lab, { depth, lambda, alpha, gamma, patience }) {
    const { X, y } = draw(lab.random("rows"), 400, 0.25);
    const spec = new HistGradientBoostingClassifier({
      ...{ maxIter: 1, learningRate: 1, maxLeafNodes: null, minSamplesLeaf: 1, minHessianToSplit: 0 },
    });
    // minGainToSplit counts gains without the factor of one half.
    const settings = { l1Regularization: alpha, l2Regularization: lambda, minGainToSplit: 2 * gamma };
    const { trees } = spec.with({ maxDepth: depth, ...settings }).fit(X, y);

    // The same by hand: g = p − y and h = p (1 − p) at the first prediction, the base rate.
    const p = mean(y);
    const shrunk = (G: number) => Math.sign(G) * Math.max(0, Math.abs(G) - alpha);
    const sums = (rows: readonly number[]) => ({
      G: rows.reduce((s, i) => s + p - y[i]!, 0),
      H: rows.length * p * (1 - p),
    });
    const value = (rows: readonly number[]) => {
      const { G, H } = sums(rows);
      return -shrunk(G) / (H + lambda);
    };
    const worth = (rows: readonly number[]) => {
      const { G, H } = sums(rows);
      return shrunk(G) ** 2 / (H + lambda) / 2;
    };
    const partition = (rows: readonly number[], f: number, t: number, missingLeft: boolean) => {
      const goes = (i: number) => (Number.isNaN(X[i]![f]!) ? missingLeft : X[i]![f]! <= t);
      return [rows.filter(goes), rows.filter((i) => !goes(i))] as const;
    };
    const gainOf = (rows: readonly number[], [left, right]: readonly [number[], number[]]) =>
      left.length === 0 || right.length === 0
        ? Number.NEGATIVE_INFINITY
        : worth(left) + worth(right) - worth(rows);
    const thresholds = [...range(12), Number.POSITIVE_INFINITY];
    const sides = [true, false];
    const bestOf = (rows: readonly number[]) =>
      Math.max(
        ...range(2).flatMap((f) =>
          thresholds.flatMap((t) => sides.map((side) => gainOf(rows, partition(rows, f, t, side)))),
        ),
      );

    const found = {
      gap: 0,
      excess: 0,
      refused: 0,
      leaf: 0,
      level: 0,
      inner: 0,
      least: Number.POSITIVE_INFINITY,
    };
    const visit = (node: number, rows: readonly number[], level: number): void => {
      const best = bestOf(rows);
      found.level = Math.max(found.level, level);
      if (trees.feature[node]! < 0) {
        found.leaf = Math.max(found.leaf, Math.abs(trees.value[node]! - value(rows)));
        if (level < depth) found.refused = Math.max(found.refused, best - gamma);
        return;
      }
      const missingLeft = (trees.flags[node]! & 1) === 1;
      const [left, right] = partition(rows, trees.feature[node]!, trees.threshold[node]!, missingLeft);
      const gain = gainOf(rows, [left, right]);
      found.inner++;
      found.gap = Math.max(found.gap, Math.abs(gain - trees.gain[node]! / 2));
      found.excess = Math.max(found.excess, best - gain);
      found.least = Math.min(found.least, gain - gamma);
      visit(trees.left[node]!, left, level + 1);
      visit(trees.left[node]! + 1, right, level + 1);
    };
    const all = range(X.length);
    visit(0, all, 0);

    const cuts = range(11);
    lab.plot(
      figure(
        [
          ...range(2).flatMap((f) =>
            (f === 0 ? [true] : sides).map((side) => ({
              type: "line" as const,
              name: f === 0 ? "x0" : `x1, missing rows go ${side ? "left" : "right"}`,
              x: cuts,
              y: cuts.map((t) => gainOf(all, partition(all, f, t, side))),
            })),
          ),
          { type: "rule", y: gamma, label: "γ" },
        ],
        {
          title: "Gain of every first split",
          x: { label: "threshold" },
          y: { label: "gain" },
          alt: `Gain by threshold for x0 and for x1 with the missing rows on either side, and the price γ = ${gamma} that a split must exceed.`,
        },
      ),
    );
    lab.plot(
      drawnTree(
        trees,
        (f, node) => (f === 0 ? "x0" : trees.flags[node]! & 1 ? "x1 (missing ←)" : "x1 (missing →)"),
        (node) => trees.value[node]!.toFixed(2),
        {
          levels: 4,
          title: `The first tree: ${found.inner + 1} leaves`,
          alt: `A tree of at most ${depth} levels whose nodes say their column, threshold and the side of missing values; ${found.inner + 1} leaves hold steps in logits.`,
        },
      ),
    );
    lab.check("splits: largest gap of the reported gain and the formula", found.gap, { atMost: 1e-3 });
    lab.check("largest gain that another column, threshold or side would add", found.excess, {
      atMost: 1e-3,
    });
    lab.check("leaves: largest gap of their value and −T(G) / (H + λ)", found.leaf, { atMost: 1e-5 });
    if (found.inner > 0) lab.check("smallest gain of a split, less γ", found.least, { above: -1e-3 });
    lab.check("best gain that a leaf above the last level refused, less γ", found.refused, { atMost: 1e-3 });
    lab.check("deepest leaf", found.level, { atMost: depth });
    // Without a price and penalties every level is filled as far as there is something to gain.
    const full = spec.with({ maxDepth: 2, l2Regularization: 1e-3 }).fit(X, y).trees;
    lab.check("level-wise: leaves of two free levels", full.feature.filter((f) => f < 0).length, {
      equals: 4,
    });

    // Gaps that mean something: the side is learned, and turns with the labels.
    const sideOf = (labels: readonly number[]) => {
      const cut = spec.with({ maxDepth: 1 }).fit(
        X.map(([, x1]) => [x1!]),
        labels,
      );
      const [left, right] = [cut.trees.value[1]!, cut.trees.value[2]!];
      const missing = cut.decisionFunction([[Number.NaN]]).at(0, 0) - cut.baseline[0]!;
      return Math.abs(missing - Math.max(left, right)) < 1e-9 ? "high" : "low";
    };
    lab.check("missing rows, positive more often, join the side of", sideOf(y), { equals: "high" });
    lab.check("and with the labels turned, of", sideOf(y.map((v) => 1 - v)), { equals: "low" });

    // Early stopping on rows that the library holds out; fresh rows show what it is worth.
    const fresh = draw(lab.random("fresh"), 2000, 0.25);
    const boosted = spec.with({
      ...{ maxIter: 300, maxDepth: depth, learningRate: 0.3, l2Regularization: 1, seed: lab.seed },
      ...{ earlyStopping: true, validationFraction: 0.3, nIterNoChange: patience, tol: 0 },
    });
    const model = boosted.fit(X, y);
    const held = [...model.validationScore];
    const best = held.indexOf(Math.min(...held));
    const unseen = Array.from(model.stagedPredictProba(fresh.X), (P) => logLoss(fresh.y, P.col(1)));
    lab.plot(
      figure(
        [
          { type: "line", name: "training rows", x: range(held.length), y: [...model.trainScore] },
          { type: "line", name: "held-out rows, which decide", x: range(held.length), y: held },
          {
            type: "line",
            name: "fresh rows",
            x: range(unseen.length).map((i) => i + 1),
            y: unseen,
            dashed: true,
          },
          { type: "rule", x: best, label: "best" },
          { type: "rule", x: model.nIter, label: "stop" },
        ],
        {
          title: `Stopped after ${model.nIter} of 300 trees`,
          x: { label: "trees" },
          y: { label: "log loss" },
          alt: `Log loss by trees: the training loss falls on, the held-out loss is least at ${best} trees and training stops ${model.nIter - best} trees later.`,
        },
      ),
    );
    lab.check("trees after which it stopped", model.nIter, { below: 300 });
    lab.check("trees since the best held-out loss", model.nIter - best, { equals: patience });
    const longest = held.reduce(
      ({ low, run, most }, loss) =>
        loss < low ? { low: loss, run: 0, most } : { low, run: run + 1, most: Math.max(most, run + 1) },
      { low: Number.POSITIVE_INFINITY, run: 0, most: 0 },
    ).most;
    lab.check("longest wait for an improvement before that", longest, { equals: patience });
    const rest = boosted.with({ earlyStopping: false }).fit(X, y);
    lab.check("trees without early stopping", rest.nIter, { equals: 300 });
  },
});

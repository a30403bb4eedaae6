import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { sigmoid } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/second-order-leaf",
  title: "A boosted leaf is one Newton step: −G / (H + λ)",
  formula: String.raw`w^\star=-\frac{G}{H+\lambda},\quad \text{gain}=\tfrac12\left[\frac{G_L^2}{H_L+\lambda}+\frac{G_R^2}{H_R+\lambda}-\frac{G^2}{H+\lambda}\right]-\gamma`,
  ask: "What do the second derivatives change in XGBoost's trees, and what do λ and γ each penalise?",
  answer:
    "Expand the loss to second order in a leaf: Gw + ½(H + λ)w², with G and H the sums of gradients and Hessians. The best value is −G/(H + λ), a Newton step that λ shrinks. Put back, it gives the split gain; γ is the price of one more leaf, so it prunes the structure.",
  pitfall:
    "With log loss H = Σp(1 − p) nearly vanishes in confident leaves: the Newton step would explode. λ and a minimum Hessian per leaf hold it.",
  level: "hard",
  whenNot:
    "For losses without a useful second derivative (absolute error: zero almost everywhere) Newton leaves fail: use medians, Huber, or a constant Hessian. Tune λ and γ after rate and tree size.",
  followUps: [
    {
      ask: "What does a minimum Hessian per leaf do for log loss?",
      answer:
        "It asks for Σp(1−p) above a bound: a leaf of confident rows counts little however many they are. It stops leaves whose Newton step would be large and uncertain.",
    },
    {
      ask: "Why is the reported gain often twice the formula's?",
      answer:
        "Libraries drop the common factor ½ from the gain; γ must then be compared on the same scale. Check by recomputing one split by hand.",
    },
  ],
  derivation: String.raw`$L(F+w)\approx L+gw+\tfrac12hw^2$ row by row. Sum over the rows of a leaf, add $\tfrac12\lambda w^2$, set the derivative to zero: $G+(H+\lambda)w=0$.

At the optimum $w=-G/(H+\lambda)$ the leaf contributes $-\tfrac12G^2/(H+\lambda)$. A split replaces one such term by two, with $G=G_L+G_R$ and $H=H_L+H_R$, and pays $\gamma$ for the extra leaf: the difference is the gain.

Squared error $\tfrac12(y-F)^2$ has $g=F-y$ and $h=1$: $H$ is the number of rows and $w$ the mean residual, shrunk by $\frac n{n+\lambda}$. Log loss has $g=p-y$ and $h=p(1-p)$: $w=\frac{\sum(y-p)}{\sum p(1-p)+\lambda}$. $\lambda$ changes values and, through the gain, may change splits; $\gamma$ only decides which splits stay.`,
  errata: [
    {
      claim: "claim-b-067",
      claimed: "XGBoost applies L1 and L2 penalties to the tree structure.",
      truth:
        "λ (and α) act on leaf values. The number of leaves is penalised by γ: raise λ and the same tree shrinks, raise γ and splits disappear while the values of the leaves that stay are untouched.",
    },
  ],
  covers: ["claim-a-044", "claim-b-067"],
  answers: ["q-a-321", "q-b-308"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting, whole trees",
    "finite differences of every loss",
    "the formula evaluated on the rows of each leaf",
  ],
  budget: "quick",
  controls: {
    lambda: slider(0, 30, 5, { label: "λ on leaf values", step: 0.5 }),
    gamma: slider(0, 20, 0, { label: "γ per leaf", step: 0.5 }),
    positives: slider(0.02, 0.5, 0.1, { label: "base rate of the positives", step: 0.02 }),
  },
  run(lab, { lambda, gamma, positives }) {
    // Eight groups, each with its own share of positives; a tree may give each group its own leaf.
    const random = lab.random();
    const groups = range(8);
    const rows = groups.flatMap((g) => range(60).map(() => g));
    const rates = groups.map((g) => Math.min(0.95, positives * (0.15 + 0.45 * g)));
    const y = rows.map((g, i) => (i % 60 === 0 ? 1 : i % 60 === 1 ? 0 : +(random.uniform() < rates[g]!)));
    const X = rows.map((g) => [g]);
    // minGainToSplit counts gains without the factor of one half.
    const fit = (l2: number, price = 0) =>
      new HistGradientBoostingClassifier({
        maxIter: 1,
        learningRate: 1,
        l2Regularization: l2,
        minGainToSplit: 2 * price,
        minSamplesLeaf: 1,
        minHessianToSplit: 0,
      }).fit(X, y);
    const base = mean(y);
    const stepOf = (model: ReturnType<typeof fit>) => {
      const F = model.decisionFunction(groups.map((g) => [g])).data;
      return groups.map((g) => F[g]! - model.baseline[0]!);
    };
    const sums = (members: readonly number[]) => {
      const own = rows.flatMap((g, i) => (members.includes(g) ? [i] : []));
      return {
        G: own.reduce((sum, i) => sum + base - y[i]!, 0),
        H: own.length * base * (1 - base),
      };
    };
    const leavesOf = (steps: readonly number[]) => {
      const leaves = new Map<string, number[]>();
      for (const g of groups) {
        const key = steps[g]!.toFixed(9);
        leaves.set(key, [...(leaves.get(key) ?? []), g]);
      }
      return leaves;
    };
    const newtonGap = (steps: readonly number[], l2: number) =>
      Math.max(
        ...[...leavesOf(steps).values()].map((members) => {
          const { G, H } = sums(members);
          return Math.abs(steps[members[0]!]! + G / (H + l2));
        }),
      );
    const now = stepOf(fit(lambda, gamma));
    const free = stepOf(fit(0));

    lab.plot(
      figure(
        [
          { type: "boxes", name: "λ = 0, γ = 0", x0: groups.map((g) => g - 0.42), x1: groups, y: free },
          { type: "boxes", name: "your λ and γ", x0: groups, x1: groups.map((g) => g + 0.42), y: now },
        ],
        {
          title: `Leaf values of the first tree: ${leavesOf(now).size} leaves`,
          x: { label: "group" },
          y: { label: "step in logits" },
          alt: `Leaf values of eight groups without penalty and with λ = ${lambda}, γ = ${gamma}: λ shrinks each towards zero, γ merges groups into shared leaves.`,
        },
      ),
    );
    const grid = linspace(0, 30, 31);
    const last = sums([7]);
    lab.plot(
      figure(
        [
          { type: "line", name: "−G / (H + λ)", x: grid, y: grid.map((l) => -last.G / (last.H + l)) },
          {
            type: "points",
            name: "library",
            x: grid.filter((_, i) => i % 3 === 0),
            y: grid.filter((_, i) => i % 3 === 0).map((l) => stepOf(fit(l))[7]!),
          },
          { type: "rule", name: "gradient only: −G / n", y: -last.G / 60 },
        ],
        {
          title: "Leaf of group 7",
          x: { label: "λ" },
          y: { label: "step in logits" },
          alt: "The value of one leaf falls like G over H plus λ as λ grows; the library's leaves lie on the curve, the plain mean gradient far below it.",
        },
      ),
    );

    lab.check("largest gap of a leaf and −G / (H + λ), your settings", newtonGap(now, lambda), {
      atMost: 1e-5,
    });
    lab.check("the same at λ = 0 and λ = 30", Math.max(newtonGap(free, 0), newtonGap(stepOf(fit(30)), 30)), {
      atMost: 1e-5,
    });
    const { trees } = fit(lambda, gamma);
    if (trees.feature[0] === 0) {
      const cut = trees.threshold[0]!;
      const parts = [groups.filter((g) => g <= cut), groups.filter((g) => g > cut), groups].map(sums);
      const [left, right, all] = parts.map(({ G, H }) => G ** 2 / (H + lambda));
      lab.check("gain of the first split: twice the formula's, before γ", trees.gain[0]!, {
        equals: left! + right! - all!,
        relative: 1e-5,
      });
    }
    // One step of each kind on the training rows.
    const lossAfter = (steps: readonly number[]) =>
      logLoss(
        y,
        rows.map((g) => sigmoid(Math.log(base / (1 - base)) + steps[g]!)),
      );
    const plain = groups.map((g) => -sums([g]).G / 60);
    lab.check(
      "log loss saved by one Newton step over one mean-gradient step",
      lossAfter(plain) - lossAfter(free),
      {
        above: 0,
      },
    );
    // λ: same leaves, smaller values. γ: fewer leaves, same values where a leaf stays.
    const two = (l2: number, price: number) =>
      new HistGradientBoostingClassifier({
        maxIter: 1,
        learningRate: 1,
        maxLeafNodes: 2,
        l2Regularization: l2,
        minGainToSplit: 2 * price,
        minSamplesLeaf: 1,
      }).fit(
        rows.map((g) => [g < 4 ? 0 : 1]),
        y,
      );
    const [loose, tight] = [two(0, 0), two(20, 0)];
    lab.check("λ = 20 keeps the structure", tight.trees.feature.length, {
      equals: loose.trees.feature.length,
    });
    lab.check("and shrinks its values to the share", tight.trees.value[1]! / loose.trees.value[1]!, {
      equals: sums([0, 1, 2, 3]).H / (sums([0, 1, 2, 3]).H + 20),
      relative: 1e-5,
    });
    const price = loose.trees.gain[0]! / 2;
    lab.check("γ just below the gain keeps the split", two(0, 0.99 * price).trees.feature.length, {
      equals: 3,
    });
    lab.check("and every value", two(0, 0.99 * price).trees.value[1]!, { equals: loose.trees.value[1]! });
    lab.check("γ just above removes it", two(0, 1.01 * price).trees.feature.length, { equals: 1 });
  },
});

import { makeFriedman1 } from "whetstone/data";
import { exactShap, shapleyValues, shapleyWeights, treeShap } from "whetstone/explain";
import type { Matrix } from "whetstone/math";
import { DecisionTreeRegressor } from "whetstone/tree";
import { card, figure, range, slider } from "../../index.ts";

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

const orders = (players: readonly number[]): number[][] =>
  players.length === 0
    ? [[]]
    : players.flatMap((p) => orders(players.filter((q) => q !== p)).map((rest) => [p, ...rest]));

export default card({
  id: "explain/shapley-values",
  title: "A Shapley value is a column's mean effect over all orders of arrival",
  formula: String.raw`\varphi_i=\sum_{S\not\ni i}\frac{|S|!\,(M-|S|-1)!}{M!}\,\bigl[f(S\cup i)-f(S)\bigr]`,
  ask: "How does the Shapley formula weight coalitions of columns, and which axioms make it the only fair split?",
  answer:
    "Let the columns arrive in random order; a column's value is what its arrival adds on average. |S|!(M−|S|−1)!/M! is the share of orders in which exactly S came before. Efficiency, symmetry, dummy and additivity hold, and nothing else has all four; so a sum of models has the sum of their values, a mean their mean.",
  pitfall:
    "The axioms fix the split of one game, not the game. What f(S) means without the other columns (a mean over a background, a tree's shares) is a choice, and each choice has Shapley values of its own.",
  level: "hard",
  whenNot:
    "When columns are many and only one is asked about, or when a causal answer is wanted: permutation importance, partial dependence or an experiment says it more directly.",
  followUps: [
    {
      ask: "What stands in for an absent column?",
      answer:
        "A choice: values of background rows (interventional) or values given the known columns (conditional). With dependent columns they differ, and the second can credit a column the model never uses.",
    },
    {
      ask: "Why do sampled Shapley values scatter, and by how much?",
      answer:
        "They average the addition over random orders; the error falls like 1/√orders. Antithetic orders (each with its reverse) reduce it, and efficiency holds for every order.",
    },
  ],
  derivation: String.raw`Of the $M!$ orders, $|S|!$ arrange the members of $S$ before $i$ and $(M-|S|-1)!$ the others after it. There are $\binom{M-1}{s}$ coalitions of size $s$ without $i$, so all of one size weigh $1/M$ together: small and large coalitions count most one by one, since there are few of them.

Efficiency: along one order the additions telescope to $f(\text{all})-f(\emptyset)$, so their means do.

Nothing else has all four: let $u_T(S)$ be 1 if $S\supseteq T$, else 0. Every game with $f(\emptyset)=0$ is a sum $f=\sum_Tc_Tu_T$ in exactly one way, as the $2^M-1$ games $u_T$ are linearly independent. In $c_Tu_T$ players outside $T$ are dummies and get 0; those inside are alike and, by efficiency, share $c_T$: $c_T/|T|$ each. Additivity adds the parts up, so $\varphi_i=\sum_{T\ni i}\frac{c_T}{|T|}$ is forced.`,
  covers: ["explain/shapley-values", "claim-a-240", "claim-a-243"],
  answers: ["q-a-077", "q-a-408"],
  verifiedAgainst: [
    "the mean over all orders of the players",
    "airport and voting games with known values, linear models",
    "treeShap with the same background",
  ],
  budget: "quick",
  controls: {
    columns: slider(5, 8, 6, { label: "columns M" }),
    others: slider(1, 30, 10, { label: "background rows" }),
    row: slider(0, 39, 0, { label: "row explained" }),
    shown: slider(0, 4, 3, { label: "column in the lower picture" }),
  },
  run(lab, { columns: M, others, row, shown }) {
    const { X, y } = makeFriedman1({ nSamples: 300, nFeatures: M, noise: 0.5, seed: lab.seed });
    const random = lab.random();
    const trees = range(3).map(() => {
      const drawn = range(300).map(() => random.int(300));
      return new DecisionTreeRegressor({ maxDepth: 6 }).fit(
        X.selectRows(drawn),
        drawn.map((i) => y[i]!),
      );
    });
    const sum = (Z: Matrix) =>
      trees.map((t) => t.predict(Z)).reduce((a, b) => a.map((v, i) => v + b[i]!), new Float64Array(Z.rows));
    const mean = (Z: Matrix) => sum(Z).map((v) => v / trees.length);
    const x = X.selectRows([row]);
    const background = X.selectRows(range(others).map((k) => 100 + k));
    const { values, baseValues } = exactShap(mean, x, { background });
    const phi = values[0]!.row(0);
    const base = baseValues[0]!;

    // The same game, asked coalition by coalition.
    const worths = new Map<string, number>();
    const game = (coalition: readonly number[]) => {
      const key = String(coalition);
      if (!worths.has(key)) {
        const mixed = background.clone();
        for (const j of coalition) for (const i of range(others)) mixed.data[i * M + j] = x.at(0, j);
        worths.set(key, mean(mixed).reduce((a, b) => a + b, 0) / others);
      }
      return worths.get(key)!;
    };
    const asked = shapleyValues(game, M);
    const weights = shapleyWeights(M);
    const coalitions = range(2 ** M).map((bits) => range(M).filter((j) => (bits >> j) & 1));
    const without = coalitions.filter((S) => !S.includes(shown));
    const adds = without.map((S) => game([...S, shown].sort((a, b) => a - b)) - game(S));

    const order = range(M).sort((a, b) => Math.abs(phi[b]!) - Math.abs(phi[a]!));
    let level = base;
    const steps = order.map((j) => [level, (level += phi[j]!)] as const);
    lab.plot(
      figure(
        [
          {
            type: "arrows",
            x1: steps.map(([from]) => from),
            x2: steps.map(([, to]) => to),
            y1: order.map((_, k) => -k),
            y2: order.map((_, k) => -k),
          },
          {
            type: "text",
            x: steps.map(([from, to]) => (from + to) / 2),
            y: order.map((_, k) => 0.35 - k),
            text: order.map(
              (j) =>
                `x${j} = ${x.at(0, j).toFixed(2)}: ${phi[j]! < 0 ? "−" : "+"}${Math.abs(phi[j]!).toFixed(2)}`,
            ),
          },
          { type: "rule", x: base, label: "mean of the background" },
          { type: "rule", x: level, label: "prediction" },
        ],
        {
          title: `Row ${row}: from ${base.toFixed(2)} to ${level.toFixed(2)}`,
          x: { label: "output" },
          y: { label: "columns, largest value first", domain: [-M + 0.4, 0.9] },
          alt: `Arrows, one per column, lead from the background's mean ${base.toFixed(2)} to the prediction ${level.toFixed(2)}.`,
        },
      ),
    );
    const bySize = range(M).map((s) => adds.filter((_, k) => without[k]!.length === s));
    lab.plot(
      figure(
        [
          { type: "points", name: "one coalition", x: without.map((S) => S.length), y: adds, size: 2 },
          {
            type: "line",
            name: "mean of the size",
            x: range(M),
            y: bySize.map((a) => a.reduce((u, v) => u + v, 0) / a.length),
          },
          { type: "rule", name: "Shapley value: mean of these means", y: phi[shown]! },
        ],
        {
          title: `What x${shown} adds to each of ${without.length} coalitions`,
          x: { label: "columns that are there already" },
          y: { label: "f(S ∪ i) − f(S)" },
          alt: `What column ${shown} adds to every coalition by the coalition's size, the means of each size, and their mean, the Shapley value.`,
        },
      ),
    );

    const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    lab.check(
      "weights of all coalitions without one column: sum",
      total(without.map((S) => weights[S.length]!)),
      {
        equals: 1,
        within: 1e-12,
      },
    );
    lab.check(
      "all coalitions of one size weigh together, M times",
      M * weights[2]! * without.filter((S) => S.length === 2).length,
      {
        equals: 1,
        within: 1e-12,
      },
    );
    lab.check(
      "column's value less the weighted sum of what it adds",
      total(adds.map((a, k) => a * weights[without[k]!.length]!)) - phi[shown]!,
      {
        equals: 0,
        within: 1e-10,
      },
    );
    lab.check("the model's values and those of the game asked one by one: largest gap", largest(phi, asked), {
      atMost: 1e-10,
    });
    lab.check("efficiency: prediction less base value and values", mean(x)[0]! - base - total(phi), {
      equals: 0,
      within: 1e-10,
    });

    // Games drawn at random, so that nothing holds by the look of a model.
    const drawGame = (players: number) => {
      const worth = Float64Array.from({ length: 2 ** players }, () => random.normal());
      return (S: readonly number[]) => worth[S.reduce((bits, j) => bits | (1 << j), 0)]!;
    };
    const [v, w] = [drawGame(5), drawGame(5)];
    const phiV = shapleyValues(v, 5);
    const all = orders(range(5));
    const byOrders = range(5).map(
      (i) =>
        total(all.map((o) => v(o.slice(0, o.indexOf(i) + 1)) - v(o.slice(0, o.indexOf(i))))) / all.length,
    );
    lab.check("a random game: largest gap to the mean over all 120 orders", largest(phiV, byOrders), {
      atMost: 1e-12,
    });
    const swap = (S: readonly number[]) => S.map((j) => (j < 2 ? 1 - j : j));
    const even = shapleyValues((S) => v(S) + v(swap(S)), 5);
    lab.check("symmetry: values of two players that add the same everywhere differ by", even[0]! - even[1]!, {
      equals: 0,
      within: 1e-12,
    });
    const idle = shapleyValues((S) => v(S.filter((j) => j < 5)), 6);
    lab.check("dummy: value of a sixth player that never adds anything", idle[5]!, { equals: 0 });
    lab.check("and largest change of the other five", largest(idle.subarray(0, 5), phiV), { atMost: 1e-12 });
    const both = shapleyValues((S) => v(S) + w(S), 5);
    const phiW = shapleyValues(w, 5);
    lab.check(
      "additivity: values of v + w less the sum of values",
      largest(
        both,
        phiV.map((a, i) => a + phiW[i]!),
      ),
      { atMost: 1e-12 },
    );
    // An ensemble: each tree explained by itself, by another algorithm.
    const each = trees.map((t) => treeShap(t, x, { background }).values[0]!.row(0));
    const added = range(M).map((j) => total(each.map((e) => e[j]!)));
    const ofSum = exactShap(sum, x, { background }).values[0]!.row(0);
    lab.check("sum of three trees: values less the sum of the trees' values", largest(ofSum, added), {
      atMost: 1e-9,
    });
    lab.check(
      "mean of three trees: values less the mean of the trees' values",
      largest(
        phi,
        added.map((a) => a / 3),
      ),
      { atMost: 1e-9 },
    );
    lab.check("and less their sum, which a mean does not have", largest(phi, added), { above: 0.01 });
  },
});

import { GroupLasso, Lasso, LinearRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/group-lasso",
  title: "Group lasso drops whole groups",
  formula: String.raw`\min_w\tfrac1{2n}\lVert y-Xw\rVert^2+\lambda\sum_g\sqrt{p_g}\,\lVert w_g\rVert_2,\qquad w_g\leftarrow\Big(1-\tfrac{t}{\lVert z_g\rVert}\Big)_{\!+}z_g`,
  ask: "How can a penalty remove a whole categorical feature or channel, and not single columns of it?",
  answer:
    "Penalise the length of each group's coefficient vector, not its square. The proximal step is a soft threshold of that length: below the threshold the whole block becomes zero, above it the block keeps its direction and is shortened.",
  pitfall:
    "Within a kept group nothing is zero: for that add an L1 term (sparse group lasso). And groups must be put on one scale, hence the factor √p.",
  level: "hard",
  whenNot:
    "When zeros inside groups are wanted use sparse group lasso or plain lasso; with overlapping groups the norm must be changed (latent group lasso).",
  followUps: [
    {
      ask: "Where do networks use it?",
      answer:
        "To drop whole channels or heads: the group is all weights of a filter, so the layer really shrinks. Single zeros save nothing on dense hardware.",
    },
    {
      ask: "Why the factor √p of the group's size?",
      answer:
        "Under noise the length of a group's gradient grows like √p; without the factor large groups would enter first by size alone.",
    },
  ],
  derivation: String.raw`The proximal step minimises $\tfrac12\lVert w-z\rVert^2+t\lVert w\rVert$ over a group. For $w\ne0$ the condition is $w-z+t\frac w{\lVert w\rVert}=0$, so $w$ points along $z$ with length $\lVert z\rVert-t$.

If $\lVert z\rVert\le t$ that length would be negative, and $w=0$ is optimal: the subgradient of $\lVert w\rVert$ at 0 is the unit ball, and $z/t$ lies in it. Hence $w=(1-t/\lVert z\rVert)_+z$.

For groups of one this is the soft threshold. The square $\lVert w\rVert^2$ would only divide by $1+2t$: never zero.`,
  covers: ["linear/group-lasso"],
  verifiedAgainst: [
    "optimality (KKT) conditions per group",
    "duality gap",
    "scikit-learn 1.2 Lasso where groups have one column",
  ],
  budget: "quick",
  controls: {
    strength: slider(-2.5, 0, -1, { label: "strength, 10^k of the largest", step: 0.05 }),
    size: slider(2, 6, 4, { label: "columns per group" }),
  },
  run(lab, { strength, size }) {
    const random = lab.random();
    const [n, count] = [150, 6];
    const d = count * size;
    const groups = range(d).map((j) => Math.floor(j / size));
    const X = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
    const y = X.matVec(groups.map((g) => (g < 2 ? 1 : 0))).map((v) => v + random.normal());
    const pullOf = (w: Float64Array, b: number) => {
      const fit = X.matVec(w);
      return X.transposedMatVec(y.map((v, i) => (v - fit[i]! - b) / n));
    };
    const length = (v: Float64Array, g: number) => Math.hypot(...v.slice(g * size, (g + 1) * size));
    const mean = y.reduce((a, v) => a + v, 0) / n;
    const most =
      Math.max(...range(count).map((g) => length(pullOf(new Float64Array(d), mean), g))) / Math.sqrt(size);
    const tight = { groups, tol: 1e-11, maxIter: 20_000 };
    const exponents = range(26).map((i) => -2.5 + i / 10);
    const fits = exponents.map((e) => new GroupLasso({ ...tight, alpha: most * 10 ** e }).fit(X, y).coef);
    lab.plot(
      figure(
        [
          ...range(count).map((g) => ({
            type: "line" as const,
            name: g < 2 ? "matters" : "does not",
            x: exponents,
            y: fits.map((w) => length(w, g)),
          })),
          { type: "rule", x: strength, label: "λ" },
        ],
        {
          x: { label: "log₁₀ of the strength, relative to the largest" },
          y: { label: "length of the group's coefficients" },
          alt: "Lengths of six groups' coefficients by strength: whole groups reach zero, those that matter last.",
        },
      ),
    );
    const alpha = most * 10 ** strength;
    const model = new GroupLasso({ ...tight, alpha }).fit(X, y);
    const blocks = range(count).map((g) => Array.from(model.coef.slice(g * size, (g + 1) * size)));
    lab.note(
      `At your λ ${blocks.filter((b) => b.every((v) => v === 0)).length} of ${count} groups are gone.`,
    );
    lab.check(
      "groups that are zero in part",
      blocks.filter((b) => b.some((v) => v === 0) && b.some((v) => v !== 0)).length,
      { equals: 0 },
    );
    const middle = new GroupLasso({ ...tight, alpha: most / 3 }).fit(X, y);
    lab.check(
      "at a third of the largest strength: groups kept are the two that matter",
      range(count)
        .filter((g) => length(middle.coef, g) > 0)
        .join(),
      { equals: "0,1" },
    );
    const loose = new Lasso({ alpha: most / 3, tol: 1e-10 }).fit(X, y);
    lab.check(
      "the lasso drops single columns: zeros within the two groups, over strengths",
      range(20).reduce(
        (s, i) =>
          s +
          new Lasso({ alpha: (most * (i + 1)) / 20 })
            .fit(X, y)
            .coef.slice(0, 2 * size)
            .filter((v) => v === 0).length,
        0,
      ) + loose.coef.slice(0, 2 * size).filter((v) => v === 0).length,
      { atLeast: 1 },
    );
    const pull = pullOf(model.coef, model.intercept);
    const bound = alpha * Math.sqrt(size);
    lab.check(
      "optimality: largest breach over the groups, relative",
      Math.max(
        ...range(count).map((g) => {
          const l = length(model.coef, g);
          if (l === 0) return length(pull, g) / bound - 1;
          return (
            Math.max(
              ...range(size).map((k) =>
                Math.abs(pull[g * size + k]! - (bound * model.coef[g * size + k]!) / l),
              ),
            ) / bound
          );
        }),
      ),
      { atMost: 1e-2 },
    );
    lab.check("gap to the optimum", model.dualityGap, { between: [-1e-9, 1e-6] });
    lab.check(
      "just above the largest strength: all gone",
      new GroupLasso({ ...tight, alpha: most * 1.001 }).fit(X, y).coef.every((v) => v === 0),
      { equals: true },
    );
    const ols = new LinearRegression().fit(X, y).coef;
    lab.check(
      "strength 0 is least squares",
      Math.max(
        ...new GroupLasso({ ...tight, alpha: 1e-9 }).fit(X, y).coef.map((v, j) => Math.abs(v - ols[j]!)),
      ),
      { atMost: 1e-3 },
    );
  },
});

import { coefAt, Lasso, LassoCV, larsPath, lassoPath } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/lars",
  title: "LARS walks the lasso path from knot to knot",
  formula: String.raw`w(\lambda)\ \text{is linear between knots},\qquad \tfrac1n\,\lvert x_j^\top(y-Xw)\rvert=\lambda\ \text{for active } j,\ \le\lambda\ \text{else}`,
  ask: "How can all lasso solutions be had exactly, at about the price of one least-squares fit?",
  answer:
    "The path is piecewise linear. Start at λ = max|xⱼᵀy|/n with the most correlated column and move so that all active correlations fall together; stop where another column catches up (it enters) or an active coefficient reaches zero (it leaves), and turn. Cross-validation then picks a point on the path.",
  pitfall:
    "The order of entry is no ranking of importance: a column can leave again. And with more columns than rows the lasso keeps at most n of them.",
  level: "hard",
  whenNot:
    "With very many columns and one λ wanted, coordinate descent is faster; with nearly equal columns LARS takes tiny steps and loses precision.",
  followUps: [
    {
      ask: "How is LARS different from forward stepwise?",
      answer:
        "Stepwise fits the chosen column fully; LARS moves only until another is equally correlated, then shares. It is less greedy.",
    },
    {
      ask: "How many knots does a path have?",
      answer: "Usually about min(n, p), a few more when columns leave. In the worst case exponentially many.",
    },
  ],
  derivation: String.raw`On a piece with active set $A$ and signs $s$ the conditions are $\tfrac1nX_A^\top(y-X_Aw_A)=\lambda s$, so $w_A(\lambda)=(X_A^\top X_A)^{-1}(X_A^\top y-n\lambda s)$: linear in $\lambda$.

It holds while $|\tfrac1nx_j^\top(y-Xw)|\le\lambda$ for the others and $w_As\ge0$. The next knot is the largest smaller $\lambda$ at which one of these becomes an equality: a column enters with the sign of its correlation, or leaves at zero.

At the start $w=0$: the largest useful $\lambda$ is $\max_j|x_j^\top y|/n$. Each knot is one update of a Cholesky factor.`,
  covers: ["linear/lars", "claim-b-224"],
  verifiedAgainst: [
    "scikit-learn 1.2 lars_path: knots, order, coefficients",
    "coordinate descent between knots",
  ],
  budget: "quick",
  controls: {
    common: slider(0, 3, 1.5, { label: "common part of the columns", step: 0.1 }),
    place: slider(0, 1, 0.3, { label: "λ, share of the largest", step: 0.01 }),
  },
  run(lab, { common, place }) {
    const random = lab.random();
    const draw = (n: number, d: number, mix: number, k: number) => {
      const X = Matrix.zeros(n, d);
      const y = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const z = random.normal();
        for (let j = 0; j < d; j++) {
          const v = random.normal() + mix * z;
          X.set(i, j, v);
          if (j < k) y[i] = y[i]! + (j % 2 === 0 ? 2 : -1.5) * v;
        }
        y[i] = y[i]! + random.normal();
      }
      return { X, y };
    };
    const { X, y } = draw(40, 10, common, 4);
    const path = larsPath(X, y);
    const top = path.alphas[0]!;
    lab.plot(
      figure(
        [
          ...range(10).map((j) => ({
            type: "line" as const,
            name: j < 4 ? "matters" : "does not",
            x: Array.from(path.alphas, (a) => a / top),
            y: Array.from(path.coefs.col(j)),
          })),
          {
            type: "points",
            name: "knots",
            x: Array.from(path.alphas, (a) => a / top),
            y: Array.from(path.alphas, () => 0),
            size: 3,
          },
          { type: "rule", x: place, label: "λ" },
        ],
        {
          x: { label: "λ / largest λ" },
          y: { label: "coefficient" },
          alt: `Lasso path of ten columns as straight pieces with ${path.alphas.length} knots.`,
        },
      ),
    );
    lab.table({
      columns: ["λ / largest", "column", "what"],
      rows: path.events.slice(0, 12).map((e) => [e.alpha / top, e.column, e.kind]),
      caption: "Order of entry and drop",
    });
    const between = (share: number) => {
      const alpha = share * top;
      const w = new Lasso({ alpha, tol: 1e-14, maxIter: 50_000 }).fit(X, y).coef;
      return Math.max(...coefAt(path, alpha).map((v, j) => Math.abs(v - w[j]!)));
    };
    lab.check("between knots, against coordinate descent: your λ", between(Math.max(place, 0.01)), {
      atMost: 1e-4,
    });
    lab.check("and at five others", Math.max(...[0.9, 0.6, 0.2, 0.05, 0.01].map(between)), { atMost: 1e-4 });
    const mean = y.reduce((a, v) => a + v, 0) / 40;
    const centred = range(10).map((j) => {
      const m = X.col(j).reduce((a, v) => a + v, 0) / 40;
      return Math.abs(y.reduce((s, v, i) => s + (v - mean) * (X.at(i, j) - m), 0)) / 40;
    });
    lab.check("the first column to enter is the most correlated", path.events[0]!.column, {
      equals: centred.indexOf(Math.max(...centred)),
    });
    lab.check("largest λ is that correlation over n", top, { equals: Math.max(...centred), relative: 1e-9 });
    // Drops do occur: over many draws of correlated columns.
    let drops = 0;
    for (let t = 0; t < 20; t++) {
      const d = draw(15, 10, 2, 4);
      drops += larsPath(d.X, d.y).events.filter((e) => e.kind === "leave").length;
    }
    lab.check("columns that left again, in 20 draws", drops, { atLeast: 1 });
    // More columns than rows: at most n are kept, at any strength.
    const wide = draw(20, 60, 0, 5);
    const long = larsPath(wide.X, wide.y);
    const kept = range(long.alphas.length).map((k) => long.coefs.row(k).filter((v) => v !== 0).length);
    lab.check("60 columns, 20 rows: most columns kept anywhere on the path", Math.max(...kept), {
      atMost: 20,
    });
    const many = draw(80, 300, 0, 30);
    const chosen = new LassoCV({ cv: 4, nAlphas: 30, eps: 1e-2, tol: 1e-3 }).fit(many.X, many.y);
    lab.check(
      "300 columns, 30 that matter, λ by cross-validation: columns dropped",
      chosen.coef.filter((v) => v === 0).length,
      { atLeast: 220 },
    );
    const scores = chosen.msePath.toArray().map((r) => r.reduce((a, b) => a + b, 0));
    lab.check("cross-validation takes the point of the path with least error", chosen.alpha, {
      equals: chosen.alphas[scores.indexOf(Math.min(...scores))]!,
    });
    lab.check(
      "every knot is met by a warm-started path too",
      Math.max(
        ...range(path.alphas.length).map((k) => {
          const w = lassoPath(X, y, { alphas: [path.alphas[k]!], tol: 1e-13, maxIter: 50_000 }).coefs.row(0);
          return Math.max(...w.map((v, j) => Math.abs(v - path.coefs.at(k, j))));
        }),
      ),
      { atMost: 1e-3 },
    );
  },
});

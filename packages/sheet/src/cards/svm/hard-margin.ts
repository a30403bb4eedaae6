import { Matrix } from "whetstone/math";
import { SVC } from "whetstone/svm";
import { card, field, figure, range, slider } from "../../index.ts";

export default card({
  id: "svm/hard-margin",
  title: "The hard margin is 2/‖w‖",
  formula: String.raw`\min_{w,b}\tfrac12\lVert w\rVert^2\ \text{ s.t. } y_i(w^\top x_i+b)\ge1,\qquad\text{margin}=\frac2{\lVert w\rVert}`,
  ask: "Derive the hard-margin problem: why is the margin 2/‖w‖, and how does C enter the soft-margin form?",
  answer:
    "Scale w and b so that the closest rows have y(wᵀx+b) = 1. The planes wᵀx+b = ±1 are 2/‖w‖ apart, so the widest margin has the smallest ‖w‖. If no plane separates, allow slack: add C Σ ξᵢ. C → ∞ is the hard margin, small C a wide margin with errors.",
  pitfall:
    "On classes that overlap the hard margin has no solution: the dual grows without bound. One wrong label can be enough.",
  level: "hard",
  whenNot:
    "When classes overlap or a label may be wrong there is no solution, or one row decides it: take the soft margin, with C chosen by cross-validation.",
  followUps: [
    {
      ask: "Why minimise ½‖w‖² and not maximise 2/‖w‖ directly?",
      answer:
        "Both have the same solution, but ½‖w‖² is a strictly convex quadratic with linear constraints: one optimum for w, no division, and a dual with only inner products.",
    },
    {
      ask: "How many support vectors does the hard margin need?",
      answer:
        "At least one from each class. In general position at most d + 1 in d columns fix the plane; any other row can be removed without moving it.",
    },
  ],
  derivation: String.raw`A plane $w^\top x+b=0$ separates the classes if $y_i(w^\top x_i+b)>0$ for all rows. The distance of a row from it: walk from its foot $x_0$ along $w/\lVert w\rVert$, $x=x_0+t\,w/\lVert w\rVert$; then $w^\top x+b=t\lVert w\rVert$, so $|t|=|w^\top x+b|/\lVert w\rVert$. Multiplying $w$ and $b$ by $c>0$ moves nothing, so choose the scale at which the closest rows have $y(w^\top x+b)=1$: they are $1/\lVert w\rVert$ away.

The strip between $w^\top x+b=\pm1$ holds no row and is $2/\lVert w\rVert$ wide: for $x_\pm$ on the two planes $w^\top(x_+-x_-)=2$. The widest strip has the smallest $\lVert w\rVert$: minimise $\tfrac12\lVert w\rVert^2$ with $y_i(w^\top x_i+b)\ge1$. At the optimum some rows of both classes meet it with equality, else the strip could be widened. Soft margin: let row $i$ fall short by $\xi_i\ge0$ at the price $C\xi_i$; as $C\to\infty$ no shortfall is worth it and the hard margin returns, if it exists.`,
  covers: ["svm/hard-margin"],
  answers: ["q-b-303"],
  verifiedAgainst: ["the distance of two convex hulls in closed form", "scikit-learn 1.2 SVC"],
  budget: "quick",
  controls: {
    gap: slider(1, 6, 3, { label: "gap between the classes", step: 0.1 }),
    logC: slider(-3, 4, 4, { label: "C = 10^k", step: 0.1 }),
  },
  run(lab, { gap, logC }) {
    const random = lab.random();
    const side = (sign: number) =>
      range(25).map(() => [sign * (gap / 2 + random.exponential(0.7)), 3 * random.normal()]);
    const X = Matrix.from([...side(-1), ...side(1)]);
    const y = range(50).map((i) => (i < 25 ? -1 : 1));
    const soft = new SVC({ kernel: "linear", C: 10 ** logC, tol: 1e-6 }).fit(X, y);
    const hard = new SVC({ kernel: "linear", C: Number.POSITIVE_INFINITY, tol: 1e-9 }).fit(X, y);
    const f = (m: typeof soft, x: number, z: number) =>
      m.coef.at(0, 0) * x + m.coef.at(0, 1) * z + m.intercept[0]!;
    const reach = gap / 2 + 4;
    lab.plot(
      figure(
        [
          field((x, z) => f(soft, x, z), [-reach, reach], [-8, 8], { contours: [-1, 0, 1], resolution: 40 }),
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), group: y.map(String), size: 2 },
          {
            type: "points",
            name: "support vectors",
            x: Array.from(soft.supportVectors.col(0)),
            y: Array.from(soft.supportVectors.col(1)),
            size: 5,
          },
        ],
        {
          title: `margin ${(2 / Math.hypot(...soft.coef.row(0))).toFixed(2)}, ${soft.support.length} support vectors`,
          square: true,
          alt: "Two separated classes with the separating line and the lines of margin one; the rows on them are the support vectors.",
        },
      ),
    );
    const w = hard.coef.row(0);
    const norm = Math.hypot(...w);
    const margins = range(50).map((i) => y[i]! * f(hard, X.at(i, 0), X.at(i, 1)));
    lab.check("smallest y f(x)", Math.min(...margins), { equals: 1, within: 1e-4 });
    const along = range(50).map((i) => (w[0]! * X.at(i, 0) + w[1]! * X.at(i, 1)) / norm);
    const width = Math.min(...along.slice(25)) - Math.max(...along.slice(0, 25));
    lab.check("2 / |w| against the width measured along w", 2 / norm, { equals: width, relative: 1e-4 });
    // No other direction leaves more room.
    const room = (angle: number) => {
      const p = range(50).map((i) => Math.cos(angle) * X.at(i, 0) + Math.sin(angle) * X.at(i, 1));
      return Math.min(...p.slice(25)) - Math.max(...p.slice(0, 25));
    };
    lab.check(
      "widest of 3,600 directions over 2 / |w|",
      Math.max(...range(3600).map((i) => room((i * Math.PI) / 1800))) / (2 / norm),
      { atMost: 1 + 1e-6 },
    );
    const strict = new SVC({ kernel: "linear", C: 1e6, tol: 1e-7 }).fit(X, y);
    lab.check("C = 10⁶ is the hard margin: |w| against it", Math.hypot(...strict.coef.row(0)), {
      equals: norm,
      relative: 1e-3,
    });
    const wide = new SVC({ kernel: "linear", C: 1e-3 }).fit(X, y);
    lab.check("C = 0.001: margin over the hard one", norm / Math.hypot(...wide.coef.row(0)), { above: 1 });
    let refused = false;
    try {
      new SVC({ kernel: "linear", C: Number.POSITIVE_INFINITY }).fit([[0], [1], [2], [3]], [0, 1, 0, 1]);
    } catch {
      refused = true;
    }
    lab.check("overlapping classes are refused", refused, { equals: true });
  },
});

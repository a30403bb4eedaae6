import { ballOutline, contactPoint, contactShare, crossPolytope, Lasso, Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, choice, field, figure, slider } from "../../index.ts";

export default card({
  id: "linear/l1-l2",
  title: "Why L1 gives zeros: ellipses touch a diamond at its corners",
  formula: String.raw`\min_w\,(w-\hat w)^\top X^\top X\,(w-\hat w)\quad\text{s.t.}\ \lVert w\rVert_1\le r\ \text{ or }\ \lVert w\rVert_2\le r`,
  ask: "Draw the L1 and L2 balls with the elliptical loss contours: where does each optimum land, and why does only L1 reach exact zeros?",
  answer:
    "The optimum is where the growing ellipse first touches the ball. The L1 ball has corners and edges on which coordinates are zero, and a whole range of directions points at each, so it is touched there often. The L2 ball is smooth: a contact exactly on an axis has probability zero.",
  pitfall:
    "Corners make zeros likely, not certain: in two dimensions a third of random ellipses still touch the diamond on an edge. In d dimensions the L1 ball has 2d vertices, not 2ᵈ; it has 2ᵈ facets.",
  level: "medium",
  whenNot:
    "When the loss itself is flat (p > n) the picture of one ellipse misleads: contours are valleys, and uniqueness needs general position of the columns.",
  followUps: [
    {
      ask: "Which prior does each ball stand for?",
      answer:
        "L1: Laplace, independent; L2: Gaussian. The MAP estimate of a Laplace prior has zeros, its posterior mean does not.",
    },
    {
      ask: "What would L½ do?",
      answer:
        "Its ball is not convex, with cusps on the axes: even more zeros and less bias, but local minima.",
    },
  ],
  derivation: String.raw`At the optimum the negative gradient of the loss is an outward normal of the ball. On a face of the L2 ball the normal is $w$ itself: for $w_j=0$ the gradient must vanish exactly in coordinate $j$, an event of probability zero.

At a vertex of the L1 ball, say $w=(r,0)$, normals fill a cone: every $(a,b)$ with $|b|\le a$. All gradients in that cone touch there, a set of positive probability.

In $d$ dimensions the ball has $2d$ vertices $\pm re_j$ and $2^d$ facets, one for each pattern of signs; faces in between have zeros in the missing coordinates.`,
  covers: ["linear/norm-ball-geometry"],
  answers: ["q-b-026"],
  verifiedAgainst: ["optimality certificates of each contact", "Lasso and Ridge at the matching multiplier"],
  budget: "quick",
  controls: {
    kind: choice(["l1", "l2", "elasticNet"], "l1", { label: "ball" }),
    angle: slider(0, 90, 25, { label: "direction of the unpenalised optimum, degrees" }),
    stretch: slider(1, 10, 4, { label: "stretch of the ellipse" }),
    tilt: slider(-0.9, 0.9, 0.5, { label: "correlation of the features", step: 0.1 }),
  },
  run(lab, { kind, angle, stretch, tilt }) {
    const ball = { kind, radius: 1 } as const;
    const a = (angle * Math.PI) / 180;
    const centre = [2.2 * Math.cos(a), 2.2 * Math.sin(a)];
    const off = tilt * Math.sqrt(stretch);
    const A = Matrix.from([
      [stretch, off],
      [off, 1],
    ]);
    const contact = contactPoint(A, centre, ball);
    const loss = (x: number, y: number) => {
      const [u, v] = [x - centre[0]!, y - centre[1]!];
      return (stretch * u * u + 2 * off * u * v + v * v) / 2;
    };
    const outline = ballOutline(ball);
    const touch = contact.value;
    lab.plot(
      figure(
        [
          field(loss, [-2.5, 3.5], [-2.5, 3.5], { contours: [0.1, 0.4, 1, 1.8].map((c) => c * touch) }),
          { type: "line", name: "ball", x: Array.from(outline.col(0)), y: Array.from(outline.col(1)) },
          { type: "points", name: "unpenalised", x: [centre[0]!], y: [centre[1]!], size: 4 },
          { type: "points", name: "contact", x: [contact.point[0]!], y: [contact.point[1]!], size: 6 },
        ],
        {
          title: `contact at (${contact.point[0]!.toFixed(2)}, ${contact.point[1]!.toFixed(2)}): ${contact.zeros} zero${contact.zeros === 1 ? "" : "s"}`,
          x: { label: "w₁", domain: [-2.5, 3.5] },
          y: { label: "w₂", domain: [-2.5, 3.5] },
          square: true,
          alt: `Elliptical contours around the unpenalised optimum touch the ${kind} ball at (${contact.point[0]!.toFixed(2)}, ${contact.point[1]!.toFixed(2)}), with ${contact.zeros === 1 ? "one coordinate" : `${contact.zeros} coordinates`} exactly zero.`,
        },
      ),
    );
    const dimensions = [2, 4, 8];
    const shares = (which: "l1" | "l2") =>
      dimensions.map((d) =>
        contactShare({ ball: { kind: which, radius: 1 }, dimensions: d, trials: 50, seed: lab.seed }),
      );
    const [l1, l2] = [shares("l1"), shares("l2")];
    lab.plot(
      figure(
        [
          { type: "line", name: "L1", x: dimensions, y: l1.map((s) => s.withZeros) },
          { type: "line", name: "L2", x: dimensions, y: l2.map((s) => s.withZeros) },
        ],
        {
          title: "Random ellipses: how often the contact has a zero",
          x: { label: "dimensions" },
          y: { label: "share with an exact zero", percent: true, domain: [0, 1] },
          alt: "Share of contacts with an exact zero by dimension: L1 rises to nearly all, L2 stays at none.",
        },
      ),
    );
    lab.check("L2: contacts with an exact zero, all dimensions", Math.max(...l2.map((s) => s.withZeros)), {
      equals: 0,
    });
    const plane = contactShare({
      ball: { kind: "l1", radius: 1 },
      dimensions: 2,
      trials: 150,
      seed: lab.seed,
    });
    lab.check("L1 in the plane: share at a corner", plane.withZeros, { between: [0.45, 0.8] });
    lab.check("L1 in 8 dimensions: share with a zero", l1.at(-1)!.withZeros, { above: 0.85 });
    lab.check("vertices of the L1 ball in 5 dimensions, 2d", crossPolytope(5).vertices.rows, { equals: 10 });
    lab.check("its facets, 2ᵈ", crossPolytope(5).facets, { equals: 32 });
    lab.check("this contact: residual of the optimality conditions", contact.residual, { atMost: 1e-8 });

    // The same optimum as a penalty: XᵀX = A by its Cholesky-like factor, y = X ŵ.
    const s = Math.sqrt(stretch);
    const X = Matrix.from([
      [s, off / s],
      [0, Math.sqrt(1 - (off / s) ** 2)],
    ]);
    const y = X.matVec(centre);
    const gap = (w: Float64Array, p: Float64Array) => Math.hypot(w[0]! - p[0]!, w[1]! - p[1]!);
    const c1 = contactPoint(A, centre, { kind: "l1", radius: 1 });
    const lasso = new Lasso({
      alpha: c1.multiplier / 2,
      fitIntercept: false,
      tol: 1e-14,
      maxIter: 100_000,
    }).fit(X, y);
    lab.check("Lasso at the contact's multiplier lands on it", gap(lasso.coef, c1.point), { atMost: 1e-5 });
    const c2 = contactPoint(A, centre, { kind: "l2", radius: 1 });
    const ridge = new Ridge({ alpha: c2.multiplier, fitIntercept: false }).fit(X, y);
    lab.check("Ridge at the L2 contact's multiplier lands on it", gap(ridge.coef, c2.point), {
      atMost: 1e-6,
    });
  },
});

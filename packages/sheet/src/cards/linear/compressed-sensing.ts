import { basisPursuit } from "whetstone/linear";
import { lstsq, Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/compressed-sensing",
  title: "A sparse signal from a few random projections",
  formula: String.raw`\min_x\lVert x\rVert_1\ \text{ s.t. } Ax=b,\qquad n\gtrsim 2k\log(d/k)\ \text{random rows for } k \text{ non-zeros}`,
  ask: "How can fewer measurements than unknowns determine a signal, and when does it work?",
  answer:
    "If the signal has few non-zeros and the measurements mix all coordinates (random rows; restricted isometry), the vector of least L1 norm with Ax = b is the signal itself, exactly. L2 instead spreads the signal over all coordinates.",
  pitfall:
    "Below a sharp number of measurements recovery fails suddenly, and it fails for measurements that see single coordinates. Noise needs Ax ≈ b instead of equality.",
  level: "hard",
  whenNot:
    "For signals that are not sparse in any known basis, or when measurements can simply be increased: plain least squares is simpler and honest about noise.",
  followUps: [
    {
      ask: "Why L1 and not L0?",
      answer:
        "Least L0 is combinatorial. L1 is its convex envelope on the unit cube, a linear programme, and under restricted isometry both have the same solution.",
    },
    {
      ask: "What about measurement noise?",
      answer:
        "Ask ‖Ax − b‖ ≤ ε, or use the lasso: the error is then a constant times ε, plus what the signal has beyond its k largest entries.",
    },
  ],
  derivation: String.raw`Every solution is $x^\star+h$ with $Ah=0$. Let $S$ be the support of $x^\star$. Then $\lVert x^\star+h\rVert_1\ge\lVert x^\star\rVert_1-\lVert h_S\rVert_1+\lVert h_{S^c}\rVert_1$, so $x^\star$ is the unique minimum if $\lVert h_S\rVert_1<\lVert h_{S^c}\rVert_1$ for all $h\ne0$ in the null space.

A random matrix of enough rows has no null vectors that concentrate on few coordinates. The number needed is where a random subspace misses the cone of descent: about $2k\log(d/k)$ rows, a sharp threshold.

A certificate: $y$ with $A^\top y=\operatorname{sign}(x^\star)$ on $S$ and $|A^\top y|<1$ off it proves optimality.`,
  covers: ["linear/compressed-sensing"],
  answers: ["q-b-227"],
  verifiedAgainst: ["dual certificate of the L1 minimum", "the signal that was measured"],
  budget: "quick",
  controls: {
    rows: slider(5, 60, 30, { label: "measurements of a signal of 100" }),
    sparsity: slider(1, 12, 5, { label: "non-zeros" }),
  },
  run(lab, { rows, sparsity }) {
    const d = 100;
    const draw = (n: number, k: number, name: string) => {
      const random = lab.random(name);
      const A = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
      const truth = new Float64Array(d);
      for (const j of random.choice(d, k))
        truth[j] = (random.bernoulli(0.5) ? 1 : -1) * random.uniform(0.5, 2);
      return { A, truth, b: A.matVec(truth) };
    };
    const miss = (x: ArrayLike<number>, truth: Float64Array) =>
      Math.max(...truth.map((v, j) => Math.abs(v - x[j]!)));
    const shown = draw(rows, sparsity, "shown");
    const found = basisPursuit(shown.A, shown.b);
    const error = miss(found.x, shown.truth);
    lab.plot(
      figure(
        [
          { type: "bars", name: "L1 minimum", x: range(d), y: Array.from(found.x) },
          {
            type: "points",
            name: "signal",
            x: range(d).filter((j) => shown.truth[j] !== 0),
            y: Array.from(shown.truth.filter((v) => v !== 0)),
            size: 5,
          },
        ],
        {
          title: error < 1e-6 ? "Recovered exactly" : "Not recovered",
          x: { label: "coordinate" },
          y: { label: "value" },
          alt: `The signal's ${sparsity} non-zeros and the vector of least L1 norm, which ${error < 1e-6 ? "meets all of them" : "differs from them"}.`,
        },
      ),
    );
    const trials = 8;
    const rate = (n: number, k: number) =>
      range(trials).filter((t) => {
        const c = draw(n, k, `trial ${n} ${k} ${t}`);
        return miss(basisPursuit(c.A, c.b).x, c.truth) < 1e-6;
      }).length / trials;
    const ns = [8, 14, 20, 26, 32, 40];
    const rates = ns.map((n) => rate(n, 5));
    lab.plot(
      figure([{ type: "line", x: ns, y: rates }], {
        x: { label: "measurements" },
        y: { label: "share recovered exactly, 5 non-zeros", domain: [0, 1] },
        alt: "Share of signals recovered by number of measurements: near zero below about 15, near one from about 30.",
      }),
    );
    lab.check("40 measurements of 100 unknowns, 5 non-zeros: recovered", rates[5]!, { equals: 1 });
    lab.check("8 measurements: recovered", rates[0]!, { atMost: 0.25 });
    lab.check("measurements are met: |b − Ax|", found.residual, { atMost: 1e-7 });
    lab.check("L1 norm above the dual bound", Math.abs(found.dualityGap), { atMost: 1e-6 });
    const easy = draw(40, 5, "easy");
    const least = lstsq(easy.A, easy.b).x;
    lab.check(
      "least squares of least length: non-zeros",
      Array.from(least as ArrayLike<number>).filter((v) => Math.abs(v) > 1e-3).length,
      { atLeast: 80 },
    );
    // Rows that each see one coordinate: whatever they miss stays unknown.
    const some = Matrix.zeros(40, d);
    lab
      .random("which")
      .choice(d, 40)
      .forEach((j, i) => {
        some.set(i, j, 1);
      });
    const blind = basisPursuit(some, some.matVec(easy.truth));
    const missed = range(d).filter((j) => easy.truth[j] !== 0 && blind.x[j] === 0).length;
    const seen = range(d).filter((j) => easy.truth[j] !== 0 && some.col(j).some((v) => v !== 0)).length;
    lab.check("40 single coordinates instead: non-zeros missed are those not looked at", missed, {
      equals: 5 - seen,
    });
  },
});

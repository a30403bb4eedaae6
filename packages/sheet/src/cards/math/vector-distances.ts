import { cosineSimilarity, dot, euclidean, norm2 } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "math/vector-distances",
  title: "Cosine forgets length; on unit vectors it ranks like Euclid",
  formula: String.raw`\cos\theta=\frac{a\cdot b}{\lVert a\rVert\lVert b\rVert},\qquad \lVert\hat a-\hat b\rVert^2=2-2\cos\theta`,
  ask: "When do you compare embeddings by cosine and when by Euclidean distance?",
  answer:
    "Cosine compares directions and ignores length; Euclidean distance reacts to both. On vectors of length 1 they rank neighbours identically, since the squared distance is 2 − 2cos.",
  pitfall:
    "Dot product, cosine and distance rank differently unless vectors are normalised. Decide what a zero vector means: here its cosine is 0.",
  level: "easy",
  whenNot:
    "When length carries meaning (counts, intensity, popularity) cosine throws it away. In mixed tables neither fits: scale the columns or learn a metric.",
  followUps: [
    {
      ask: "Which one does your vector index use?",
      answer:
        "Many take inner products. Normalise first and inner product, cosine and Euclid rank alike; without it long vectors win by length.",
    },
    {
      ask: "What does high dimension do to distances?",
      answer:
        "They concentrate: with independent columns the farthest of 1,000 points is some 15 % beyond the nearest at 1,000 columns, 4 % at 10,000. Real data have fewer effective dimensions.",
    },
  ],
  derivation: String.raw`$\lVert a-b\rVert^2=\lVert a\rVert^2+\lVert b\rVert^2-2a\cdot b$. With unit lengths it is $2-2\cos\theta$, a falling function of the cosine: the same ranking.

The law of cosines for the triangle $0,a,b$ says the same with $a\cdot b=\lVert a\rVert\lVert b\rVert\cos\theta$, and Cauchy–Schwarz keeps $\cos\theta$ within $[-1,1]$.

Scaling $b$ by $c>0$ leaves $\cos\theta$; the distance changes with $c$. For the zero vector the quotient is 0/0 and needs a rule.`,
  covers: ["math/vector-distances", "claim-a-011", "claim-a-012"],
  verifiedAgainst: ["closed forms"],
  budget: "quick",
  controls: {
    angle: slider(0, 180, 60, { label: "angle in degrees" }),
    scale: slider(0.1, 10, 10, { label: "length of b", scale: "log" }),
  },
  run(lab, { angle, scale }) {
    const radians = (angle * Math.PI) / 180;
    const a = [1, 0];
    const b = [scale * Math.cos(radians), scale * Math.sin(radians)];
    lab.plot(
      figure(
        [
          { type: "arrows", name: "a", x1: [0], y1: [0], x2: [1], y2: [0] },
          { type: "arrows", name: "b", x1: [0], y1: [0], x2: [b[0]!], y2: [b[1]!] },
          { type: "line", name: "a − b", x: [1, b[0]!], y: [0, b[1]!], dashed: true },
        ],
        {
          x: {},
          y: {},
          square: true,
          alt: `Two vectors at ${angle} degrees, of length 1 and ${scale.toFixed(1)}, and the line between their ends.`,
        },
      ),
    );
    lab.check("a·b is |a||b|cosθ", dot(a, b), { equals: scale * Math.cos(radians), within: 1e-12 });
    lab.check("cosine does not depend on the length", cosineSimilarity(a, b), {
      equals: Math.cos(radians),
      within: 1e-12,
    });
    const stretched = b.map((v) => 10 * v);
    lab.check(
      "cosine after b × 10, change",
      Math.abs(cosineSimilarity(a, stretched) - cosineSimilarity(a, b)),
      { atMost: 1e-12 },
    );
    lab.check("distance after b × 10, change", Math.abs(euclidean(a, stretched) - euclidean(a, b)), {
      above: 0.1,
    });
    lab.check("cosine with a zero vector", cosineSimilarity(a, [0, 0]), { equals: 0 });

    const random = lab.random();
    const draw = () => Float64Array.from({ length: 8 }, () => random.normal());
    const query = draw();
    const points = range(100).map(draw);
    const unit = (v: Float64Array) => v.map((x) => x / norm2(v));
    const order = (score: (v: Float64Array) => number) =>
      range(100).sort((i, j) => score(points[i]!) - score(points[j]!));
    const same = (p: number[], q: number[]) => p.filter((v, i) => v === q[i]).length;
    const byCosine = order((v) => -cosineSimilarity(query, v));
    lab.check(
      "unit vectors: ranks that agree, of 100",
      same(
        byCosine,
        order((v) => euclidean(unit(query), unit(v))),
      ),
      { equals: 100 },
    );
    lab.check(
      "raw vectors: ranks that agree, of 100",
      same(
        byCosine,
        order((v) => euclidean(query, v)),
      ),
      { below: 60 },
    );
    const worst = Math.max(
      ...points.map((v) =>
        Math.abs(euclidean(unit(query), unit(v)) ** 2 - (2 - 2 * cosineSimilarity(query, v))),
      ),
    );
    lab.check("squared distance of unit vectors against 2 − 2cos", worst, { atMost: 1e-12 });
  },
});

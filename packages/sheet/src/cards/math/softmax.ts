import { logSoftmax, logSumExp, Matrix, numericalGradient, sigmoid, softmax } from "whetstone/math";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "math/softmax",
  title: "Softmax: subtract the maximum, and say along which axis",
  formula: String.raw`\operatorname{softmax}(x)_i=\frac{e^{x_i-m}}{\sum_j e^{x_j-m}},\qquad \operatorname{LSE}(x)=m+\log\sum_j e^{x_j-m},\quad m=\max_j x_j`,
  ask: "Why is the largest logit subtracted before the exponentials, and what breaks when one-vector code gets a batch?",
  answer:
    "A shift cancels in the quotient, so the result is the same, but the largest exponent becomes 0: nothing overflows and the sum is at least 1. Plain exp overflows near 709 in float64 and 88 in float32. A batch needs an axis: normalised over everything, the matrix sums to 1 and its rows do not.",
  pitfall:
    "Every entry is positive on paper only: 750 below the maximum it underflows to 0 and its logarithm to −∞. Take logSoftmax, never log(softmax).",
  level: "easy",
  whenNot:
    "For labels that can hold together use sigmoids, one per label. With hundreds of thousands of classes use sampled or hierarchical softmax.",
  followUps: [
    {
      ask: "What is the Jacobian of softmax?",
      answer: "diag(p) − ppᵀ. With cross-entropy it collapses to p − y, which is why the two are fused.",
    },
    {
      ask: "Why log-softmax and not the log of softmax?",
      answer: "x − LSE(x) never takes the log of an underflowed 0, so small probabilities keep their digits.",
    },
  ],
  derivation: String.raw`Multiply numerator and denominator by $e^{-m}$: $\frac{e^{x_i}}{\sum_j e^{x_j}}=\frac{e^{x_i-m}}{\sum_j e^{x_j-m}}$. All exponents are now at most 0, and the one of the maximum is exactly 0, so the denominator lies between 1 and the number of entries.

With two classes and logits $z$ and 0, softmax gives $\frac{e^z}{e^z+1}=\sigma(z)$ and $1-\sigma(z)$: the sigmoid is the two-class case.

The gradient of $\operatorname{LSE}(x)-x_k$, the cross-entropy of class $k$, is $\operatorname{softmax}(x)-e_k$: probability minus target.`,
  covers: [
    "math/softmax",
    "claim-a-008",
    "claim-a-009",
    "claim-a-010",
    "claim-b-328",
    "claim-b-340",
    "claim-b-326",
  ],
  answers: ["q-a-004", "q-a-291", "q-b-334"],
  verifiedAgainst: ["SciPy 1.10 special.logsumexp, softmax, log_softmax"],
  budget: "quick",
  controls: {
    offset: slider(-1000, 1000, 1000, { label: "number added to all logits", step: 50 }),
    spread: slider(0, 800, 3, { label: "gap between largest and smallest logit" }),
    axis: choice(["rows", "columns"], "rows", { label: "normalise" }),
  },
  run(lab, { offset, spread, axis }) {
    const random = lab.random();
    const k = 6;
    const base = linspace(0, -spread, k);
    const p = softmax(base);
    const shifted = softmax(base.map((v) => v + offset));
    lab.plot(
      figure(
        [
          { type: "points", name: "logits", x: range(k), y: Array.from(p), size: 6 },
          {
            type: "line",
            name: `logits ${offset < 0 ? "−" : "+"} ${Math.abs(offset)}`,
            x: range(k),
            y: Array.from(shifted),
          },
        ],
        {
          title: "Adding a number to all logits changes nothing",
          x: { label: "class" },
          y: { label: "probability", domain: [0, 1] },
          alt: `Six probabilities of logits spread over ${spread}; the points and the line of the logits moved by ${offset} coincide.`,
        },
      ),
    );

    const batch = new Matrix(
      Float64Array.from({ length: 12 }, () => random.normal()),
      4,
      3,
    );
    const byAxis = softmax(batch, { axis: axis === "rows" ? 1 : 0 });
    const overAll = softmax(batch.data);
    const rowSum = (data: ArrayLike<number>, i: number) => data[3 * i]! + data[3 * i + 1]! + data[3 * i + 2]!;
    lab.plot(
      figure(
        [
          {
            type: "bars",
            name: `along ${axis}`,
            x: range(4).map((i) => `row ${i + 1}, ${axis}`),
            y: range(4).map((i) => rowSum(byAxis.data, i)),
          },
          {
            type: "bars",
            name: "over everything",
            x: range(4).map((i) => `row ${i + 1}, all`),
            y: range(4).map((i) => rowSum(overAll, i)),
          },
        ],
        {
          title: "What the rows of a 4 × 3 batch sum to",
          x: { scale: "band" },
          y: { label: "sum of a row" },
          alt: `Row sums of a batch: ${axis === "rows" ? "each row is 1 when rows are normalised" : "not 1 when columns are normalised"}, about a quarter when the whole matrix is.`,
        },
      ),
    );

    const gap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));
    const logits = Float64Array.from({ length: 50 }, () => random.normal(0, 5));
    const q = softmax(logits);
    lab.check(
      "sum of the probabilities",
      q.reduce((a, b) => a + b, 0),
      { equals: 1, within: 1e-14 },
    );
    lab.check("smallest probability of moderate logits", Math.min(...q), { above: 0 });
    lab.check("smallest probability when logits are 800 apart: underflow", Math.min(...softmax([0, -800])), {
      equals: 0,
    });
    lab.check("its logarithm by logSoftmax", logSoftmax([0, -800])[1]!, { equals: -800 });
    lab.check("change after adding 1000 to all logits", gap(q, softmax(logits.map((v) => v + 1000))), {
      atMost: 1e-12,
    });
    lab.check("plain exp(709) is finite", Number.isFinite(Math.exp(709)), { equals: true });
    lab.check("plain exp(710) in float64", Math.exp(710), { equals: Number.POSITIVE_INFINITY });
    lab.check("plain exp(89) in float32", Math.fround(Math.exp(89)), { equals: Number.POSITIVE_INFINITY });
    lab.check("log-sum-exp of (1000, 1000)", logSumExp([1000, 1000]), {
      equals: 1000 + Math.LN2,
      relative: 1e-15,
    });
    lab.check("log-sum-exp of (−1000, −1000)", logSumExp([-1000, -1000]), {
      equals: -1000 + Math.LN2,
      relative: 1e-15,
    });
    const rows = softmax(batch, { axis: 1 });
    lab.check(
      "batch along rows: largest distance of a row sum from 1",
      Math.max(...range(4).map((i) => Math.abs(rowSum(rows.data, i) - 1))),
      { atMost: 1e-15 },
    );
    lab.check(
      "batch over everything: largest row sum",
      Math.max(...range(4).map((i) => rowSum(overAll, i))),
      { below: 0.95 },
    );
    const z = random.normal(0, 3);
    lab.check("softmax of (z, 0) against the sigmoid of z", gap(softmax([z, 0]), [sigmoid(z), sigmoid(-z)]), {
      atMost: 1e-15,
    });
    const x = logits.slice(0, 5);
    const slope = numericalGradient((v) => logSumExp(v) - v[2]!, x);
    lab.check(
      "gradient of the cross-entropy against p − y",
      gap(
        slope,
        softmax(x).map((v, i) => v - (i === 2 ? 1 : 0)),
      ),
      { atMost: 1e-8 },
    );
  },
});

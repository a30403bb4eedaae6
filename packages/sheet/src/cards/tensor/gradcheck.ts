import { attention, conv2d, customGradient, gradcheck, maxPool2d, Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "tensor/gradcheck",
  title: "Gradient check: central differences find a wrong gradient, and where",
  formula: String.raw`\frac{\partial f}{\partial x_i}\approx\frac{f(x+he_i)-f(x-he_i)}{2h},\qquad \text{error}=\frac{|a-n|}{\max(1,|a|,|n|)}`,
  ask: "How do you check a hand-written gradient, and which step and tolerance do you use?",
  answer:
    "Move each input by ±h, divide the difference of the outputs by 2h, and compare with the gradient, relative to its size. Truncation falls as h², rounding grows as ε/h: in float64 the best h is near ε^(1/3) ≈ 6e-6, where about ten digits agree. A wrong formula is off in the first digits. Report the worst entry.",
  pitfall:
    "Do it in float64: in float32 only about four digits survive. At kinks (ReLU at 0, ties of a maximum) differences give the mean of both slopes; dropout must be frozen.",
  level: "medium",
  whenNot:
    "In every training step: it costs two evaluations per input. Check once, in float64, on tiny random inputs, and then trust autograd's tested rules.",
  followUps: [
    {
      ask: "You have a million parameters. How do you check?",
      answer:
        "Along random directions: compare (f(x + hv) − f(x − hv))/2h with gᵀv. A wrong gradient survives a random direction with chance near zero.",
    },
    {
      ask: "The check fails at one entry only. What do you suspect?",
      answer:
        "A kink (ReLU at 0, a tie of a maximum), wrong indexing or broadcasting there, or a value where float rounding dominates. Move the point and try again.",
    },
  ],
  derivation: String.raw`Taylor: $f(x\pm h)=f\pm hf'+\frac{h^2}2f''\pm\frac{h^3}6f'''+\dots$ In the difference even terms cancel: $\frac{f(x+h)-f(x-h)}{2h}=f'+\frac{h^2}6f'''+O(h^4)$.

Each value carries a rounding error near $\epsilon|f|$, so the quotient is off by about $\epsilon|f|/h$. The sum $\frac{h^2}6|f'''|+\frac{\epsilon|f|}h$ is least at $h=(3\epsilon|f/f'''|)^{1/3}$, about $\epsilon^{1/3}\approx6\cdot10^{-6}$ in float64.

The error there is of order $\epsilon^{2/3}\approx4\cdot10^{-11}$. A one-sided difference has truncation $h$ and reaches only $\sqrt\epsilon$.`,
  covers: ["tensor/gradcheck"],
  verifiedAgainst: ["known derivatives of exp at many steps", "a gradient with a planted error"],
  budget: "quick",
  controls: {
    error: slider(0, 0.5, 0.1, { label: "planted error in one entry", step: 0.05 }),
  },
  run(lab, { error }) {
    const random = lab.random();
    const leaf = (shape: number[], low = -1, high = 1) =>
      Tensor.from(
        Float64Array.from(
          { length: shape.reduce((a, b) => a * b, 1) },
          () => low + (high - low) * random.uniform(),
        ),
        { shape, requiresGrad: true },
      );
    const table: Record<string, [f: (...x: Tensor[]) => Tensor, inputs: Tensor[]]> = {
      "x y + x / y − x^y": [
        (x, y) => x.mul(y).add(x.div(y)).sub(x.pow(y)),
        [leaf([2, 3], 0.5, 2), leaf([3], 0.5, 2)],
      ],
      "exp, log, sqrt": [(x) => x.exp().add(x.log()).add(x.sqrt()), [leaf([4], 0.3, 2)]],
      "tanh, sigmoid, erf": [(x) => x.tanh().add(x.sigmoid()).add(x.erf()), [leaf([4])]],
      "log-softmax": [(x) => x.logSoftmax(1), [leaf([2, 3])]],
      variance: [(x) => x.variance(0), [leaf([4, 2])]],
      "matrix product": [(a, b) => a.matmul(b), [leaf([2, 3]), leaf([3, 2])]],
      "convolution, pooling": [
        (x, w) => maxPool2d(conv2d(x, w, null, { padding: 1 }), 2),
        [leaf([1, 1, 4, 4]), leaf([2, 1, 3, 3])],
      ],
      attention: [(q, k, v) => attention(q, k, v), [leaf([1, 2, 2]), leaf([1, 2, 2]), leaf([1, 2, 2])]],
    };
    const reports = Object.entries(table).map(([name, [f, inputs]]) => ({ name, ...gradcheck(f, inputs) }));
    lab.table({
      columns: ["operation", "derivatives", "worst error", "input", "entry"],
      rows: reports.map((r) => [
        r.name,
        r.checked,
        r.worst.error,
        r.worst.input + 1,
        `[${r.worst.inputIndex.join(", ")}]`,
      ]),
    });
    lab.check("operations whose gradients agree", reports.filter((r) => r.ok).length, {
      equals: reports.length,
    });
    lab.check("worst error of all", Math.max(...reports.map((r) => r.worst.error)), { below: 1e-7 });

    // A planted error in one entry of one input.
    const x = leaf([2, 3], 1, 2);
    const planted = Tensor.from([1, 1, 1, 1, 1 + error, 1], { dtype: "f64", shape: [2, 3] });
    const found = gradcheck((v) => customGradient(v.exp(), [v], (g) => [g.mul(v.exp()).mul(planted)]), [x]);
    lab.note(found.message);
    lab.check("the planted error is found", found.ok, { equals: error === 0 });
    if (error > 0) {
      lab.check("at entry", found.worst.inputIndex.join(), { equals: "1,1" });
      lab.check("autograd over differences there", found.worst.autograd / found.worst.numerical, {
        equals: 1 + error,
        within: 1e-6,
      });
    }

    // Error by step: truncation against rounding.
    const one = Tensor.from(1, { dtype: "f64", requiresGrad: true });
    const powers = range(21).map((i) => -10 + i / 2);
    const errors = powers.map((p) =>
      Math.max(gradcheck((v) => v.exp(), [one], { step: 10 ** p }).worst.error, 1e-13),
    );
    lab.plot(
      lines(
        { step: powers.map((p) => 10 ** p), error: errors },
        {
          title: "Error of the central difference of exp at 1",
          x: { scale: "log" },
          y: { scale: "log" },
          alt: "The error is V-shaped on log axes: it falls with the square of the step from the right, and grows again below 1e-5 by rounding.",
        },
      ),
    );
    const best = powers[errors.indexOf(Math.min(...errors))]!;
    lab.check("best step, power of ten", best, { between: [-7, -3.5] });
    const at = (p: number) => errors[powers.indexOf(p)]!;
    lab.check("step ten times smaller, in the truncation regime: error times", at(-2) / at(-1), {
      equals: 0.01,
      within: 0.002,
    });
  },
});

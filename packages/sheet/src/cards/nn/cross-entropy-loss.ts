import { binaryCrossEntropy, binaryCrossEntropyWithLogits, crossEntropy, normalInit } from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

const f64 = (...values: number[]) => Tensor.from(Float64Array.from(values));

export default card({
  id: "nn/cross-entropy-loss",
  title: "Cross-entropy: both halves for 0/1 labels, logits rather than guards",
  formula: String.raw`-[y\log p+(1-y)\log(1-p)],\qquad -\sum_iy_i\log p_i,\qquad \frac{\partial}{\partial z}=p-y`,
  ask: "Write binary and categorical cross-entropy. What is a small constant in the logarithm for, and what is better?",
  answer:
    "Binary: −[y log p + (1−y) log(1−p)], both halves. Categorical: −Σ y log p over one-hot rows. A constant such as 1e-9 keeps log 0 finite, at 20.7. From logits no guard is needed: log-softmax and softplus never take the logarithm of 0, and the gradient is p − y.",
  pitfall:
    "A snippet with −Σ y log p alone says 0.01 where three confident false alarms cost 13.8: for 0/1 labels the second half is the penalty for them.",
  level: "easy",
  whenNot:
    "If many labels are wrong, its unbounded loss chases them: smooth the labels or use a bounded loss. For numeric targets take squared or absolute error; for ordered classes an ordinal loss that knows how far off a guess is.",
  followUps: [
    {
      ask: "What loss should a net with 10 balanced classes start at?",
      answer:
        "About log 10 = 2.303, as small logits give each class about 0.1. Much more means that the first logits are too large, from initial values or unscaled inputs.",
    },
    {
      ask: "How do soft targets fit in?",
      answer:
        "Put any distribution y into −Σ y log p: the gradient stays p − y, and the loss is H(y) + KL(y‖p). Its least value is then the entropy H(y), not 0, as in distillation.",
    },
  ],
  derivation: String.raw`A label with $P(y=1)=p$ has probability $p^y(1-p)^{1-y}$; minus its logarithm gives both halves. For $K$ classes the same is $\prod_ip_i^{y_i}$, and so $-\sum_iy_i\log p_i$.

With softmax $\log p_i=z_i-\log\sum_ke^{z_k}$. As the $y_i$ sum to 1, the loss is $-\sum_iy_iz_i+\log\sum_ke^{z_k}$. The derivative of the second term by $z_i$ is $e^{z_i}/\sum_ke^{z_k}=p_i$, hence $p_i-y_i$.

With $m=\max_kz_k$ write $\log\sum_ke^{z_k}=m+\log\sum_ke^{z_k-m}$: this sum lies between 1 and $K$, so its logarithm meets neither 0 nor an overflow. For one logit the loss is $\max(z,0)-yz+\log(1+e^{-|z|})$, for the same reason safe at $z=\pm900$.`,
  covers: ["nn/cross-entropy-loss", "claim-a-093", "claim-a-094"],
  answers: ["q-a-223", "q-a-311", "q-a-494", "q-b-294"],
  errata: [
    {
      claim: "claim-a-093",
      claimed: "−Σ y log ŷ implements the binary cross-entropy printed above it.",
      truth:
        "The (1−y) log(1−ŷ) half is missing: y = 0,0,0,1 with p = 0.99 each gives 0.01 instead of 13.83.",
    },
  ],
  verifiedAgainst: [
    "PyTorch 1.13 cross_entropy and binary_cross_entropy(_with_logits), value and gradient, 1e-9",
  ],
  budget: "quick",
  controls: { epsilon: slider(1e-12, 0.01, 1e-9, { label: "guard ε", scale: "log" }) },
  run(lab, { epsilon }) {
    const points = linspace(0, 1, 101);
    const curve = (y: number) =>
      Array.from(
        binaryCrossEntropy(f64(...points), f64(...points.map(() => y)), {
          epsilon,
          reduction: "none",
        }).data(),
      );
    lab.plot(
      figure(
        [
          { type: "line", name: "label 1", x: points, y: curve(1) },
          { type: "line", name: "label 0", x: points, y: curve(0) },
          { type: "rule", y: -Math.log(epsilon), label: "−log ε" },
        ],
        {
          x: { label: "p" },
          y: { label: "loss" },
          alt: `Two mirrored curves of −log p and −log(1 − p), capped at ${(-Math.log(epsilon)).toFixed(1)} by the guard.`,
        },
      ),
    );
    const y = f64(0, 0, 0, 1);
    const p = f64(0.99, 0.99, 0.99, 0.99);
    const positives = y.mul(p.log()).sum().neg().item();
    const full = binaryCrossEntropy(p, y, { reduction: "sum" }).item();
    lab.check("the positive half alone", positives, { equals: 0.01005, within: 1e-4 });
    lab.check("both halves", full, { equals: 13.826, within: 1e-3 });
    lab.check("a miss at p = 0 costs −log ε", binaryCrossEntropy(f64(0), f64(1), { epsilon }).item(), {
      equals: -Math.log(epsilon),
      relative: 1e-12,
    });
    lab.check("−log 1e-9", binaryCrossEntropy(f64(0), f64(1), { epsilon: 1e-9 }).item(), {
      equals: 20.72,
      within: 0.01,
    });
    lab.check("adding 1e-9 to a perfect p: slightly negative", f64(1).add(1e-9).log().neg().item(), {
      between: [-1.1e-9, -0.9e-9],
    });
    const z = normalInit([6, 4], { std: 3, seed: lab.random("z") })
      .to("f64")
      .requireGrad();
    const target = Tensor.from([0, 1, 2, 3, 1, 0], { dtype: "i32" });
    const g = grad([crossEntropy(z, target, { reduction: "sum" })], [z])[0]!;
    const expected = z.softmax(1).sub(target.oneHot(4).to("f64"));
    lab.check("gradient by the logits against p − y", g.sub(expected).abs().max().item(), { atMost: 1e-14 });
    const far = f64(-900, 900).requireGrad();
    const loss = binaryCrossEntropyWithLogits(far, f64(1, 0), { reduction: "sum" });
    lab.check("from logits ∓900 with the wrong labels", loss.item(), { equals: 1800 });
    const slopes = grad(
      [binaryCrossEntropyWithLogits(far, f64(1, 0), { reduction: "sum" })],
      [far],
    )[0]!.data();
    lab.check("and the gradient there", slopes[1]! - slopes[0]!, { equals: 2 });
    const one = f64(0.7);
    const both = crossEntropy(f64(0.7, 0).reshape([1, 2]), Tensor.from([0], { dtype: "i32" })).item();
    lab.check(
      "two-class softmax against one logit",
      both - binaryCrossEntropyWithLogits(one, f64(1)).item(),
      { equals: 0, within: 1e-15 },
    );
  },
});

import { GradScaler, inPrecision, Linear, mse, normalInit } from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { roundTo, Tensor } from "whetstone/tensor";
import { card, choice, figure, linspace, range } from "../../index.ts";

export default card({
  id: "nn/mixed-precision",
  title: "Half precision: FP16 rounds finer, BF16 reaches farther, losses are scaled",
  formula: String.raw`\text{FP16}: 5+10\ \text{bits},\ \max 65504;\qquad \text{BF16}: 8+7\ \text{bits},\ \max\approx3.4\cdot10^{38}`,
  ask: "How does mixed precision train, what underflows, and how does loss scaling repair it?",
  answer:
    "Weights are kept in float32, the passes run in 16 bits. FP16's least number is 6e-8, and what lies below half of it becomes 0. Multiply the loss by a large scale, divide gradients in float32 before the step; on inf or NaN skip the step and lower the scale, raise it after many good ones. BF16 has float32's range and needs none of this.",
  pitfall:
    "scaler.update() is often forgotten: then the scale never adapts, and the next step is refused. And weights and optimizer state take as much memory as before; activations halve.",
  level: "medium",
  whenNot:
    "Sums and exponentials (softmax, norms, losses, long reductions) lose too much in 16 bits: leave them in float32. Without 16-bit arithmetic units nothing gets faster. Where BF16 exists, take it and drop the scaler.",
  followUps: [
    {
      ask: "Where does gradient clipping go when a scaler is used?",
      answer:
        "After unscaling, before the step. Clipped earlier, the norm compared with the limit is s times too large: the clipped gradient is then divided by s as well, which leaves almost nothing.",
    },
    {
      ask: "Why does softmax overflow so early in FP16?",
      answer:
        "exp(11.1) already passes 65504. Subtracting the row's maximum cures the overflow, but the sum of many small terms still rounds badly, so autocast runs softmax in float32.",
    },
  ],
  derivation: String.raw`A normal number is $(1+f)\,2^e$ with $p$ bits in $f$. Neighbours in $[1,2)$ are $2^{-p}$ apart, so rounding errs by at most $2^{-p-1}$ relative: $2^{-11}$ for FP16, $2^{-8}$ for BF16. FP16 has $e\le15$: its largest number is $(2-2^{-10})\,2^{15}=65504$. Its smallest is $2^{-14}\cdot2^{-10}=2^{-24}\approx6\cdot10^{-8}$, and below half of that everything rounds to 0.

The gradient is linear in the loss, $\nabla(sL)=s\nabla L$. A power of two as $s$ only shifts exponents, so scaling loses no digits: it moves small gradients into the range, and division by $s$ in float32 undoes it.

Weights stay in float32 because $w-\eta g$ may round back to $w$: just above 1, BF16 drops any change below $2^{-8}$, and a thousand small steps would add up to none.`,
  covers: [
    "nn/mixed-precision",
    "claim-a-340",
    "claim-a-341",
    "claim-a-342",
    "claim-a-345",
    "claim-a-388",
    "claim-a-389",
    "claim-a-343",
  ],
  answers: ["q-a-140", "q-a-141", "q-a-142", "q-a-143", "q-a-474", "q-b-144"],
  errata: [
    {
      claim: "claim-a-345",
      claimed: "The snippet scale, backward, step is complete.",
      truth:
        "update() is missing: the scale never adapts, so after an overflow nothing lowers it, and PyTorch refuses the next step: “step() has already been called since the last update()”.",
    },
  ],
  verifiedAgainst: [
    "exact rounding: all 65,536 bit patterns of both formats round-trip in the tensor tests",
    "closed-form limits",
  ],
  budget: "quick",
  controls: { format: choice(["f16", "bf16"], "f16", { label: "format shown" }) },
  run(lab, { format }) {
    const exponents = linspace(-12, 6, 73);
    const error = (kind: "f16" | "bf16") =>
      exponents.map((e) => {
        const v = 10 ** e * 1.2345;
        return Math.min(1, Math.abs(roundTo(kind, v) - v) / v);
      });
    lab.plot(
      figure(
        (["f16", "bf16"] as const).map((kind) => ({
          type: kind === format ? ("line" as const) : ("step" as const),
          name: kind,
          x: exponents,
          y: error(kind).map((v) => Math.max(v, 1e-6)),
        })),
        {
          x: { label: "log₁₀ of the number" },
          y: { label: "relative rounding error", scale: "log" },
          alt: "Relative error of FP16 near 1e-4 between 1e-5 and 65504 and total outside; that of BF16 near 2e-3 everywhere.",
        },
      ),
    );
    lab.check("largest FP16: (2 − 2⁻¹⁰) 2¹⁵", roundTo("f16", 65519), { equals: (2 - 2 ** -10) * 2 ** 15 });
    lab.check("65520 in FP16", roundTo("f16", 65520), { equals: Number.POSITIVE_INFINITY });
    lab.check("largest BF16 over largest float32", roundTo("bf16", 3.39e38) / Math.fround(3.4028234e38), {
      between: [0.99, 1],
    });
    lab.check("that number in BF16", roundTo("bf16", (2 - 2 ** -7) * 2 ** 127), {
      equals: (2 - 2 ** -7) * 2 ** 127,
    });
    const unit = (kind: "f16" | "bf16") =>
      range(12)
        .map((i) => 2 ** -i)
        .find((u) => roundTo(kind, 1 + u) === 1)!;
    lab.check("unit round-off of FP16", unit("f16"), { equals: 2 ** -11 });
    lab.check("unit round-off of BF16", unit("bf16"), { equals: 2 ** -8 });
    lab.check("1e-8 in FP16", roundTo("f16", 1e-8), { equals: 0 });
    lab.check("1e-8 × 65536 in FP16", roundTo("f16", 1e-8 * 65536), { equals: 6.55e-4, relative: 0.002 });
    const bytes = (kind: "f32" | "f16") => Tensor.zeros([64]).to(kind).data().byteLength / 64;
    const [full, half] = [bytes("f32"), bytes("f16")];
    lab.check("weight, gradient, two averages: bytes in float32", full + full + 2 * full, { equals: 16 });
    lab.check("half weight and gradient, float32 master, two averages", half + half + full + 2 * full, {
      equals: 16,
    });
    // A loss whose gradients are about 1e-8: only scaled FP16 and BF16 learn.
    const x = normalInit([16, 4], { seed: lab.random("x") });
    const y = x.sum(1, true);
    const train = (kind: "f16" | "bf16" | "f32", scaler: GradScaler | null) => {
      const net = new Linear(4, 1, { bias: false, seed: lab.random("net") });
      const optimizer = new SGD(net.parameters(), { lr: 2e7 });
      const error = () => mse(net.forward(x), y).item();
      const before = error();
      for (let i = 0; i < 20; i++) {
        optimizer.zeroGrad();
        const out = inPrecision(net, kind, () => net.forward(x.to(kind)));
        const loss = mse(out, y.to(kind))
          .to("f32")
          .mul(2 ** -27);
        (scaler ? scaler.scale(loss) : loss).backward();
        if (scaler) {
          scaler.step(optimizer);
          scaler.update();
        } else optimizer.step();
      }
      return error() / before;
    };
    lab.check("tiny gradients, FP16 without scaling: error left", train("f16", null), {
      equals: 1,
      within: 1e-6,
    });
    lab.check("FP16 with a scale of 2²²", train("f16", new GradScaler({ initialScale: 2 ** 22 })), {
      below: 0.5,
    });
    lab.check("BF16 without scaling", train("bf16", null), { below: 0.5 });
    lab.check("float32", train("f32", null), { below: 0.5 });
    // Scaler: overflow, skip, lower; without update a second step is refused.
    const p = Tensor.from([1], { requiresGrad: true });
    const optimizer = new SGD([p], { lr: 0.1 });
    const attempt = (scaler: GradScaler, update: boolean) => {
      p.grad = null;
      scaler.scale(p.to("f16").sum()).backward();
      const taken = scaler.step(optimizer);
      if (update) scaler.update();
      return taken;
    };
    const scaler = new GradScaler({ initialScale: 2 ** 17, growthInterval: 3 });
    const log = range(6).map(() => [attempt(scaler, true), scaler.scaleFactor]);
    lab.check("steps taken with update()", log.map(([t]) => (t ? "1" : "0")).join(""), { equals: "001110" });
    const stuck = new GradScaler({ initialScale: 2 ** 17 });
    attempt(stuck, false);
    let refused = "";
    try {
      attempt(stuck, false);
    } catch (error) {
      refused = (error as Error).message;
    }
    lab.check("without update() the second step is refused", refused.includes("call update()"), {
      equals: true,
    });
  },
});

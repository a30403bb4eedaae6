import { LayerNorm, normalInit, RMSNorm } from "whetstone/nn";
import type { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/rms-norm",
  title: "RMSNorm: no mean is subtracted, so biases do not cancel",
  formula: String.raw`y=\frac{x}{\sqrt{\tfrac1d\sum_jx_j^2+\varepsilon}}\odot g`,
  ask: "What does RMSNorm leave out of layer norm?",
  answer:
    "The mean and the shift: it divides by the root mean square and multiplies by a learned gain. On rows with mean 0 it equals layer norm. It costs one reduction less and trains as well in large language models.",
  pitfall:
    "It does not remove a constant added to the input, so it is no reason why biases before it would be redundant. They were dropped for simplicity and stability.",
  level: "medium",
  whenNot:
    "When a shift common to all features carries no meaning and should go: take layer norm, which subtracts the mean. In convolutional nets with large batches batch norm is usual.",
  followUps: [
    {
      ask: "Does the output change if the input is multiplied by 10?",
      answer:
        "No, apart from the small constant under the root: it is invariant to a positive scale, though not to a shift.",
    },
    {
      ask: "Where does it sit in a transformer block?",
      answer:
        "Usually in front of attention and of the feed-forward part (pre-norm), and once more before the output head.",
    },
  ],
  derivation: String.raw`Layer norm divides $x-\mu$ by $\sqrt{\sigma^2+\varepsilon}$, with $\sigma^2=\frac1d\sum_j x_j^2-\mu^2$. If $\mu=0$ that is the root of the mean square: on centred rows the two agree, apart from gain and shift.

Multiply $x$ by $a>0$: the root mean square is multiplied by $a$ too, and the quotient stays. Without $\varepsilon$ the output has mean square 1 before the gain.

Add a constant $c$ to each element: the mean square becomes $\frac1d\sum_j x_j^2+2c\mu+c^2$, while the numerator moves by $c$. These do not cancel, so a shift is not removed.`,
  covers: ["nn/rms-norm", "claim-a-088", "claim-b-327"],
  answers: ["q-a-326"],
  errata: [
    {
      claim: "claim-b-327",
      claimed: "Llama drops biases because RMSNorm makes them redundant.",
      truth:
        "RMSNorm subtracts no mean: RMSNorm(x + b) differs from RMSNorm(x). LayerNorm would cancel a common shift.",
    },
  ],
  verifiedAgainst: ["the formula in PyTorch 1.13, value and gradients, 1e-9"],
  budget: "quick",
  controls: { shift: slider(0, 10, 3, { label: "constant added to every feature", step: 0.5 }) },
  run(lab, { shift }) {
    const raw = normalInit([16, 8], { seed: lab.random("x") });
    const x = raw.sub(raw.mean(1, true));
    const [rms, layer] = [new RMSNorm(8), new LayerNorm(8)];
    const gap = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();
    const shifts = range(21).map((i) => i / 2);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "RMSNorm",
            x: shifts,
            y: shifts.map((s) => gap(rms.forward(x.add(s)), rms.forward(x))),
          },
          {
            type: "line",
            name: "LayerNorm",
            x: shifts,
            y: shifts.map((s) => gap(layer.forward(x.add(s)), layer.forward(x))),
          },
          { type: "rule", x: shift },
        ],
        {
          x: { label: "constant added" },
          y: { label: "largest change of the output" },
          alt: "RMSNorm's output changes with an added constant; LayerNorm's does not.",
        },
      ),
    );
    lab.check("equals layer norm on centred rows", gap(rms.forward(x), layer.forward(x)), { atMost: 1e-4 });
    lab.check("mean square of the output", rms.forward(raw).square().mean(1).max().item(), {
      equals: 1,
      within: 1e-4,
    });
    lab.check("change under x + 3: RMSNorm", gap(rms.forward(x.add(3)), rms.forward(x)), { above: 0.3 });
    lab.check("change under x + 3: LayerNorm", gap(layer.forward(x.add(3)), layer.forward(x)), {
      atMost: 1e-4,
    });
    lab.check("change under 5 x", gap(rms.forward(x.mul(5)), rms.forward(x)), { atMost: 1e-4 });
    lab.check("parameters: RMSNorm", rms.parameterCount(), { equals: 8 });
    lab.check("parameters: LayerNorm", layer.parameterCount(), { equals: 16 });
  },
});

import { GroupNorm, InstanceNorm, normalInit } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/instance-norm",
  title: "Instance norm: each image and channel by itself",
  formula: String.raw`\hat x_{nchw}=\frac{x_{nchw}-\mu_{nc}}{\sqrt{\sigma_{nc}^2+\varepsilon}},\qquad \mu_{nc}=\frac1{HW}\sum_{h,w}x_{nchw}`,
  ask: "What does instance normalisation average over, and why do style transfer and image generators like it?",
  answer:
    "The places of one channel of one image. It removes each image's own contrast and brightness, which are style, and leaves the pattern; no other image matters, so small batches do no harm. It is a group norm whose groups are single channels.",
  pitfall: "Where brightness or contrast carry the label, it takes them away.",
  level: "easy",
  whenNot:
    "In classifiers a channel's mean and contrast are evidence: take batch norm, or group norm with small batches. On 1×1 maps each place is its own mean and only the shift comes out; use layer norm there.",
  followUps: [
    {
      ask: "What is adaptive instance norm?",
      answer:
        "AdaIN takes away the image's channel statistics and puts in those of a style image: σₛ(x − μ)/σ + μₛ. One network then serves any style; StyleGAN computes scale and shift from a latent vector.",
    },
    {
      ask: "Does it need running statistics in eval mode?",
      answer:
        "No: each image brings its own, so train and eval agree. PyTorch can track averages, off by default; with them eval divides by the averages and the image's own contrast comes back.",
    },
  ],
  derivation: String.raw`Restyle a channel: $x'=ax+b$ with contrast $a>0$ and brightness $b$. Its mean over places is $\mu'=a\mu+b$, and its spread $\sigma'=a\sigma$.

So $\frac{x'-\mu'}{\sigma'}=\frac{a(x-\mu)}{a\sigma}=\frac{x-\mu}\sigma$: both are gone and the pattern is left. With $\varepsilon$ it is $\frac{a(x-\mu)}{\sqrt{a^2\sigma^2+\varepsilon}}$, the same up to a term of relative size $\frac\varepsilon{2a^2\sigma^2}$ that matters only in nearly flat channels.

Batch norm averages over $n$ too, so the brightness of one image against another survives it. Group norm averages over the channels of a group, so the ratio between channels survives. A group of one channel is exactly instance norm.`,
  covers: ["nn/instance-norm"],
  verifiedAgainst: ["PyTorch 1.13 InstanceNorm2d and GroupNorm, value and gradients, 1e-9"],
  budget: "quick",
  controls: {
    contrast: slider(0.2, 5, 3, { label: "contrast", step: 0.1 }),
    brightness: slider(-5, 5, 2, { label: "brightness", step: 0.5 }),
  },
  run(lab, { contrast, brightness }) {
    const image = normalInit([1, 2, 6, 6], { seed: lab.random("image") });
    const styled = image.mul(contrast).add(brightness);
    const layer = new InstanceNorm(2, { eps: 1e-8 });
    const batch = Tensor.concat([image, styled]);
    const y = layer.forward(batch);
    const channel = (t: Tensor, n: number) => Array.from(t.at(n, 0).reshape([-1]).data());
    lab.plot(
      figure(
        [
          { type: "line", name: "image", x: range(36), y: channel(batch, 0) },
          { type: "line", name: "restyled", x: range(36), y: channel(batch, 1) },
          { type: "points", name: "both, normalised", x: range(36), y: channel(y, 1) },
        ],
        {
          x: { label: "place" },
          y: { label: "value" },
          alt: `A channel's 36 values, the same with contrast ${contrast} and brightness ${brightness}, and their common normalised values.`,
        },
      ),
    );
    lab.check("image and restyled image after the layer, distance", y.at(0).sub(y.at(1)).abs().max().item(), {
      atMost: 1e-4,
    });
    lab.check("mean of each image and channel, largest size", y.mean([2, 3]).abs().max().item(), {
      atMost: 1e-5,
    });
    lab.check("variance of each", y.variance([2, 3], false, 0).min().item(), { equals: 1, within: 1e-4 });
    lab.check(
      "a group norm of single channels",
      new GroupNorm(2, 2, { eps: 1e-8 }).forward(batch).sub(y).abs().max().item(),
      { equals: 0 },
    );
    layer.weight!.become(Tensor.from([2, 3]), true);
    layer.bias!.become(Tensor.from([-1, 1]), true);
    lab.check(
      "learned scale and shift: deviation of channel 2",
      layer.forward(batch).at(0, 1).std(undefined, false, 0).item(),
      {
        equals: 3,
        within: 1e-3,
      },
    );
  },
});

import { clipGradNorm, clipGradValue, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/gradient-clipping",
  title: "Clipping shortens a gradient without turning it, and cannot lengthen one",
  formula: String.raw`g\leftarrow g\cdot\min\!\Big(1,\frac{C}{\lVert g\rVert}\Big)`,
  ask: "How does clipping by norm change a gradient, which failure does it guard against, and which does it leave alone?",
  answer:
    "If the norm of all gradients together exceeds C, all are scaled by C/‖g‖: the direction stays, the step is bounded. That guards against exploding gradients, as at the cliffs of recurrent nets. Vanishing gradients are below C already and stay as they are.",
  pitfall:
    "Clipping each value (or each tensor by its own norm) turns the direction. C must be compared with typical norms: log them.",
  level: "easy",
  whenNot:
    "If every step is clipped, C is doing the learning rate's work: lower the rate or raise C. It does not cure vanishing gradients: use gates, residual connections, normalisation or better initialisation.",
  followUps: [
    {
      ask: "How do you choose C?",
      answer:
        "Log the global norm for a while and set C a little above its usual range, so that only spikes are cut. In language models C = 1 is the custom. Watch the share of clipped steps.",
    },
    {
      ask: "In which order do unscaling, clipping and stepping go in mixed precision?",
      answer:
        "Unscale the gradients first, then clip, then step. Clipping scaled gradients compares C with norms that are thousands of times too large and cuts every step.",
    },
  ],
  derivation: String.raw`If $\lVert g\rVert>C$ the new gradient is $C\,g/\lVert g\rVert$: the same direction, length $C$. So an SGD step is at most $\eta C$ long, however steep the place. One factor for all tensors keeps $\cos(g,g')=1$; cutting each entry at $\pm c$ does not: $(10,1)$ becomes $(1,1)$, turned by 39 degrees.

A chain of $n$ equal linear steps $h_{t+1}=w h_t$ has $\partial h_n/\partial w=n w^{n-1}h_0$: at $w=1.2$, $n=50$ it is about $4\cdot10^5$, at $w=0.6$ about $7\cdot10^{-10}$. Both are the same formula; clipping acts on the first only. A saturated softmax is the second kind: its gradients are tiny, not large.`,
  errata: [
    {
      claim: "claim-b-318",
      claimed: "Gradient clipping fixes softmax saturation.",
      truth: "Saturation makes gradients tiny; clipping only limits large ones and leaves these unchanged.",
    },
  ],
  covers: ["optim/gradient-clipping", "claim-b-077", "claim-b-318", "claim-b-373"],
  answers: ["q-a-495", "q-b-367"],
  verifiedAgainst: ["torch.nn.utils.clip_grad_norm_ 1.13 (norms 1, 2, ∞), 1e-12"],
  budget: "quick",
  controls: {
    C: slider(0.1, 5, 1, { label: "C", step: 0.1 }),
    length: slider(10, 60, 50, { label: "steps of the chain" }),
  },
  run(lab, { C, length }) {
    const f64 = { dtype: "f64" } as const;
    // h_n = w^n, as a recurrent net computes it.
    const chain = (start: number) => {
      const w = Tensor.from(start, { ...f64, requiresGrad: true });
      let h = Tensor.from(1, f64);
      for (let t = 0; t < length; t++) h = h.mul(w);
      h.backward();
      const norm = clipGradNorm([w], C).item();
      return { norm, clipped: Math.abs(w.grad!.item()) };
    };
    const weights = range(13).map((i) => 0.6 + 0.05 * i);
    const found = weights.map(chain);
    lab.plot(
      lines(
        { w: weights, "gradient of h_n": found.map((g) => g.norm), clipped: found.map((g) => g.clipped) },
        {
          title: `A chain of ${length} steps h ← w h`,
          y: { scale: "log", label: "size of the gradient" },
          alt: "The gradient of a long chain vanishes below w = 1 and explodes above; clipping cuts off the upper part only.",
        },
      ),
    );
    lab.check("gradient at w = 0.6", found[0]!.norm, {
      equals: length * 0.6 ** (length - 1),
      relative: 1e-6,
    });
    lab.check("largest gradient after clipping", Math.max(...found.map((g) => g.clipped)), { atMost: C });
    lab.check("vanished gradient after clipping, times", found[0]!.clipped / found[0]!.norm, {
      equals: 1,
      within: 1e-12,
    });

    // Direction: by norm kept, by value turned.
    const turned = (clip: (p: Tensor[]) => void) => {
      const [a, b] = [
        Tensor.from([0, 0], { ...f64, requiresGrad: true }),
        Tensor.from(0, { ...f64, requiresGrad: true }),
      ];
      a.mul(Tensor.from([30, -1], f64))
        .sum()
        .add(b.mul(10))
        .backward();
      clip([a, b]);
      const g = [...a.grad!.data(), b.grad!.item()];
      const size = Math.hypot(...g);
      const cosine = (30 * g[0]! - g[1]! + 10 * g[2]!) / (Math.hypot(30, 1, 10) * size);
      return { size, cosine };
    };
    const byNorm = turned((p) => clipGradNorm(p, C));
    const byValue = turned((p) => clipGradValue(p, C));
    lab.table({
      columns: ["clipping", "norm after", "cosine with the gradient"],
      rows: [
        ["by norm", byNorm.size, byNorm.cosine],
        ["by value", byValue.size, byValue.cosine],
      ],
    });
    lab.check("by norm: norm after", byNorm.size, { equals: C, relative: 1e-6 });
    lab.check("by norm: cosine", byNorm.cosine, { equals: 1, within: 1e-12 });
    lab.check("by value: cosine", byValue.cosine, { below: 0.95 });

    // A cliff: one step from the steep side, with and without clipping.
    const jump = (clip: boolean) => {
      const w = Tensor.from(1.2, { ...f64, requiresGrad: true });
      let h = Tensor.from(1, f64);
      for (let t = 0; t < length; t++) h = h.mul(w);
      h.square().backward();
      if (clip) clipGradNorm([w], C);
      new SGD([w], { lr: 0.1 }).step();
      return Math.abs(w.item() - 1.2);
    };
    lab.check("jump off the cliff without clipping", jump(false), { above: 1 });
    lab.check("with clipping", jump(true), { atMost: 0.1 * C * (1 + 1e-9) });

    // A saturated softmax.
    const z = Tensor.from([40, 0], { ...f64, requiresGrad: true });
    z.softmax(0).at(1).backward();
    const tiny = clipGradNorm([z], C).item();
    lab.check("gradient through a saturated softmax", tiny, { below: 1e-15 });
    lab.check("the same after clipping, times", Math.hypot(...(z.grad!.data() as Float64Array)) / tiny, {
      equals: 1,
      within: 1e-12,
    });
  },
});

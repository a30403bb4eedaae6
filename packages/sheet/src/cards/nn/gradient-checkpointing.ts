import {
  BatchNorm1d,
  checkpointSequential,
  Dropout,
  Linear,
  type Module,
  normalInit,
  ReLU,
  Sequential,
  Tanh,
} from "whetstone/nn";
import { describePlan, grad } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/gradient-checkpointing",
  title: "Gradient checkpointing: keep the borders, recompute the inside",
  formula: String.raw`\text{kept: } s+\frac ns\ \ge\ 2\sqrt n\ \text{ at } s=\sqrt n,\qquad \text{cost: } \frac{1+2+1}{1+2}=\tfrac43`,
  ask: "What does gradient checkpointing store, what does it recompute, and what does it cost?",
  answer:
    "Only the inputs of s segments are kept; in the backward pass each segment is run again to get its activations. Live at once: s borders and one segment of n/s layers, least at s = √n. The price is one extra forward pass, about a third of a step. Gradients are the same.",
  pitfall:
    "The second pass must see the same dropout masks, and batch norm must not count the batch twice. Here random numbers are functions of their seed, and the recomputation repeats operations, not effects.",
  level: "medium",
  whenNot:
    "If weights and optimizer state fill the memory rather than activations, it does not help: shard them (ZeRO, FSDP). If a smaller batch with accumulation fits and keeps the device busy, that needs no recomputation.",
  followUps: [
    {
      ask: "Which activations would you recompute first?",
      answer:
        "Those that are large and cheap to get again: attention scores, softmax, dropout, GELU, norms. Keep the outputs of big matrix products. This selective form frees much memory for a few per cent of time.",
    },
    {
      ask: "Can memory go below the order of √n?",
      answer:
        "Yes: checkpoint inside the segments too. Recursion needs O(log n) memory for O(n log n) forward work. Reversible layers keep almost nothing and rebuild their inputs from their outputs.",
    },
  ],
  derivation: String.raw`With $s$ segments of $n/s$ equal layers, $s$ inputs are kept throughout, and while one segment is gone through backwards its $n/s$ activations are alive too: $f(s)=s+\frac ns$.

$f'(s)=1-\frac n{s^2}$ is 0 at $s=\sqrt n$, where $f=2\sqrt n$. For 100 layers: 10 borders and 10 inside, 20 instead of 100.

A layer $Y=XW$ needs one product forward, and two of the same size backward: $G W^\top$ for its input and $X^\top G$ for its weights. So a step costs $1+2=3$ units; running each segment forward once more makes 4, that is $\frac43$.

The second run applies the same operations to the same stored input with the same masks. It yields the same activations, and so the same gradients; only when they exist has changed.`,
  covers: ["nn/gradient-checkpointing", "claim-a-334", "claim-a-337"],
  answers: ["q-a-134", "q-a-135", "q-a-473", "q-b-125"],
  verifiedAgainst: ["gradients of the plain backward pass, bit by bit", "planned bytes of 9 and 36 layers"],
  budget: "quick",
  controls: {
    layers: slider(4, 100, 100, { label: "layers" }),
    segments: slider(1, 6, 3, { label: "segments of the small net" }),
  },
  run(lab, { layers, segments }) {
    const live = (s: number) => s + Math.ceil(layers / s);
    const choices = range(layers).map((i) => i + 1);
    lab.plot(
      figure(
        [
          { type: "line", name: "checkpointed", x: choices, y: choices.map(live) },
          { type: "rule", y: layers, label: "all kept" },
          { type: "rule", x: Math.sqrt(layers), label: "√n" },
        ],
        {
          x: { label: "segments" },
          y: { label: "activations alive" },
          alt: `Live activations of ${layers} layers by segments, least near ${Math.round(Math.sqrt(layers))}.`,
        },
      ),
    );
    const best = (n: number) => Math.min(...range(n).map((i) => i + 1 + Math.ceil(n / (i + 1))));
    lab.check("100 layers: least alive at once", best(100), { equals: 20 });
    lab.check("least alive over √n", best(layers) / Math.sqrt(layers), { between: [1.9, 2.3] });
    // What the planner of this library sets aside for the gradients of real layers.
    const planned = (n: number, parts: number | null) => {
      const net = new Sequential(
        ...range(n).flatMap((i): Module[] => [new Linear(4, 4, { seed: lab.random(`m${i}`) }), new Tanh()]),
      );
      const input = normalInit([256, 4], { seed: lab.random("input") });
      const out = parts === null ? net.forward(input) : checkpointSequential(net, parts, input);
      return describePlan(...grad([out.square().sum()], net.parameters())).plannedBytes;
    };
    const cuts = [2, 6, 18];
    const whole = planned(36, null);
    const at = cuts.map((s) => planned(36, s));
    lab.check(
      "36 layers of this library: segments with the least memory",
      cuts[at.indexOf(Math.min(...at))]!,
      {
        equals: 6,
      },
    );
    lab.check("its memory over that without segments", at[1]! / whole, { below: 0.4 });
    lab.check("four times the layers at √n segments: memory times", at[1]! / planned(9, 3), {
      between: [1.7, 2.2],
    });
    lab.check("without segments", whole / planned(9, null), { between: [3.5, 4.1] });
    const x = normalInit([12, 4], { seed: lab.random("x") });
    const run = (parts: number | null) => {
      const net = new Sequential(
        ...range(3).flatMap((i): Module[] => [
          new Linear(4, 4, { seed: lab.random(`l${i}`) }),
          new BatchNorm1d(4),
          new ReLU(),
          new Dropout(0.3, { seed: lab.random(`d${i}`) }),
        ]),
      );
      (parts === null ? net.forward(x) : checkpointSequential(net, parts, x)).square().sum().backward();
      return {
        gradients: net.parameters().flatMap((p) => [...p.grad!.data()]),
        statistics: net.buffers().flatMap((b) => [...b.data()]),
        net,
      };
    };
    const [plain, saved] = [run(null), run(segments)];
    const gap = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    lab.check("gradients with dropout and batch norm: distance", gap(plain.gradients, saved.gradients), {
      equals: 0,
    });
    lab.check("running statistics: distance", gap(plain.statistics, saved.statistics), { equals: 0 });
    const twice = run(null);
    twice.net.forward(x).realize();
    lab.check(
      "had the batch been counted twice: distance",
      gap(
        plain.statistics,
        twice.net.buffers().flatMap((b) => [...b.data()]),
      ),
      { above: 1e-3 },
    );
  },
});

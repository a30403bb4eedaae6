import { crossEntropy, DataLoader, MLP, normalInit, TensorDataset, Trainer } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import type { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/checkpoint",
  title: "A checkpoint from which a run goes on exactly",
  formula: String.raw`\{\theta,\ \text{buffers},\ m,v,t,\ \text{schedule},\ \text{random states},\ \text{epoch},\ \text{batch}\}`,
  ask: "Why save a state dict rather than the pickled model, and what else must a checkpoint hold to resume training?",
  answer:
    "A state dict is names and numbers: it survives changes of code and runs nothing when read. To resume, also: the optimizer's averages and step count, the schedule, where the random sequences and the data order are, the epoch and batch, loss scale and averages. Then a resumed run equals an uninterrupted one bit by bit.",
  pitfall:
    "With the weights alone Adam starts again with empty averages and bias correction at step 1: the loss jumps.",
  level: "easy",
  whenNot:
    "For serving or sharing, export only weights (safetensors) and the config: Adam's two averages make the file three times as large. If kernels are nondeterministic anyway, bitwise resumption is out of reach; check that loss curves agree.",
  followUps: [
    {
      ask: "A job is killed while it writes a checkpoint. How do you avoid a broken file?",
      answer:
        "Write under a temporary name in the same directory, flush to disk, then rename: on a POSIX file system this is atomic, so a reader sees the old file or the new one. Keep the last few, with a checksum.",
    },
    {
      ask: "How often should a long run save?",
      answer:
        "Balance the writing time C against lost work: with mean time M between failures Young's rule gives an interval of √(2CM). For C = 1 minute and M = 20 hours that is 49 minutes.",
    },
  ],
  derivation: String.raw`A training step is a function of a state: $s_{t+1}=F(s_t)$, deterministic once the random states are part of $s$. If a checkpoint holds all of $s_t$, the next step sees the same numbers and does the same operations; by induction so does every later one. Whatever is missing falls back to its start value, and equality ends at the first step that reads it.

So list what a step reads: weights and buffers in the forward pass, the batch and the dropout masks from the place in the data and the random states, the rate from the schedule, and $m,v,t$ in Adam.

If $m,v,t$ are lost, the first step has $\hat m=g$ and $\hat v=g^2$, so every weight moves by $\eta\,\frac{g}{|g|}=\pm\eta$ on one noisy gradient. In a settled run $|\hat m|/\sqrt{\hat v}$ is well below 1. That is the jump.`,
  covers: ["nn/checkpoint"],
  answers: ["q-b-161"],
  verifiedAgainst: ["an uninterrupted run, bit by bit"],
  budget: "quick",
  controls: { at: slider(1, 14, 5, { label: "interrupted after step" }) },
  async run(lab, { at }) {
    const x = normalInit([20, 2], { seed: lab.random("x") });
    const y = x.at(null, 0).gt(0).to("i32");
    const make = () => {
      const net = new MLP(2, 2, { hidden: [5], dropout: 0.3, seed: lab.random("net") });
      const trainer = new Trainer<[Tensor, Tensor]>({
        net,
        optimizer: new Adam(net.parameters(), { lr: 0.05 }),
        loss: ([a, b]) => crossEntropy(net.forward(a), b),
      });
      return { net, trainer };
    };
    const loader = () =>
      new DataLoader<[Tensor, Tensor]>(new TensorDataset(x, y), {
        batchSize: 8,
        shuffle: true,
        seed: lab.seed,
      });
    const fit = async (trainer: ReturnType<typeof make>["trainer"], onStep = (_: number) => {}) => {
      const losses: number[] = [];
      await trainer.fit(loader(), {
        epochs: 5,
        onStep: ({ step, loss }) => {
          losses.push(loss);
          onStep(step);
        },
      });
      return losses;
    };
    const whole = make();
    let saved = new Uint8Array();
    const full = await fit(whole.trainer, (step) => {
      if (step === at) saved = new Uint8Array(whole.trainer.checkpoint());
    });
    const again = make();
    again.trainer.resume(saved);
    const rest = await fit(again.trainer);
    const bare = make(); // weights only: optimizer, masks and order start anew
    const early = make();
    early.trainer.resume(saved);
    bare.net.loadStateDict(early.net.stateDict());
    const jump = await fit(bare.trainer);
    lab.plot(
      figure(
        [
          { type: "line", name: "uninterrupted", x: range(full.length), y: full },
          { type: "points", name: "resumed", x: range(rest.length).map((i) => i + at), y: rest },
          {
            type: "line",
            name: "weights only",
            x: range(full.length - at).map((i) => i + at),
            y: jump.slice(0, full.length - at),
            dashed: true,
          },
        ],
        {
          x: { label: "step" },
          y: { label: "loss" },
          alt: `Loss of a run interrupted after step ${at}: the resumed points lie on the uninterrupted line; with weights alone another line.`,
        },
      ),
    );
    const flat = (net: MLP) => Object.values(net.stateDict()).flatMap((t) => [...t.data()]);
    const gap = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    lab.check("losses after resuming: distance", gap(full.slice(at), rest), { equals: 0 });
    lab.check("weights and buffers at the end: distance", gap(flat(whole.net), flat(again.net)), {
      equals: 0,
    });
    lab.check("steps of the resumed run", rest.length, { equals: full.length - at });
    lab.check("weights only: distance of the losses", gap(full.slice(at), jump), { above: 1e-4 });
  },
});

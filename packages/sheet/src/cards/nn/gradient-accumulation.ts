import {
  BatchNorm1d,
  DataLoader,
  Linear,
  MLP,
  mse,
  normalInit,
  Sequential,
  TensorDataset,
  Trainer,
} from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, choice, figure } from "../../index.ts";

export default card({
  id: "nn/gradient-accumulation",
  title: "Gradient accumulation: eight batches of 32 are one of 256",
  formula: String.raw`\nabla L=\frac1K\sum_{k=1}^K\nabla L_k,\qquad \text{effective batch}=\text{batch}\times K\times\text{workers}`,
  ask: "What is gradient accumulation, when does it equal a larger batch, and how do you code it?",
  answer:
    "Run K micro-batches, divide each loss by K, call backward on each, step once. backward adds gradients up, so the sum is the large batch's gradient. It is equal for mean losses over equal parts and without batch norm, whose statistics are those of each part.",
  pitfall:
    "Without the division the step is K times too long. A last group with fewer or smaller parts needs its own weights.",
  level: "easy",
  whenNot:
    "If the whole batch fits, K small passes are only slower. Below the critical batch size small batches with more updates learn more per row: take K = 1. Contrastive losses compare all rows and need the whole batch at once.",
  followUps: [
    {
      ask: "The loss is a mean over tokens and parts differ in length. How do you divide?",
      answer:
        "Sum the token losses of each part and divide by the number of tokens in the whole group. Averaging the means of parts counts tokens of short parts too much.",
    },
    {
      ask: "What do you change with several data-parallel workers?",
      answer:
        "Exchange gradients only after the last of the K backward passes (no_sync in PyTorch's DDP): sums commute, so one all-reduce is enough. Clip after it, on the full gradient, not on each part.",
    },
  ],
  derivation: String.raw`Let $L=\frac1N\sum_i\ell_i$, cut into $K$ parts of $N/K$ rows with means $L_k$. Then $\frac1K\sum_kL_k=\frac1K\cdot\frac KN\sum_i\ell_i=L$, and the gradient of a sum is the sum of the gradients: $\nabla L=\frac1K\sum_k\nabla L_k$. Each backward pass adds to the stored gradient, so it suffices to divide each loss by $K$. For parts of $n_k$ rows the weights are $n_k/N$.

Without the division the stored gradient is $K\nabla L$: SGD takes a step $K$ times too long, and clipping cuts in too early. Adam hardly notices, since a factor cancels in $\hat m/\sqrt{\hat v}$, which can hide the mistake.

It all rests on $\ell_i$ being a function of row $i$ alone. With batch norm it also depends on the mean and variance of its part, which are not those of the whole batch.`,
  covers: ["nn/gradient-accumulation", "claim-a-338", "claim-a-339", "claim-b-142"],
  answers: ["q-a-147", "q-b-040"],
  verifiedAgainst: ["gradients of the whole batch"],
  budget: "quick",
  controls: { parts: choice(["2", "4", "8", "16"], "8", { label: "micro-batches" }) },
  async run(lab, { parts }) {
    const K = Number(parts);
    const x = normalInit([64, 3], { seed: lab.random("x") });
    const y = x.sum(1, true).tanh();
    const gradient = (net: Sequential, pieces: number, divide: boolean) => {
      net.zeroGrad();
      const size = 64 / pieces;
      for (let k = 0; k < pieces; k++) {
        const loss = mse(
          net.forward(x.slice(0, k * size, (k + 1) * size)),
          y.slice(0, k * size, (k + 1) * size),
        );
        (divide ? loss.div(pieces) : loss).backward();
      }
      return net.parameters().flatMap((p) => [...p.grad!.data()]);
    };
    const plain = () =>
      new MLP(3, 1, {
        hidden: [6],
        batchNorm: false,
        dropout: 0,
        activation: "tanh",
        seed: lab.random("net"),
      });
    const norm = () =>
      new Sequential(
        new Linear(3, 6, { seed: lab.random("a") }),
        new BatchNorm1d(6),
        new Linear(6, 1, { seed: lab.random("b") }),
      );
    const whole = gradient(plain(), 1, true);
    const [mean, sum] = [gradient(plain(), K, true), gradient(plain(), K, false)];
    lab.plot(
      figure(
        [
          { type: "points", name: "divided by K", x: whole, y: mean },
          { type: "points", name: "not divided", x: whole, y: sum },
        ],
        {
          x: { label: "gradient of the whole batch" },
          y: { label: "accumulated gradient" },
          alt: `Accumulated gradients lie on the diagonal; without the division on a line ${K} times as steep.`,
        },
      ),
    );
    const gap = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    const size = Math.hypot(...whole);
    lab.check(`${K} parts against the whole, relative`, gap(whole, mean) / size, { atMost: 1e-5 });
    lab.check("8 parts of 8 against the whole, relative", gap(whole, gradient(plain(), 8, true)) / size, {
      atMost: 1e-5,
    });
    lab.check("without the division: norm over the whole's", Math.hypot(...sum) / size, {
      equals: K,
      relative: 1e-4,
    });
    const [one, split] = [gradient(norm(), 1, true), gradient(norm(), K, true)];
    lab.check("with batch norm: relative distance", gap(one, split) / Math.hypot(...one), { above: 1e-3 });
    const net = plain();
    const trainer = new Trainer<[Tensor, Tensor]>({
      net,
      optimizer: new SGD(net.parameters(), { lr: 0.1 }),
      loss: ([a, b]) => mse(net.forward(a), b),
      accumulate: 8,
    });
    const rows = new TensorDataset(normalInit([512, 3], { seed: lab.random("r") }), Tensor.zeros([512, 1]));
    await trainer.fit(new DataLoader<[Tensor, Tensor]>(rows, { batchSize: 32 }), { epochs: 1 });
    lab.check("512 rows in batches of 32, eight to a step: rows for each step", 512 / trainer.step, {
      equals: 256,
    });
  },
});

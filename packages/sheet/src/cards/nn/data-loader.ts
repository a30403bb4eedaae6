import { DataLoader, evaluate, Linear, mse, normalInit, TensorDataset } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider, toggle } from "../../index.ts";

export default card({
  id: "nn/data-loader",
  title: "Datasets and loaders: batches, order, readers",
  formula: String.raw`\text{batches}=\lceil n/b\rceil,\qquad \text{reader } r:\ \pi(r),\pi(r+w),\pi(r+2w),\dots`,
  ask: "What do a dataset and a data loader each do, and does shuffling matter for validation?",
  answer:
    "A dataset gives sample i (or a stream of samples); a loader decides order, batches them, asks ahead, and deals them out to several readers. Shuffle training data anew each epoch, from a seed. Off is the default, and for validation it does not matter: in eval mode a mean over rows does not depend on order.",
  pitfall:
    "Averaging batch means when the last batch is smaller does depend on the order: weight them by their sizes.",
  level: "easy",
  whenNot:
    "If all data fit in memory as one array, indexing shuffled rows is faster than readers with their start-up and copies. For a stream or many large files no global permutation is practical: shuffle the files and a buffer.",
  followUps: [
    {
      ask: "The GPU waits for data. How do you find out, and what do you change?",
      answer:
        "Time the loop on one batch used again and again: if it is much faster, loading is the limit. Then more readers, batches asked ahead, pinned memory with asynchronous copies, files decoded beforehand.",
    },
    {
      ask: "What can go wrong with random augmentation in several readers?",
      answer:
        "Forked readers can start from a copy of one random state and all draw the same crops, and again the same in each epoch. Give each a seed derived from the base seed, its index and the epoch.",
    },
  ],
  derivation: String.raw`Write $n=qb+r$ with $0\le r<b$: there are $q$ full batches and one of $r$ rows if $r>0$, together $\lceil n/b\rceil$.

Let batch $k$ have $b_k$ rows and mean loss $\ell_k$. Then $\frac1n\sum_kb_k\ell_k$ is the sum over all rows divided by $n$: any order gives the same. The plain mean $\frac1K\sum_k\ell_k$ gives a row the weight $\frac1{Kb_k}$, so a row in the last batch counts $b/r$ times as much as another. With $n=33$ and $b=32$ one row weighs as much as the other 32, and which row that is depends on the order.

Readers cut one permutation, made from a common seed, into the places $r,r+w,r+2w,\dots$: remainders modulo $w$ are disjoint and cover everything, and lengths differ by at most 1. PyTorch's DistributedSampler repeats a few rows by default to make them equal.`,
  covers: ["nn/data-loader", "claim-b-140"],
  answers: ["q-b-138"],
  errata: [
    {
      claim: "claim-b-140",
      claimed: "Forgetting shuffle=False on a validation loader changes results.",
      truth: "False is the default, and in eval mode totals over rows do not depend on order.",
    },
  ],
  verifiedAgainst: ["each epoch is a permutation", "PyTorch's DistributedSampler semantics"],
  budget: "quick",
  controls: {
    rows: slider(5, 60, 23),
    batch: slider(1, 20, 8, { label: "batch size" }),
    readers: slider(1, 5, 3),
    shuffle: toggle(true),
  },
  async run(lab, { rows, batch, readers, shuffle }) {
    const data = new TensorDataset(Tensor.arange(rows));
    const seen = (rank: number, world: number, epoch: number) =>
      [
        ...new DataLoader<[Tensor]>(data, { batchSize: batch, shuffle, seed: lab.seed, rank, world }).batches(
          epoch,
        ),
      ].map(([x]) => [...x.data()]);
    const parts = range(readers).map((r) => seen(r, readers, 0).flat());
    lab.plot(
      figure(
        parts.map((p, r) => ({ type: "points" as const, name: `reader ${r}`, x: range(p.length), y: p })),
        {
          x: { label: "place in the reader's epoch" },
          y: { label: "row" },
          alt: `Which of ${rows} rows each of ${readers} readers gets, in order.`,
        },
      ),
    );
    const own = seen(0, 1, 0);
    lab.check("batches", own.length, { equals: Math.ceil(rows / batch) });
    lab.check("rows in the last batch", own.at(-1)!.length, { equals: ((rows - 1) % batch) + 1 });
    lab.check("each row once", new Set(own.flat()).size, { equals: rows });
    lab.check("readers: rows seen by any", new Set(parts.flat()).size, { equals: rows });
    lab.check(
      "readers: largest difference in length",
      Math.max(...parts.map((p) => p.length)) - Math.min(...parts.map((p) => p.length)),
      { equals: 0 },
    );
    const again = seen(0, 1, 3).join();
    lab.check("the same epoch again has the same order", seen(0, 1, 3).join() === again, { equals: true });
    const many = new DataLoader<[Tensor]>(new TensorDataset(Tensor.arange(40)), {
      shuffle: true,
      seed: lab.seed,
    });
    lab.check("two epochs have one order", many.order(0).join() === many.order(1).join(), { equals: false });
    lab.check("batch size unless given", new DataLoader(data).batchSize, { equals: 32 });
    const x = normalInit([30, 2], { seed: lab.random("x") });
    const y = x.sum(1, true);
    const net = new Linear(2, 1, { seed: lab.random("net") });
    const loss = async (mixed: boolean) => {
      const loader = new DataLoader<[Tensor, Tensor]>(new TensorDataset(x, y), {
        batchSize: 8,
        shuffle: mixed,
        seed: lab.seed,
      });
      return (await evaluate(net, loader, { mse: ([a, b]: [Tensor, Tensor]) => mse(net.forward(a), b) }))
        .mse!;
    };
    lab.check("validation loss, shuffled against in order", (await loss(true)) / (await loss(false)), {
      equals: 1,
      within: 1e-6,
    });
  },
});

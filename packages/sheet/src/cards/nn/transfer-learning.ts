import {
  FINE_TUNING_STAGES,
  freezeWhere,
  Linear,
  mse,
  normalInit,
  rateGroups,
  Sequential,
  Tanh,
  transferPlan,
} from "whetstone/nn";
import { Adam } from "whetstone/optim";
import type { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/transfer-learning",
  title: "Transfer learning: new head first, then the body, ever more gently",
  formula: String.raw`\text{head }10^{-3}\ \to\ \text{late layers }10^{-5}\ \to\ \text{all }10^{-6}`,
  ask: "How do you fine-tune a pretrained network in stages, and which layers when?",
  answer:
    "Put a new head on the pretrained body. Train the head alone at a usual rate: its first gradients are noise and would harm the body. Then thaw later layers at a hundredth of that rate, then perhaps everything. Few rows and like domains: head only. Many rows: all, gently. Few and unlike: build on early features.",
  pitfall:
    "The numbers are habits, not laws; and a frozen batch norm layer must also stay in eval mode, or its statistics move.",
  level: "medium",
  whenNot:
    "If the source has little to do with the task (another sensor, another modality) or labels abound: training from scratch can end as well, only later. With very large bodies train adapters such as LoRA instead of thawing layers.",
  followUps: [
    {
      ask: "Fine-tuning everything does better on the test set, worse on shifted data. Why?",
      answer:
        "A random head pulls the features towards the training rows only, and directions unseen there stay as they were: the two no longer fit. Training the head first makes the body move less.",
    },
    {
      ask: "How can a benchmark mislead about a pretrained body?",
      answer:
        "Its test rows may have been in the pretraining data. Search for near copies, by hash or by distance of embeddings, or test on data collected later.",
    },
  ],
  derivation: String.raw`Let the features be $h$ and the head $z=Wh$. The gradient that reaches the body is $W^\top(p-y)$. With $W$ random and $p$ far from $y$ it is large and points anywhere: a step on it damages features at no gain. After the head has been trained, $p-y$ is small and $W$ means something.

How far can the body go? Adam moves a weight by about $\eta$ per step, so $T$ steps move it by at most about $\eta T$. A rate a hundred times smaller keeps it a hundred times nearer to the pretrained weights $w_0$.

This is a penalty in disguise. Along a direction of curvature $c$, gradient descent leaves the share $(1-\eta c)^T\approx e^{-\eta cT}$ of the way to the new optimum undone; a penalty $\tfrac\lambda2\lVert w-w_0\rVert^2$ leaves $\frac{\lambda}{c+\lambda}$. They are alike for $\lambda\approx\frac{1}{\eta T}$: few gentle steps bind to $w_0$.`,
  covers: ["nn/transfer-learning", "claim-b-099"],
  answers: ["q-a-274"],
  verifiedAgainst: ["frozen weights compared bit by bit", "a body trained on a related task"],
  budget: "quick",
  controls: { rows: slider(6, 40, 10, { label: "rows of the new task" }) },
  run(lab, { rows }) {
    const body = () => [
      new Linear(4, 8, { seed: lab.random("b1") }),
      new Tanh(),
      new Linear(8, 8, { seed: lab.random("b2") }),
      new Tanh(),
    ];
    const target = (x: Tensor) =>
      x
        .at(null, 0)
        .mul(2)
        .tanh()
        .add(x.at(null, 1).sub(x.at(null, 2)).tanh())
        .unsqueeze(1);
    const train = (
      net: Sequential,
      x: Tensor,
      y: Tensor,
      groups: { params: Tensor[]; lr: number }[],
      steps: number,
    ) => {
      const optimizer = new Adam(groups, {});
      return range(steps).map(() => {
        optimizer.zeroGrad();
        const loss = mse(net.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss.item();
      });
    };
    const source = normalInit([96, 4], { seed: lab.random("source") });
    const pretrained = new Sequential(...body(), new Linear(8, 1, { seed: lab.random("h1") }));
    train(pretrained, source, target(source), [{ params: pretrained.parameters(), lr: 0.03 }], 60);
    const few = normalInit([rows, 4], { seed: lab.random("few") });
    const [seen, truth] = [few, target(few).mul(-1.5).add(1)]; // a related task
    const held = normalInit([60, 4], { seed: lab.random("held") });
    const heldTruth = target(held).mul(-1.5).add(1);
    const make = (warm: boolean) => {
      const net = new Sequential(...body(), new Linear(8, 1, { seed: lab.random("h2") }));
      if (warm) {
        const state = Object.entries(pretrained.stateDict()).filter(([name]) => !name.startsWith("4."));
        net.loadStateDict(Object.fromEntries(state), { strict: false });
      }
      return net;
    };
    const [warm, cold] = [make(true), make(false)];
    const trainable = freezeWhere(warm, (name) => !name.startsWith("4."));
    const before = warm.stateDict();
    const curve = train(warm, seen, truth, [{ params: warm.parameters({ trainable: true }), lr: 0.05 }], 40);
    const headOnly = mse(warm.forward(held), heldTruth).item();
    const after = warm.stateDict();
    const scratch = train(cold, seen, truth, [{ params: cold.parameters(), lr: 0.03 }], 40);
    const fromScratch = mse(cold.forward(held), heldTruth).item();
    lab.plot(
      figure(
        [
          { type: "line", name: "pretrained body, new head", x: range(40), y: curve },
          { type: "line", name: "from scratch", x: range(40), y: scratch },
        ],
        {
          x: { label: "step" },
          y: { label: "training loss", scale: "log" },
          alt: `Training loss on ${rows} rows: head on a frozen body, and a fresh net.`,
        },
      ),
    );
    lab.table({
      columns: ["domains", "rows", "advice"],
      rows: (["similar", "different"] as const).flatMap((s) =>
        (["small", "large"] as const).map((d) => [s, d, transferPlan(s, d).advice]),
      ),
    });
    lab.check("held-out loss, frozen body over from scratch (at most)", headOnly / fromScratch, { below: 1 });
    lab.check("what trains in the first stage", trainable.join(" "), { equals: "4.weight 4.bias" });
    const moved = (name: string) => before[name]!.sub(after[name]!).abs().max().item();
    lab.check("movement of the body in the first stage", Math.max(moved("0.weight"), moved("2.weight")), {
      equals: 0,
    });
    lab.check("of the head", moved("4.weight"), { above: 0.01 });
    const groups = rateGroups(warm, { "": 0, "2": 1e-5, "4": 1e-3 });
    lab.check("second stage: rates", groups.map((g) => g.lr).join(" "), { equals: "0.00001 0.001" });
    const late = warm.stateDict();
    train(warm, seen, truth, groups, 5);
    lab.check(
      "second stage: the first layer stays",
      late["0.weight"]!.sub(warm.stateDict()["0.weight"]!).abs().max().item(),
      { equals: 0 },
    );
    lab.check(
      "the later layer moves by no more than steps × rate",
      late["2.weight"]!.sub(warm.stateDict()["2.weight"]!).abs().max().item(),
      { between: [1e-7, 6e-5] },
    );
    lab.check(
      "stages: rates fall",
      FINE_TUNING_STAGES.every((s, i) => i === 0 || s.lr < FINE_TUNING_STAGES[i - 1]!.lr),
      { equals: true },
    );
  },
});

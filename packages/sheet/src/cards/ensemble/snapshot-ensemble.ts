import { makeMoons } from "whetstone/data";
import { accuracy, logLoss } from "whetstone/metrics";
import { crossEntropy, Linear, Sequential, Tanh } from "whetstone/nn";
import { cosineRestarts, SGD } from "whetstone/optim";
import { noGrad, Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/snapshot-ensemble",
  title: "Several nets for the price of one: snapshots at the bottoms of a cyclic rate",
  formula: String.raw`\bar p=\frac1M\sum_m p_m,\qquad \operatorname{Var}(\bar p)=\rho\sigma^2+\frac{1-\rho}{M}\sigma^2`,
  ask: "How do snapshot ensembles and averages of independent nets reduce error?",
  answer:
    "Averaging probabilities of nets that err differently lowers variance; the less correlated their errors, the more. Independent seeds cost one training each. A snapshot ensemble restarts the learning rate several times within one run and keeps the net of each low point: members are more alike, but free.",
  pitfall:
    "By convexity the averaged net's log loss is never worse than the members' mean log loss, but it can be worse than the best member, and members that are too alike bring nothing.",
  level: "medium",
  whenNot:
    "When one prediction must be cheap: M members cost M passes (distil them, or average weights). When training is affordable, independent seeds disagree more and usually gain more.",
  followUps: [
    {
      ask: "Average probabilities or logits?",
      answer:
        "The mean of probabilities comes with a guarantee for log loss by convexity; the mean of logits is a geometric mean and often close. Hard votes throw away how sure members are.",
    },
    {
      ask: "Why can one not simply average the weights of independent nets?",
      answer:
        "Hidden units can be permuted, so independent nets sit in different valleys and the mean of their weights fits nothing. Snapshots of one late run may lie in one valley: then it works (SWA).",
    },
  ],
  derivation: String.raw`Log loss $-\log p$ is convex in $p$. By Jensen $-\log\frac1M\sum_mp_m\le\frac1M\sum_m(-\log p_m)$ for every row: the averaged net is never worse than the members' mean loss.

How much better depends on disagreement. For errors with variance $\sigma^2$ and correlation $\rho$ the mean has $\rho\sigma^2+(1-\rho)\sigma^2/M$. Independent seeds have smaller $\rho$; snapshots start from each other and stay more alike.

A cyclic rate $\eta(t)=\tfrac12\eta_0(1+\cos(\pi t/C))$ falls to 0 within $C$ steps, where noise is annealed and the net is saved. The restart at $\eta_0$ throws the weights far enough that the next low point differs.`,
  covers: ["ensemble/snapshot-ensemble"],
  verifiedAgainst: ["Jensen's inequality for the log loss"],
  budget: "costly",
  controls: {
    members: slider(2, 6, 4, { label: "members" }),
    cycle: slider(20, 80, 50, { label: "steps of a cycle", step: 10 }),
  },
  run(lab, { members, cycle }) {
    const data = (seed: number, n: number) => {
      const { X, y } = makeMoons({ nSamples: n, noise: 0.35, seed });
      return { x: Tensor.from(X).to("f32").realize(), y: Array.from(y, Number) };
    };
    const train = data(10 * lab.seed + 1, 120);
    const test = data(10 * lab.seed + 2, 600);
    const targets = Tensor.from(Int32Array.from(train.y));
    const make = (name: string) =>
      new Sequential(
        new Linear(2, 24, { seed: lab.random(name) }),
        new Tanh(),
        new Linear(24, 2, { seed: lab.random(`${name} out`) }),
      );
    const probabilities = (net: Sequential) =>
      Array.from(noGrad(() => net.forward(test.x).softmax(-1).at(null, 1).data()));
    const step = (net: Sequential, optimizer: SGD) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(net.forward(train.x), targets);
      loss.backward();
      optimizer.step();
      return loss.item();
    };
    // One run with a cyclic rate; a snapshot at the end of each cycle.
    const rate = cosineRestarts({ first: cycle });
    const run = make("run");
    const optimizer = new SGD(run.parameters(), { lr: 0.8, momentum: 0.9 });
    const snapshots: number[][] = [];
    const losses: number[] = [];
    for (let i = 0; i < members * cycle; i++) {
      optimizer.lr = rate(i, 0.8);
      losses.push(step(run, optimizer));
      if ((i + 1) % cycle === 0) snapshots.push(probabilities(run));
    }
    // As many nets from seeds of their own, a cycle each.
    const independent = range(members).map((m) => {
      const net = make(`net ${m}`);
      const own = new SGD(net.parameters(), { lr: 0.8, momentum: 0.9 });
      for (let i = 0; i < cycle; i++) {
        own.lr = rate(i, 0.8);
        step(net, own);
      }
      return probabilities(net);
    });
    const average = (all: number[][]) =>
      test.y.map((_, i) => all.reduce((s, p) => s + p[i]!, 0) / all.length);
    const loss = (p: number[]) => logLoss(test.y, p);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const rows = Object.entries({ snapshots, "independent nets": independent }).map(([name, all]) => {
      const joint = average(all);
      return {
        name,
        single: mean(all.map(loss)),
        joint: loss(joint),
        accuracy: accuracy(
          test.y,
          joint.map((p) => Number(p > 0.5)),
        ),
        spread: mean(
          test.y.map((_, i) => Math.max(...all.map((p) => p[i]!)) - Math.min(...all.map((p) => p[i]!))),
        ),
      };
    });
    lab.plot(
      figure([{ type: "line", x: range(losses.length), y: losses }], {
        x: { label: "step of the one run" },
        y: { label: "training loss" },
        alt: "The training loss jumps at each restart of the learning rate and settles before the next one.",
      }),
    );
    lab.table({
      columns: [
        "members",
        "mean log loss of one",
        "log loss of the average",
        "accuracy of the average",
        "disagreement",
      ],
      rows: rows.map((r) => [r.name, r.single, r.joint, r.accuracy, r.spread]),
    });
    for (const r of rows) {
      lab.check(`${r.name}: log loss of the average less the mean of its members`, r.joint - r.single, {
        atMost: 1e-6,
      });
      lab.check(`${r.name}: accuracy of the average`, r.accuracy, { atLeast: 0.75 });
    }
  },
});

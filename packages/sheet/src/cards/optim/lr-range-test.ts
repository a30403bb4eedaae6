import { Adam, lrRangeTest, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "optim/lr-range-test",
  title: "One run with a growing rate shows which rates train and which blow up",
  formula: String.raw`\eta_i=\eta_0\Big(\frac{\eta_1}{\eta_0}\Big)^{i/n},\qquad \text{suggestion}=\tfrac1{10}\arg\min_\eta\ \text{smoothed loss}`,
  ask: "What is a learning-rate range test, and where on its curve do you pick the starting rate?",
  answer:
    "Train once while the rate grows exponentially from tiny to huge, and draw the smoothed loss against it: flat while steps are too small, then falling, then a sudden rise. Pick from the falling part, well below the rise: about a tenth of the rate at the lowest loss. A loss that jumps up or becomes NaN says the rate is too large.",
  pitfall:
    "Typical rates belong to an optimizer and a scale: about 1e-3 for Adam, 0.1 for SGD, 2e-5 to fine-tune BERT. The lowest point of the curve is too late: there the loss is about to blow up.",
  level: "easy",
  whenNot:
    "When the best rate changes during training (long warm-ups, fine-tuning) one short test misleads: compare a few full runs. With a known recipe start from its rate.",
  followUps: [
    {
      ask: "Why smooth the loss, and what does smoothing shift?",
      answer:
        "Single batches are noisy, so the minimum of the raw curve is luck. An exponential average lags: it shows the rise some steps late, one more reason to take a tenth of the rate at the minimum.",
    },
    {
      ask: "Must the model be reset after the test?",
      answer:
        "Yes. The end of the test has usually blown up the weights and the optimizer's averages. Restore the state from before, or build the model anew with the same seed.",
    },
  ],
  derivation: String.raw`On a quadratic with largest curvature $L$ the error along that direction is multiplied by $1-\eta L$ per step. It shrinks for $\eta<2/L$ and grows above: the rise of the curve marks the stability limit.

While the rate grows by a constant factor $q=(\eta_1/\eta_0)^{1/n}$, steps above the limit first have to undo the gains from below it. So the lowest loss appears later than $2/L$ itself, and the more so the faster the sweep.

A tenth of the rate at the minimum lies a factor of a few below $2/L$: there $1-\eta L$ is well inside $(-1,1)$, and noise or a rise of $L$ in training does not lead over the edge at once.`,
  covers: ["optim/lr-range-test", "claim-a-069"],
  answers: ["q-a-208", "q-a-212", "q-b-175"],
  verifiedAgainst: [
    "the edge of stability 2/L of a quadratic",
    "runs at the suggested and at ten times the lowest rate",
  ],
  budget: "quick",
  controls: {
    curvature: slider(1, 100, 10, { label: "largest curvature L", scale: "log" }),
  },
  run(lab, { curvature: L }) {
    const h = Tensor.from([0.1 * L, 0.3 * L, L], { dtype: "f64" });
    const fresh = () => Tensor.from([3, -2, 2], { dtype: "f64", requiresGrad: true });
    const trainer = (x: Tensor, optimizer: SGD | Adam) => () => {
      optimizer.zeroGrad();
      const loss = x.square().mul(h).sum().mul(0.5);
      loss.backward();
      optimizer.step();
      return loss.item();
    };
    const test = (make: (p: Tensor[]) => SGD | Adam) => {
      const x = fresh();
      const optimizer = make([x]);
      return lrRangeTest(optimizer, trainer(x, optimizer), {
        from: 1e-5 / L,
        to: 100,
        steps: 80,
        smoothing: 0.5,
      });
    };
    const sgd = test((p) => new SGD(p, { lr: 1 }));
    const adam = test((p) => new Adam(p));
    lab.plot(
      figure(
        [
          { type: "line", name: "SGD", x: sgd.rates, y: sgd.smoothed },
          { type: "line", name: "Adam", x: adam.rates, y: adam.smoothed },
          { type: "rule", x: sgd.suggestion, label: "suggested for SGD" },
          { type: "rule", x: 2 / L, label: "2/L" },
        ],
        {
          x: { label: "learning rate", scale: "log" },
          y: { label: "smoothed loss", scale: "log" },
          alt: "The smoothed loss is flat at tiny rates, falls, and rises steeply where the rate passes two over the largest curvature.",
        },
      ),
    );
    lab.check("SGD: rate at the lowest loss, in units of 2/L", sgd.lowest / (2 / L), { between: [0.5, 6] });
    lab.check("SGD: suggestion, in units of 2/L", sgd.suggestion / (2 / L), { below: 1 });
    const after = (lr: number) => {
      const x = fresh();
      const optimizer = new SGD([x], { lr });
      const step = trainer(x, optimizer);
      const first = step();
      for (let t = 0; t < 15; t++) step();
      return step() / first;
    };
    lab.check("loss after 16 steps at the suggestion, share of the first", after(sgd.suggestion), {
      below: 0.5,
    });
    lab.check("at ten times the rate of the lowest loss", after(10 * sgd.lowest), { above: 1e6 });
    lab.check("far too small, at a thousandth of the suggestion", after(sgd.suggestion / 1000), {
      above: 0.9,
    });

    // The typical rate depends on the optimizer: rescale the loss and SGD's moves, Adam's does not.
    lab.check("suggested rates: Adam's over SGD's, in units of L", adam.suggestion / (sgd.suggestion * L), {
      between: [0.02, 10],
    });
    const doubled = (make: (p: Tensor[]) => SGD | Adam) => {
      const x = fresh();
      const optimizer = make([x]);
      const first = x.data().slice();
      x.square().mul(h).sum().mul(50).backward();
      optimizer.step();
      return Math.abs(first[0]! - x.data()[0]!);
    };
    lab.check(
      "a loss 100 times larger: Adam's step",
      doubled((p) => new Adam(p, { lr: 1e-3 })),
      {
        equals: 1e-3,
        relative: 1e-4,
      },
    );
    lab.check(
      "SGD's step",
      doubled((p) => new SGD(p, { lr: 1e-3 })),
      { equals: 1e-3 * 100 * 0.1 * L * 3, relative: 1e-9 },
    );
  },
});

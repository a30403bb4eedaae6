import { constant, cosine, cosineRestarts, curve, type Schedule, Scheduler, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/cosine-annealing",
  title: "Cosine annealing: long at the top, long at the bottom, and less noise at the end",
  formula: String.raw`\eta_t=\eta_{\min}+\tfrac12(\eta_0-\eta_{\min})\Big(1+\cos\frac{\pi t}{T}\Big)`,
  ask: "How does cosine annealing move the learning rate, and why change it during training at all?",
  answer:
    "Half a cosine from the base rate to (almost) zero: it stays high at first, falls fastest in the middle, and ends flat. With noisy gradients a constant rate leaves the weights hovering at a distance set by the rate; annealing shrinks that noise, so the last weights are better.",
  pitfall:
    "T must be the length of the run: stop early and the noise has not gone; run on, and the rate stays at its minimum (PyTorch's CosineAnnealingLR even climbs again). Without gradient noise a constant rate is as good or better.",
  level: "easy",
  whenNot:
    "When the length of the run is unknown: warm-up-stable-decay can end at any time, and a plateau rule needs no end. With exact gradients (no noise) a constant rate is as good.",
  followUps: [
    {
      ask: "What do warm restarts add?",
      answer:
        "The rate jumps back to the top after each cycle, and cycles may lengthen. Each end of a cycle is a settled model (snapshots for an ensemble), but a restart spoils the loss for a while.",
    },
    {
      ask: "The run is stopped at 80 % of T: what is lost?",
      answer: String.raw`The rate is still $\tfrac12(1+\cos0.8\pi)\approx0.095$ of its top, so some gradient noise is left in the weights. Set T to the true length, or decay quickly before stopping.`,
    },
  ],
  derivation: String.raw`Take $L=\tfrac12x^2$ with noisy gradients $x+\xi$, $\operatorname{Var}\xi=s^2$. A step gives $x\leftarrow(1-\eta)x-\eta\xi$, so the variance follows $V\leftarrow(1-\eta)^2V+\eta^2s^2$.

At a constant rate it settles where both sides agree: $V=\eta^2s^2/(1-(1-\eta)^2)=\eta s^2/(2-\eta)$. The floor of the loss is proportional to the rate.

If $\eta$ falls slowly, $V$ follows its moving floor down. The cosine gives most steps to the top, where the start is forgotten, and to the bottom, where noise is averaged away, and few to the middle.

Without noise ($s=0$) there is no floor: a small rate only makes $(1-\eta)^2$ larger, and the constant rate wins.`,
  covers: ["optim/cosine-annealing", "claim-a-074"],
  answers: ["q-a-202", "q-a-526", "q-b-152"],
  verifiedAgainst: ["torch.optim.lr_scheduler 1.13 (CosineAnnealingLR, WarmRestarts), 1e-12"],
  budget: "quick",
  controls: {
    steps: slider(50, 100, 100, { label: "T" }),
    noise: slider(0.2, 2, 1, { label: "gradient noise", step: 0.1 }),
  },
  run(lab, { steps, noise }) {
    const schedule = cosine({ steps });
    const restarts = cosineRestarts({ first: Math.round(steps / 7), factor: 2 });
    lab.plot(
      lines(
        {
          step: range(steps + 1),
          cosine: curve(schedule, steps + 1),
          "with warm-up": curve(cosine({ steps: steps - 10, warmup: 10 }), steps + 1),
          "warm restarts": curve(restarts, steps + 1),
        },
        {
          y: { label: "share of the base rate" },
          alt: "Half a cosine from one to zero; with warm-up; and in cycles.",
        },
      ),
    );
    lab.check("halfway", schedule(steps / 2, 1), { equals: 0.5, within: 1e-12 });
    lab.check("at T", schedule(steps, 1), { equals: 0, within: 1e-12 });
    const worst = Math.max(
      ...range(steps).map((t) => Math.abs(schedule(t, 0.1) - 0.05 * (1 + Math.cos((Math.PI * t) / steps)))),
    );
    lab.check("distance from 0.5 η₀ (1 + cos(π t / T))", worst, { atMost: 1e-15 });

    // 300 independent runs at once on 1/2 x² with noisy gradients.
    const runs = 300;
    const random = lab.random();
    const draws = range(steps).map(() => Float64Array.from({ length: runs }, () => noise * random.normal()));
    const losses = (make: Schedule, noisy: boolean) => {
      const x = Tensor.from(new Float64Array(runs).fill(5), { requiresGrad: true });
      const optimizer = new SGD([x], { lr: 0.5 });
      const scheduler = new Scheduler(optimizer, make);
      return draws.map((draw) => {
        optimizer.zeroGrad();
        const loss = x.square().mul(0.5).sum();
        (noisy ? loss.add(x.mul(Tensor.from(draw)).sum()) : loss).backward();
        optimizer.step();
        scheduler.step();
        return [...x.data()].reduce((a, v) => a + v * v, 0) / (2 * runs);
      });
    };
    const flat = losses(constant(), true);
    const annealed = losses(schedule, true);
    lab.plot(
      lines(
        { step: range(steps), "constant rate": flat, cosine: annealed },
        {
          title: "Mean loss of 300 noisy runs",
          y: { scale: "log", label: "loss" },
          alt: "With a constant rate the loss settles at a floor; with the cosine it keeps falling to the end.",
        },
      ),
    );
    // Stationary variance of x ← (1 − η) x − η n is η² s² / (1 − (1 − η)²).
    const floor = (0.25 * noise ** 2) / (1 - 0.25) / 2;
    lab.check(
      "constant rate: floor of the loss",
      flat.slice(-20).reduce((a, v) => a + v / 20, 0),
      {
        equals: floor,
        relative: 0.1,
      },
    );
    lab.check("last loss: cosine over constant", annealed.at(-1)! / flat.at(-1)!, { below: 0.3 });
    lab.check("without noise the constant rate wins", losses(constant(), false).at(-1)!, {
      atMost: losses(schedule, false).at(-1)!,
    });
  },
});

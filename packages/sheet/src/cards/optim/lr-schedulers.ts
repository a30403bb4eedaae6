import {
  curve,
  linear,
  oneCycle,
  oneCycleMomentum,
  ReduceOnPlateau,
  type Schedule,
  Scheduler,
  SGD,
  stepDecay,
  warmupStableDecay,
} from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/lr-schedulers",
  title: "Five schedules, one interface: the rate of step t from t and the base rate",
  formula: String.raw`\text{step: } \eta\gamma^{\lfloor t/s\rfloor}\qquad \text{plateau: } \eta\leftarrow\eta\gamma \text{ after } p \text{ bad epochs}\qquad \text{WSD: } \nearrow\,\rule{1em}{.4pt}\,\searrow`,
  ask: "Compare step, plateau, one-cycle, warm-up-stable-decay and linear schedules. What does the choice change?",
  answer:
    "All spend early steps at a high rate to travel and late ones at a low rate to settle. Step drops by γ at fixed times; plateau drops when the metric stalls; one-cycle rises and falls once, momentum mirrored; WSD holds the top and can be cut short at any time; linear falls evenly. The final loss depends on how the noise is annealed at the end.",
  pitfall:
    "Step the scheduler after the optimizer, once per step or once per epoch as its T counts. Plateau watches the validation metric; too little patience lets noise trigger it.",
  level: "easy",
  whenNot:
    "With exact gradients on a small convex problem a constant rate or line search is better. Plateau is wrong when the validation metric is noisy or missing; fixed-length schedules are wrong when the run may be extended.",
  followUps: [
    {
      ask: "Which schedule allows training to be continued later?",
      answer:
        "Warm-up-stable-decay: the long middle has a constant rate, and a short decay can be branched off at any checkpoint. A cosine has to be planned again for the new length.",
    },
    {
      ask: "Why does one-cycle lower momentum while the rate is high?",
      answer:
        "The effective step is about η/(1−β). Lowering β at the peak keeps it in bounds, and raising it later lets slow directions gather speed.",
    },
  ],
  derivation: String.raw`With gradient noise of variance $s^2$ the loss near a minimum has a floor of about $\eta s^2/4$ per direction: proportional to the rate. A schedule is a way to lower $\eta$ without losing the distance that high rates cover.

Forgetting the start along a curvature $h$ needs $\sum_t\eta_th\gg1$; a small final noise needs small last $\eta_t$. Both together ask for high rates first and a fall at the end. Robbins and Monro state it for infinite runs as $\sum\eta_t=\infty$, $\sum\eta_t^2<\infty$.

A step schedule with factor $\gamma$ every $s$ steps has $\eta_t=\eta\gamma^{\lfloor t/s\rfloor}$; WSD keeps $\eta$ and falls in the last part only. They differ in when the noise is annealed, and little in where a long run ends if all reach low rates.`,
  covers: ["optim/lr-schedulers"],
  answers: ["q-b-149", "q-b-151"],
  verifiedAgainst: ["torch.optim.lr_scheduler 1.13 (StepLR, ReduceLROnPlateau, OneCycleLR, LinearLR), 1e-12"],
  budget: "quick",
  controls: {
    steps: slider(30, 120, 60, { label: "steps" }),
    patience: slider(1, 8, 5, { label: "patience of the plateau rule" }),
  },
  run(lab, { steps, patience }) {
    const third = Math.round(steps / 3);
    const schedules: Record<string, Schedule> = {
      "step (10, 0.1)": stepDecay({ every: 10, gamma: 0.1 }),
      "one cycle": oneCycle({ steps }),
      "warm-up, stable, decay": warmupStableDecay({ warmup: 5, stable: steps - third - 5, decay: third }),
      linear: linear({ steps }),
    };
    lab.plot(
      lines(
        {
          step: range(steps),
          ...Object.fromEntries(Object.entries(schedules).map(([name, s]) => [name, curve(s, steps)])),
        },
        { y: { label: "share of the base rate" }, alt: "Four learning-rate schedules over one run." },
      ),
    );
    lab.check("step: after 25 steps", schedules["step (10, 0.1)"]!(25, 1), { equals: 0.01, relative: 1e-12 });
    const cycle = curve(schedules["one cycle"]!, steps);
    const momentum = curve(oneCycleMomentum({ steps }), steps);
    lab.check("one cycle: starts at", cycle[0]!, { equals: 1 / 25, within: 1e-12 });
    lab.check(
      "one cycle: the highest rate has the lowest momentum",
      momentum[cycle.indexOf(Math.max(...cycle))]!,
      {
        equals: Math.min(...momentum),
      },
    );
    const wsd = curve(schedules["warm-up, stable, decay"]!, steps + 1);
    lab.check("WSD: share of steps at the full rate", wsd.filter((v) => v === 1).length, {
      equals: steps - third - 5 + 1,
    });
    lab.check("linear: halfway", schedules.linear!(steps / 2, 1), { equals: 0.5, within: 1e-12 });

    // The printed curve is what an optimizer is given.
    const p = Tensor.from(0, { requiresGrad: true });
    let worst = 0;
    for (const schedule of Object.values(schedules)) {
      const optimizer = new SGD([p], { lr: 0.4 });
      const scheduler = new Scheduler(optimizer, schedule);
      for (const rate of scheduler.curve(steps)) {
        worst = Math.max(worst, Math.abs(optimizer.lr - rate));
        scheduler.step();
      }
    }
    lab.check("largest distance between the curve and the rates applied", worst, { equals: 0 });

    // Plateau: a loss that stops falling after ten epochs.
    const optimizer = new SGD([p], { lr: 1 });
    const plateau = new ReduceOnPlateau(optimizer, { factor: 0.5, patience });
    const metric = range(steps).map((t) => 1 + Math.max(0, 10 - t) / 10);
    const rates = metric.map((m) => {
      plateau.step(m);
      return plateau.lr;
    });
    lab.plot(
      lines(
        { epoch: range(steps), metric, rate: rates },
        {
          title: "Reduce on plateau",
          alt: "The metric stalls at epoch ten; the rate halves each time patience runs out.",
        },
      ),
    );
    lab.check("plateau: first halving at epoch", rates.indexOf(0.5), { equals: 10 + patience + 1 });
    lab.check("plateau: epochs to the next", rates.indexOf(0.25) - rates.indexOf(0.5), {
      equals: patience + 1,
    });
  },
});

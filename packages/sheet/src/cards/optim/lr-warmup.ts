import { Adam, cosine, curve, least, linear, linearWarmup, Scheduler } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/lr-warmup",
  title: "Warm-up: small steps while Adam's second moment is still a guess",
  formula: String.raw`\eta_t=\min\!\Big(\eta,\ \frac{t}{T_w}\,\eta\Big)`,
  ask: "How does learning-rate warm-up work, and why do Adam-type optimisers profit from it?",
  answer:
    "The rate climbs from 0 to its base value in a straight line over the first steps (500 in the BERT example), then a schedule takes over. In the first steps Adam divides by an average of very few squared gradients: its steps are all of size η, however uncertain their direction. Warm-up keeps them short until the averages mean something.",
  pitfall:
    "This is one accepted reason, not the only one: warm-up also helps momentum SGD at large batches, by letting training leave a sharp start before the rate is high.",
  level: "easy",
  whenNot:
    "For plain SGD at small batches or convex losses it only wastes the first steps. RAdam, or layers with better initial scale (pre-norm), need less of it.",
  followUps: [
    {
      ask: "How long should the warm-up be?",
      answer: String.raw`A common guide for Adam is about $2/(1-\beta_2)$ steps: 2000 at 0.999, 40 at 0.95. Large models use 1 to 5 % of the run. Check that the gradient norm has settled by then.`,
    },
    {
      ask: "Pre-norm transformers often train without warm-up: why?",
      answer:
        "Their residual path carries gradients of even size to all layers at the start; post-norm has large gradients near the output, where the first full-length steps do harm.",
    },
  ],
  derivation: String.raw`After one step $\hat m_1=g_1$ and $\hat v_1=g_1^2$, so $\hat m/\sqrt{\hat v}=\pm1$ exactly: full length, even if the gradient is pure noise.

Let gradients be independent noise of mean 0 and size $s$. Late, $m=(1-\beta_1)\sum_{k\ge0}\beta_1^kg_{t-k}$ has variance $(1-\beta_1)^2s^2\sum_k\beta_1^{2k}=\frac{1-\beta_1}{1+\beta_1}s^2$, and $\hat v\approx s^2$. So a step has size $\sqrt{(1-\beta_1)/(1+\beta_1)}\,\eta\approx0.23\,\eta$ at $\beta_1=0.9$: noise cancels in $m$ once several gradients are in it.

The divisor is uncertain for longer: after $t\ll1/(1-\beta_2)$ steps $\hat v$ is about a plain mean of $t$ squares. For normal gradients its relative deviation is $\sqrt{2/t}$: 141 % at the first, 14 % at the hundredth. Coordinates whose first gradients happened to be small get steps that are too long; a rate $\frac t{T_w}\eta$ keeps all of them short until both averages are settled.`,
  covers: ["optim/lr-warmup", "claim-a-073", "claim-b-149"],
  answers: ["q-a-496", "q-b-150"],
  verifiedAgainst: [
    "torch.optim.lr_scheduler 1.13 (LinearLR, SequentialLR), 1e-12",
    "closed form min(η, t/T η)",
  ],
  budget: "quick",
  controls: {
    warmup: slider(5, 60, 30, { label: "warm-up steps" }),
  },
  run(lab, { warmup }) {
    const n = 120;
    const base = 2e-5;
    const plain = linearWarmup({ steps: warmup });
    const withCosine = cosine({ steps: n - warmup, warmup });
    const withLinear = least(plain, linear({ steps: n }));
    lab.plot(
      lines(
        {
          step: range(n),
          "warm-up": curve(plain, n, base),
          "then cosine": curve(withCosine, n, base),
          "then linear": curve(withLinear, n, base),
        },
        {
          y: { label: "learning rate" },
          alt: "The learning rate climbs from zero in a straight line, then stays, or falls along a cosine or a line.",
        },
      ),
    );
    const p = Tensor.from(0, { requiresGrad: true });
    const optimizer = new Adam([p], { lr: base });
    const scheduler = new Scheduler(optimizer, linearWarmup({ steps: 500 }));
    let worst = 0;
    for (let t = 0; t < 1000; t++) {
      worst = Math.max(worst, Math.abs(optimizer.lr - Math.min(base, (t / 500) * base)));
      scheduler.step();
    }
    lab.check("warm-up 500: distance from min(η, t/500 η) over 1000 steps", worst / base, { atMost: 1e-12 });
    lab.check("rate of the first step", curve(plain, 1, base)[0]!, { equals: 0 });
    lab.check("warm-up then cosine ends at", withCosine(n, base) / base, { equals: 0, within: 1e-12 });

    // Pure noise: how far do 60 independent parameters stray under Adam with and without warm-up?
    const steps = 60;
    const random = lab.random();
    const noise = range(steps).map(() =>
      Tensor.from(Float64Array.from({ length: 200 }, () => random.normal())),
    );
    const stray = (warm: boolean) => {
      const x = Tensor.from(new Float64Array(200), { requiresGrad: true });
      const adam = new Adam([x], { lr: 1 });
      const control = warm ? new Scheduler(adam, plain) : undefined;
      return noise.map((g) => {
        adam.zeroGrad();
        x.mul(g).sum().backward();
        adam.step();
        control?.step();
        return Math.sqrt([...x.data()].reduce((a, v) => a + v * v, 0) / 200);
      });
    };
    const [cold, warm] = [stray(false), stray(true)];
    lab.plot(
      lines(
        { step: range(steps).map((t) => t + 1), "no warm-up": cold, "with warm-up": warm },
        {
          title: "How far Adam strays on gradients that are pure noise",
          y: { label: "root mean square, in learning rates" },
          alt: "Without warm-up Adam strays by a full learning rate in the first step although the gradients are pure noise; with warm-up it barely moves at first.",
        },
      ),
    );
    lab.check("first step on pure noise, in learning rates", cold[0]!, { equals: 1, within: 1e-6 });
    lab.check("strayed after five steps: without over with warm-up", cold[4]! / warm[4]!, { above: 1.5 });
    const late = Math.sqrt((1 - 0.9) / (1 + 0.9));
    const step = (path: number[], t: number) => Math.sqrt(Math.max(0, path[t]! ** 2 - path[t - 1]! ** 2));
    lab.note(
      `A late step on noise has length about ${late.toFixed(2)}; here step 1 has ${step([0, ...cold], 1).toFixed(2)}.`,
    );
  },
});

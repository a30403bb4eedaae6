import { Adam, RMSprop, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

/** Moves of a parameter under a constant gradient, in units of the rate. */
function moves(gradient: number, steps: number, options: ConstructorParameters<typeof Adam>[1]): number[] {
  const x = Tensor.from(0, { dtype: "f64", requiresGrad: true });
  const optimizer = new Adam([x], { ...options, lr: 1 });
  let before = 0;
  return range(steps).map(() => {
    optimizer.zeroGrad();
    x.mul(gradient).backward();
    optimizer.step();
    const now = x.item();
    const move = before - now;
    before = now;
    return move;
  });
}

export default card({
  id: "optim/adam",
  title: "Adam without its correction starts with steps that are too long, not too short",
  formula: String.raw`\hat m_t=\frac{m_t}{1-\beta_1^t},\quad \hat v_t=\frac{v_t}{1-\beta_2^t},\quad \theta_{t+1}=\theta_t-\eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}`,
  ask: "What are Adam's update equations, and what goes wrong in the first steps without bias correction?",
  answer:
    "Adam averages the gradient (β₁ 0.9) and its square (β₂ 0.999) and steps along m̂/(√v̂+ε). Both averages start at zero. After one step m is 10 % of the gradient but √v only 3.2 % of its size, so the uncorrected step is 0.1/√0.001 = 3.16 times too long; the excess peaks above 6 and is still 3.2 at step 100.",
  pitfall:
    "With ε = 1e-8 inside the root it acts as a floor of 1e-4 on the gradient: a constant gradient of 1e-6 then moves a hundred times less than outside it.",
  level: "medium",
  whenNot:
    "When memory is tight (two extra numbers per weight) or a tuned SGD with momentum generalises better, as often on image nets. With weight decay take AdamW; on small smooth problems L-BFGS is faster.",
  followUps: [
    {
      ask: "Why does the uncorrected excess grow between steps 1 and 10?",
      answer: String.raw`The excess is $(1-\beta_1^t)/\sqrt{1-\beta_2^t}$. The numerator reaches 0.65 by step 10, the root only 0.1, because β₂ averages a hundred times longer. Later the numerator stands still and the root catches up.`,
    },
    {
      ask: "How does Adam react when all gradients are ten times larger?",
      answer:
        "Hardly at all: m̂ and √v̂ both grow tenfold and the step stays, as long as ε is small against √v̂. So scaling the loss does not replace changing the learning rate.",
    },
  ],
  derivation: String.raw`Unrolled from $m_0=0$, the average is $m_t=(1-\beta_1)\sum_{i=1}^t\beta_1^{t-i}g_i$. Its weights add up to $(1-\beta_1)\frac{1-\beta_1^t}{1-\beta_1}=1-\beta_1^t$, not to 1. If all $g_i$ have the same mean, $\mathbb E[m_t]=(1-\beta_1^t)\,\mathbb E[g]$, and dividing by $1-\beta_1^t$ removes the bias; for $v_t$ and $g^2$ the same with $\beta_2$.

Under a constant gradient $g$ the averages are exactly $m_t=(1-\beta_1^t)g$ and $v_t=(1-\beta_2^t)g^2$. Uncorrected, the step is $\eta(1-\beta_1^t)/\sqrt{1-\beta_2^t}$ whatever the size of $g$; corrected, it is $\eta$. At $t=1$ the ratio is $0.1/\sqrt{0.001}=3.16$; it peaks at $6.57$ at $t=12$ and tends to 1 as $\beta_2^t\to0$, after some thousand steps.

The two ideas can be taken apart: with $\beta_1=0$ and no correction Adam is RMSprop, and its numerator is the velocity of momentum SGD times $1-\beta_1$.`,
  errata: [
    {
      claim: "claim-a-063",
      claimed: "Adam is m/(√v+ε) with the plain averages.",
      truth:
        "That lacks the bias correction: the first step is 3.16 times the learning rate instead of the learning rate.",
    },
    {
      claim: "claim-a-064",
      claimed: "Adam divides by √(v̂+ε) with ε = 1e-8.",
      truth: "The paper divides by √v̂+ε; inside the root ε = 1e-8 shrinks the step for gradients below 1e-4.",
    },
    {
      claim: "claim-b-266",
      claimed: "Without bias correction Adam's early steps are too small.",
      truth: "They are too large: 3.16 times at step 1, 6.5 times at step 10, 3.2 times at step 100.",
    },
  ],
  covers: [
    "optim/adam",
    "claim-a-063",
    "claim-a-064",
    "claim-a-066",
    "claim-a-067",
    "claim-b-091",
    "claim-b-266",
  ],
  answers: ["q-a-016", "q-a-222", "q-a-324", "q-b-084"],
  verifiedAgainst: ["torch.optim.Adam 1.13, paths to 1e-12", "closed form under a constant gradient"],
  budget: "quick",
  controls: {
    beta1: slider(0, 0.98, 0.9, { label: "β₁", step: 0.02 }),
    beta2: slider(0.9, 0.999, 0.999, { label: "β₂", step: 0.001 }),
  },
  run(lab, { beta1, beta2 }) {
    const betas = [beta1, beta2] as const;
    const n = 100;
    const corrected = moves(3, n, { betas });
    const raw = moves(3, n, { betas, biasCorrection: false });
    lab.plot(
      lines(
        { step: range(n).map((t) => t + 1), "with correction": corrected, "without correction": raw },
        {
          title: "Length of each step under a constant gradient, in learning rates",
          alt: "With bias correction every step has length one; without it the first steps are several times longer.",
        },
      ),
    );
    const law = (t: number) => (1 - beta1 ** t) / Math.sqrt(1 - beta2 ** t);
    for (const t of [1, 10, 100]) {
      lab.check(`uncorrected step ${t}`, raw[t - 1]!, { equals: law(t), relative: 1e-6 });
    }
    lab.check("corrected: longest step", Math.max(...corrected), { equals: 1, within: 1e-6 });

    const defaults = new Adam([Tensor.from(0, { requiresGrad: true })]).groups[0]!.options;
    lab.check("defaults β₁, β₂, ε", `${defaults.betas[0]}, ${defaults.betas[1]}, ${defaults.eps}`, {
      equals: "0.9, 0.999, 1e-8",
    });
    const usual = moves(3, n, { biasCorrection: false });
    lab.table({
      columns: ["step", "too long by"],
      rows: [1, 3, 10, 30, 100].map((t) => [t, usual[t - 1]!]),
      caption: "Without correction, at β₁ = 0.9 and β₂ = 0.999.",
    });
    lab.check("at the usual rates the first uncorrected step", usual[0]!, { equals: 3.162, within: 1e-3 });
    lab.check("the tenth", usual[9]!, { equals: 6.53, within: 0.01 });
    lab.check("the hundredth", usual[99]!, { equals: 3.24, within: 0.01 });

    lab.check("gradient 1e-6: step with ε outside the root", moves(1e-6, 1, {})[0]!, {
      equals: 0.99,
      within: 1e-3,
    });
    lab.check("gradient 1e-6: step with ε inside the root", moves(1e-6, 1, { epsInsideRoot: true })[0]!, {
      equals: 0.01,
      within: 1e-4,
    });

    // Adam = momentum + RMSprop: each part alone, on random gradients.
    const random = lab.random();
    const gradients = range(20).map(() => random.normal());
    const start = () => Tensor.from(0, { dtype: "f64", requiresGrad: true });
    const [a, r, m, v] = [start(), start(), start(), start()];
    const adam = new Adam([a], { betas: [0, 0.99], biasCorrection: false, lr: 0.01 });
    const rmsprop = new RMSprop([r], { alpha: 0.99, lr: 0.01 });
    const full = new Adam([m], { betas: [0.9, 0.99] });
    const momentum = new SGD([v], { momentum: 0.9 });
    for (const g of gradients) {
      for (const [x, optimizer] of [
        [a, adam],
        [r, rmsprop],
        [m, full],
        [v, momentum],
      ] as const) {
        optimizer.zeroGrad();
        x.mul(g).backward();
        optimizer.step();
      }
    }
    lab.check("β₁ = 0: distance from RMSprop after 20 steps", Math.abs(a.item() - r.item()), {
      atMost: 1e-12,
    });
    const average = full.stateDict().params[0]!.values.m!.data[0]!;
    const velocity = momentum.stateDict().params[0]!.values.velocity!.data[0]!;
    lab.check("average gradient, in units of 0.1 times momentum's velocity", average / (0.1 * velocity), {
      equals: 1,
      within: 1e-9,
    });
  },
});

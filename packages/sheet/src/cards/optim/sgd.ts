import { type Schedule, Scheduler, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/sgd",
  title: "SGD: cheap steps, noise ∝ 1/B, and a sublinear rate",
  formula: String.raw`\theta\leftarrow\theta-\eta\,\frac1B\sum_{i\in\mathcal B}\nabla\ell_i(\theta),\qquad \operatorname{Var}\propto\frac1B,\qquad \mathbb E\lVert\theta_t-\theta^\star\rVert^2=O(1/t)`,
  ask: "Compare full-batch, single-sample and mini-batch gradient descent: cost per step, noise, and rate.",
  answer:
    "A step on B rows costs B gradients; its variance falls as 1/B. One row is cheapest but noisiest and wastes vector hardware, the full batch is exact and slow; 32 to 256 rows are the usual compromise. With a constant rate SGD hovers at a floor ∝ η/B; with rates ∝ 1/t the squared error falls as 1/t on strongly convex losses, not exponentially.",
  pitfall:
    "An epoch is one pass over all rows: n/B steps. Comparing batch sizes per step flatters large ones, per epoch small ones.",
  level: "easy",
  whenNot:
    "When all data fit and a pass is cheap, L-BFGS or a direct solver gives more digits. Badly scaled or sparse gradients call for Adam.",
  followUps: [
    {
      ask: "Why sample without replacement in each epoch?",
      answer:
        "Every row is used once, so the errors of a pass partly cancel; in practice, and provably in many convex cases, reshuffling converges faster than independent draws.",
    },
    {
      ask: "How does averaging the iterates help?",
      answer:
        "Polyak–Ruppert averaging reaches the best 1/t error with larger, slowly falling rates: the noise averages out over the path instead of being annealed by the rate.",
    },
  ],
  derivation: String.raw`Rows drawn independently: the mean of $B$ gradients of variance $s^2$ has variance $s^2/B$.

On $\tfrac12x^2$ the noisy gradient is $x+\xi$ with $\operatorname{Var}\xi=s^2/B$, so a step is $x\leftarrow(1-\eta)x-\eta\xi$ and the squared error obeys $V\leftarrow(1-\eta)^2V+\eta^2s^2/B$. Without noise it falls exponentially. With noise it settles where both sides agree: $V=\frac{\eta^2s^2/B}{1-(1-\eta)^2}\approx\frac{\eta s^2}{2B}$, a floor $\propto\eta/B$.

With $\eta_t=1/t$ multiply the step by $t$: $t\,x_t=(t-1)\,x_{t-1}-\xi_t$. So $t\,x_t=-\sum_{i\le t}\xi_i$: the iterate is a mean of $t$ noises, with squared error $\frac{s^2}{tB}$ exactly. No rate does better on this problem in the order of $t$: $tB$ rows have been seen, and a mean over $tB$ rows has that variance.`,
  errata: [
    {
      claim: "claim-a-076",
      claimed: "SGD converges linearly.",
      truth:
        "Linear convergence belongs to full-batch gradient descent on strongly convex losses. SGD is sublinear, about 1/t in the squared error, or linear only down to a noise floor.",
    },
  ],
  covers: ["optim/sgd", "claim-a-071", "claim-a-076"],
  answers: ["q-a-226", "q-a-227", "q-a-266", "q-a-267", "q-a-268", "q-b-037", "q-b-377"],
  verifiedAgainst: ["closed form of the stationary variance and of 1/t averaging", "torch.optim.SGD 1.13"],
  budget: "quick",
  controls: {
    batch: slider(1, 32, 4, { label: "batch size B" }),
    rate: slider(0.05, 1, 0.3, { label: "constant rate η", step: 0.05 }),
  },
  run(lab, { batch, rate }) {
    // Fit a mean: loss of row i is 1/2 (x - d_i)². 512 rows; 400 independent runs at once.
    const n = 512;
    const runs = 400;
    const steps = 120;
    const random = lab.random();
    const raw = Float64Array.from({ length: n }, () => random.normal());
    const mean = raw.reduce((a, v) => a + v / n, 0);
    const spread = Math.sqrt(raw.reduce((a, v) => a + (v - mean) ** 2 / n, 0));
    const rows = raw.map((v) => (v - mean) / spread); // mean 0, variance 1: the minimum is 0
    const draw = (B: number) =>
      Float64Array.from({ length: runs }, () => {
        let total = 0;
        for (let i = 0; i < B; i++) total += rows[random.int(n)]!;
        return total / B;
      });
    const train = (B: number, schedule: Schedule) => {
      const x = Tensor.from(new Float64Array(runs).fill(3), { requiresGrad: true });
      const optimizer = new SGD([x], { lr: 1 });
      const scheduler = new Scheduler(optimizer, schedule);
      return range(steps).map(() => {
        const target = B === n ? new Float64Array(runs) : draw(B);
        optimizer.zeroGrad();
        x.sub(Tensor.from(target)).square().sum().mul(0.5).backward();
        optimizer.step();
        scheduler.step();
        return [...x.data()].reduce((a, v) => a + (v * v) / runs, 0);
      });
    };
    const constant = train(batch, () => rate);
    const decaying = train(batch, (t) => 1 / (t + 1));
    const full = train(n, () => rate);
    lab.plot(
      lines(
        {
          step: range(steps).map((t) => t + 1),
          "full batch, constant rate": full.map((v) => Math.max(v, 1e-18)),
          "mini-batch, constant rate": constant,
          "mini-batch, rate 1/t": decaying,
        },
        {
          x: { scale: "log", label: "step" },
          y: { scale: "log", label: "mean squared error" },
          alt: "The full batch converges exponentially; mini-batches at a constant rate stop at a floor; at rates 1/t they fall along a line of slope minus one.",
        },
      ),
    );
    lab.check("full batch: error kept per step", (full[9]! / 9) ** (1 / 20), {
      equals: 1 - rate,
      within: 1e-9,
    });
    const floor = rate ** 2 / batch / (1 - (1 - rate) ** 2);
    if (rate >= 0.1) {
      const late = constant.slice(-40).reduce((a, v) => a + v / 40, 0);
      lab.check("constant rate: floor, in units of η²/B / (1 − (1−η)²)", late / floor, {
        between: [0.8, 1.25],
      });
    }
    const slope = Math.log(decaying[99]! / decaying[9]!) / Math.log(100 / 10);
    lab.check("rate 1/t: slope of log error on log t", slope, { equals: -1, within: 0.12 });
    lab.check("rate 1/t: squared error at step 100, in units of 1/(tB)", decaying[99]! * 100 * batch, {
      between: [0.75, 1.3],
    });

    // Variance of the mini-batch gradient.
    const sizes = [1, 4, 16, 64];
    const variances = sizes.map((B) => draw(B).reduce((a, v) => a + (v * v) / runs, 0));
    lab.table({
      columns: [
        "batch",
        "variance of the gradient",
        "variance × batch",
        "gradients per step",
        "steps per epoch",
      ],
      rows: sizes.map((B, i) => [B, variances[i]!, variances[i]! * B, B, n / B]),
    });
    const powers = Math.log(variances[3]! / variances[0]!) / Math.log(64);
    lab.check("variance of the gradient ∝ B to the power", powers, { equals: -1, within: 0.1 });
  },
});

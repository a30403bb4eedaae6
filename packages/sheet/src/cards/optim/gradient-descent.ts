import { gradientDescent } from "whetstone/math";
import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/gradient-descent",
  title: "Gradient descent has rates: linear, O(1/k), and one even without convexity",
  formula: String.raw`\lVert x_k-x^\star\rVert\le\Big(\tfrac{\kappa-1}{\kappa+1}\Big)^k\lVert x_0-x^\star\rVert,\quad f(x_k)-f^\star\le\frac{\beta\lVert x_0-x^\star\rVert^2}{2k},\quad \min_{i<k}\lVert\nabla f(x_i)\rVert^2\le\frac{2\beta(f_0-f^\star)}{k}`,
  ask: "What rates does full-batch gradient descent have on strongly convex, convex and non-convex smooth losses?",
  answer:
    "β is the largest curvature, μ the smallest, κ = β/μ. Strongly convex, step 2/(μ+β): the error shrinks by (κ−1)/(κ+1) per step. Merely convex, step 1/β: the value gap is at most β‖x₀−x*‖²/2k. Non-convex: the smallest squared gradient so far is at most 2β(f₀−f*)/k. So it finds flat points, not always good ones.",
  pitfall:
    "One step costs a pass over all data. It suits small data and exact minima; deep nets use mini-batches.",
  level: "hard",
  whenNot:
    "With many rows a full pass per step is too dear: use mini-batches. With large κ use momentum or a second-order method; for small smooth problems L-BFGS.",
  followUps: [
    {
      ask: "Where does the factor 2β in the non-convex bound come from?",
      answer: String.raw`Each step of $1/\beta$ gains at least $\lVert\nabla f\rVert^2/(2\beta)$, and all gains together are at most $f_0-f^\star$. So the smallest of $k$ squared gradients is at most $2\beta(f_0-f^\star)/k$.`,
    },
    {
      ask: "Can any first-order method beat O(1/k) on smooth convex losses?",
      answer:
        "Yes: Nesterov's accelerated method reaches O(1/k²), and no method that only sees gradients does better in the worst case. Under strong convexity κ becomes √κ.",
    },
  ],
  derivation: String.raw`Smoothness means $f(y)\le f(x)+\nabla f(x)^\top(y-x)+\tfrac\beta2\lVert y-x\rVert^2$. With $y=x-\tfrac1\beta\nabla f(x)$ a step gains at least $\tfrac1{2\beta}\lVert\nabla f(x)\rVert^2$.

Not convex: the gains of $k$ steps add up to at most $f_0-f^\star$, so the smallest of the $k$ squared gradients is at most $2\beta(f_0-f^\star)/k$.

Convex: $f(x_i)\le f^\star+\nabla f(x_i)^\top(x_i-x^\star)$. With the gain, $f(x_{i+1})-f^\star\le\nabla f(x_i)^\top(x_i-x^\star)-\tfrac1{2\beta}\lVert\nabla f(x_i)\rVert^2=\tfrac\beta2\big(\lVert x_i-x^\star\rVert^2-\lVert x_{i+1}-x^\star\rVert^2\big)$. The sum telescopes, and as $f$ falls, $k\,(f(x_k)-f^\star)\le\tfrac\beta2\lVert x_0-x^\star\rVert^2$.

Strongly convex, shown for a quadratic: the error along curvature $\lambda$ is multiplied by $1-\eta\lambda$. At $\eta=\frac2{\mu+\beta}$ the two ends of $[\mu,\beta]$ give $\pm\frac{\beta-\mu}{\beta+\mu}$, so no part keeps more than $\frac{\kappa-1}{\kappa+1}$. The bound holds for all such functions (Nesterov).`,
  errata: [
    {
      claim: "claim-b-261",
      claimed: "On non-convex losses gradient descent has no rates or guarantees.",
      truth:
        "For smooth losses the smallest squared gradient so far is at most 2β(f₀−f*)/k; what is missing is a guarantee of the global minimum.",
    },
  ],
  covers: ["optim/gradient-descent", "claim-b-260", "claim-b-261"],
  answers: ["q-a-225", "q-a-284", "q-b-219", "q-b-286"],
  verifiedAgainst: ["bounds of theory at every iterate", "closed form on quadratics"],
  budget: "quick",
  controls: {
    kappa: slider(2, 200, 30, { label: "condition number κ", scale: "log" }),
    start: slider(-4, 4, 2.2, { label: "start on the non-convex loss", step: 0.1 }),
  },
  run(lab, { kappa, start }) {
    // Strongly convex, through the optimizer.
    const [mu, beta] = [1 / kappa, 1];
    const h = Tensor.from([mu, beta], { dtype: "f64" });
    const x = Tensor.from([1, 1], { dtype: "f64", requiresGrad: true });
    const optimizer = new SGD([x], { lr: 2 / (mu + beta) });
    const k = range(81);
    const distance = k.map((i) => {
      if (i > 0) {
        optimizer.zeroGrad();
        x.square().mul(h).sum().mul(0.5).backward();
        optimizer.step();
      }
      return Math.hypot(...(x.data() as Float64Array)) / Math.SQRT2;
    });
    const rate = (kappa - 1) / (kappa + 1);
    const bound = k.map((i) => (1 - mu / beta) ** i);
    lab.plot(
      lines(
        {
          k,
          "‖x − x*‖": distance.map((v) => Math.max(v, 1e-16)),
          "(1 − μ/β)^k": bound.map((v) => Math.max(v, 1e-16)),
        },
        {
          title: "Strongly convex",
          y: { scale: "log" },
          alt: "The distance to the minimum falls along a straight line on a log scale, below the looser bound.",
        },
      ),
    );
    lab.check("one step: x ← x − η g, error times", distance[1]!, { equals: rate, within: 1e-12 });
    lab.check("error kept per step", distance[20]! ** (1 / 20), { equals: rate, within: 1e-9 });
    lab.check(
      "the bound (1 − μ/β)^k holds at every step",
      distance.every((d, i) => d <= bound[i]! * (1 + 1e-9)),
      {
        equals: true,
      },
    );

    // Convex, not strongly: a Huber-like loss with a quartic bottom has no linear rate.
    const quartic = {
      value: (p: Float64Array) => p[0]! ** 4 / 4,
      gradient: (p: Float64Array) => [p[0]! ** 3],
    };
    const flat = gradientDescent(quartic, [1], {
      learningRate: 1 / 3,
      maxIterations: 400,
      history: true,
      tolerance: 0,
    }).history!;
    const gap = flat.map((p) => p.value);
    lab.plot(
      lines(
        {
          k: range(400).map((i) => i + 1),
          "f − f*": gap.slice(1),
          "β‖x₀ − x*‖²/2k": range(400).map((i) => 1.5 / (i + 1)),
        },
        {
          title: "Convex, flat at the minimum: f = x⁴/4",
          x: { scale: "log" },
          y: { scale: "log" },
          alt: "On log-log axes the value gap falls along a line below the 1/k bound: a power law, not an exponential.",
        },
      ),
    );
    lab.check(
      "convex: k (f − f*) stays below β‖x₀ − x*‖²/2",
      Math.max(...gap.slice(1).map((v, i) => v * (i + 1))),
      {
        atMost: 1.5,
      },
    );
    lab.check("not linear: error kept per step, late", flat[400]!.x[0]! / flat[399]!.x[0]!, { above: 0.99 });

    // Not convex: x²/2 + 3 sin² x, |f''| ≤ 7.
    const wavy = {
      value: (p: Float64Array) => p[0]! ** 2 / 2 + 3 * Math.sin(p[0]!) ** 2,
      gradient: (p: Float64Array) => [p[0]! + 3 * Math.sin(2 * p[0]!)],
    };
    const path = gradientDescent(wavy, [start], {
      learningRate: 1 / 7,
      maxIterations: 60,
      history: true,
      tolerance: 0,
    }).history!;
    const gradients = path.map((p) => wavy.gradient(p.x)[0]! ** 2);
    const least = gradients.map((_, i) => Math.min(...gradients.slice(0, i + 1)));
    const limit = gradients.map((_, i) => (2 * 7 * path[0]!.value) / (i + 1));
    lab.plot(
      lines(
        {
          k: range(61).map((i) => i + 1),
          "smallest ‖∇f‖² so far": least.map((v) => Math.max(v, 1e-32)),
          bound: limit,
        },
        {
          title: "Not convex: x²/2 + 3 sin² x",
          x: { scale: "log" },
          y: { scale: "log" },
          alt: "The smallest squared gradient so far stays below 2 beta (f0 − f*) / k at every step.",
        },
      ),
    );
    lab.check(
      "non-convex bound holds at every step",
      least.every((v, i) => v <= limit[i]!),
      { equals: true },
    );
    const end = path.at(-1)!.x[0]!;
    lab.note(`From ${start} it ends at ${end.toFixed(3)}; the global minimum is at 0.`);
    const stuck = gradientDescent(wavy, [3], { learningRate: 1 / 7, maxIterations: 200, tolerance: 0 });
    lab.check("but from 3 it ends away from the global minimum, at", Math.abs(stuck.x[0]!), { above: 2 });
  },
});

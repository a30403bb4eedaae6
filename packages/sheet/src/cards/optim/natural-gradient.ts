import { NaturalGradient, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/natural-gradient",
  title: "The natural gradient descends in the space of distributions",
  formula: String.raw`\Delta\theta=-\eta F^{-1}\nabla L\ =\ \arg\min_{\Delta}\ \nabla L^\top\Delta+\tfrac1{2\eta}\Delta^\top F\Delta,\qquad \mathrm{KL}(p_\theta\Vert p_{\theta+\Delta})\approx\tfrac12\Delta^\top F\Delta`,
  ask: "In which space does the natural gradient descend most steeply, and why does that matter?",
  answer:
    "In the space of the model's distributions, with the KL divergence as the length of a step. The plain gradient measures steps in parameters, so it changes with their units and names. F⁻¹∇L does not: w and u with w = eᵘ follow the same path, to first order in the step, and badly scaled inputs cost nothing.",
  pitfall:
    "F is the Fisher matrix of the model's own predictions, not the outer product of training gradients. For logistic regression F is the Hessian, and the step is Newton's.",
  level: "hard",
  whenNot:
    "For nets with many weights the exact F cannot be formed: use K-FAC, Shampoo or Adam. For least squares with fixed noise it is just Gauss–Newton: call a solver.",
  followUps: [
    {
      ask: "How does the natural gradient relate to Newton's method?",
      answer:
        "F is always positive semi-definite, and for softmax or normal outputs it is the Gauss–Newton matrix. With a canonical link and a linear model, as in logistic regression, it is the Hessian: the step is Newton's.",
    },
    {
      ask: "Why is the invariance only to first order?",
      answer:
        "The direction is the same in every parametrisation, but a finite step moves straight in the chosen coordinates. Halve the step and the distance between the two paths about halves.",
    },
  ],
  derivation: String.raw`Steepest descent asks: among steps of equal length, which lowers $L$ most? The answer depends on the length. With $\lVert\Delta\rVert^2$ it is $-\nabla L$; with $\Delta^\top F\Delta$ it is $-F^{-1}\nabla L$, by setting the gradient of $\nabla L^\top\Delta+\tfrac1{2\eta}\Delta^\top F\Delta$ to zero.

Expand $\mathrm{KL}(p_\theta\Vert p_{\theta+\Delta})$: the value and slope at $\Delta=0$ vanish, and the second derivative is $F=\mathbb E[\nabla\log p\,\nabla\log p^\top]$. So half of $\Delta^\top F\Delta$ is the KL divergence of a small step.

With $\theta=\phi(u)$ and Jacobian $J$ we have $\nabla_uL=J^\top\nabla_\theta L$ and $F_u=J^\top FJ$. Then $J\,F_u^{-1}\nabla_uL=F^{-1}\nabla_\theta L$: both coordinates give the same movement of $\theta$.`,
  covers: ["optim/natural-gradient"],
  answers: ["q-a-075"],
  verifiedAgainst: ["Fisher matrix from its definition, 1e-12", "path differences that halve with the step"],
  budget: "quick",
  controls: {
    scale: slider(1, 30, 10, { label: "scale of the second input" }),
    rate: slider(0.1, 0.5, 0.2, { label: "learning rate", step: 0.1 }),
  },
  run(lab, { scale, rate }) {
    const n = 40;
    const random = lab.random();
    const X = Float64Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? 1 : scale) * random.normal());
    const labels = Float64Array.from({ length: n }, (_, i) =>
      random.uniform() < 1 / (1 + Math.exp(-(X[2 * i]! + X[2 * i + 1]! / scale))) ? 1 : 0,
    );
    const [x, y] = [Tensor.from(X, { shape: [n, 2] }), Tensor.from(labels, { shape: [n, 1] })];
    const loss = (z: Tensor) => z.exp().log1p().sub(z.mul(y)).mean();

    // Two coordinates of one model: weights w, and u with w = exp(u).
    const coordinates = {
      w: { start: [0.3, 0.3 / scale], weights: (p: Tensor) => p },
      u: { start: [Math.log(0.3), Math.log(0.3 / scale)], weights: (p: Tensor) => p.exp() },
    };
    const path = (name: "w" | "u", natural: boolean, lr: number, steps: number) => {
      const { start, weights } = coordinates[name];
      const p = Tensor.from([...start], { dtype: "f64", requiresGrad: true });
      const outputs = () => x.matmul(weights(p).unsqueeze(1));
      const optimizer = natural
        ? new NaturalGradient([p], outputs, { lr, likelihood: "bernoulli", damping: 0 })
        : new SGD([p], { lr });
      const at = () => [...weights(p.detach()).data()] as [number, number];
      const out = [at()];
      for (let t = 0; t < steps; t++) {
        optimizer.step(() => {
          optimizer.zeroGrad();
          const value = loss(outputs());
          value.backward();
          return value;
        });
        out.push(at());
      }
      return out;
    };
    const steps = 12;
    const names = ["w", "u"] as const;
    const plainRate = rate / scale ** 2;
    for (const natural of [false, true]) {
      const [a, b] = names.map((name) => path(name, natural, natural ? rate : plainRate, steps)) as [
        [number, number][],
        [number, number][],
      ];
      lab.plot(
        lines(
          {
            step: range(steps + 1),
            "first weight, through w": a.map((p) => p[0]),
            "first weight, through u = ln w": b.map((p) => p[0]),
            "second, times its scale, through w": a.map((p) => p[1] * scale),
            "second, times its scale, through u": b.map((p) => p[1] * scale),
          },
          {
            title: natural ? "Natural gradient" : "Plain gradient",
            alt: natural
              ? "Under the natural gradient both coordinates give nearly the same path for both weights."
              : "Under the plain gradient the two coordinates give different paths, and the first weight hardly moves.",
          },
        ),
      );
    }
    // The same time along the flow, at a step and at half of it.
    const apart = (lr: number) => {
      const [a, b] = names.map((name) => path(name, true, lr, Math.round(0.4 / lr)).at(-1)!);
      return Math.hypot(a![0] - b![0], (a![1] - b![1]) * scale);
    };
    const [coarse, fine] = [apart(0.1), apart(0.05)];
    lab.check("natural gradient: half the step, distance between the paths times", fine / coarse, {
      between: [0.4, 0.6],
    });
    const plain = names.map((name) => path(name, false, plainRate, steps).at(-1)!);
    const moved = (p: number[]) => Math.abs(p[0]! - 0.3);
    lab.check(
      "plain gradient: first weight's way through w over through u",
      moved(plain[0]!) / moved(plain[1]!),
      {
        above: 2,
      },
    );

    // Newton's speed: gradient norm after eight full steps.
    const p = Tensor.from([0, 0], { dtype: "f64", requiresGrad: true });
    const outputs = () => x.matmul(p.unsqueeze(1));
    const optimizer = new NaturalGradient([p], outputs, { likelihood: "bernoulli", damping: 0 });
    for (let t = 0; t < 8; t++) {
      optimizer.step(() => {
        optimizer.zeroGrad();
        const value = loss(outputs());
        value.backward();
        return value;
      });
    }
    p.grad = null;
    loss(outputs()).backward();
    lab.check(
      "logistic regression: gradient after eight steps of rate 1",
      Math.hypot(...(p.grad!.data() as Float64Array)),
      {
        atMost: 1e-9,
      },
    );

    // KL of a step against its quadratic form.
    const before = outputs().sigmoid().data();
    const d = [0.02, -0.015 / scale];
    const v = Float64Array.from(d);
    const Fv = optimizer.fisherProduct()(v);
    p.assign(p.detach().add(Tensor.from(v)));
    const after = outputs().sigmoid().data();
    const kl = [...before].reduce((s, q, i) => {
      const r = after[i]!;
      return s + (q * Math.log(q / r) + (1 - q) * Math.log((1 - q) / (1 - r))) / n;
    }, 0);
    lab.check("KL of a small step, over ½ Δᵀ F Δ", kl / (0.5 * (v[0]! * Fv[0]! + v[1]! * Fv[1]!)), {
      equals: 1,
      within: 0.03,
    });
  },
});

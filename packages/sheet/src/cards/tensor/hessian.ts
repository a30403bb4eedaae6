import { conjugateGradient, eighvals, numericalHessian, solve } from "whetstone/math";
import { grad, hessian, hvp, Tensor } from "whetstone/tensor";
import { card, field, figure, range, slider } from "../../index.ts";

export default card({
  id: "tensor/hessian",
  title: "Hessian times a vector costs two gradients, and never the Hessian",
  formula: String.raw`Hv=\nabla_x\big(\nabla f(x)^\top v\big)\quad\text{in } O(\text{cost of }\nabla f),\qquad H\ \text{needs } n \text{ of them}`,
  ask: "How do you use curvature without forming the Hessian?",
  answer:
    "Differentiate the product of the gradient with a fixed vector: Hv, at the cost of about two gradients and no n×n memory. Conjugate gradients turn such products into Newton steps, power iteration into the largest curvature. The full Hessian takes n products: fine for small n. From a layer's inputs, 2XᵀX is the Hessian GPTQ uses.",
  pitfall:
    "Away from a minimum H may be indefinite: a raw Newton step may then go to a saddle or a maximum. Damp it, or use the Gauss–Newton matrix.",
  level: "hard",
  whenNot:
    "When gradients are noisy (mini-batches) or n is huge: curvature from few rows misleads. First-order methods with momentum or diagonal scaling are cheaper and often as good.",
  followUps: [
    {
      ask: "How do you get the largest curvature?",
      answer:
        "Power iteration on Hv: two gradients a step, no Hessian. 2/λ_max bounds the stable step of gradient descent; edge-of-stability plots use it.",
    },
    {
      ask: "Why Gauss–Newton in place of the Hessian?",
      answer:
        "JᵀJ drops the term with second derivatives of the net: always positive semi-definite, so with a little damping its steps descend, and near a good fit the dropped term is small.",
    },
  ],
  derivation: String.raw`$\nabla f(x)^\top v$ is a scalar; its gradient is $\sum_iv_i\nabla\partial_if=Hv$, as $H$ is symmetric. Reverse mode computes the gradient of a scalar at a small multiple of its cost, so $Hv$ costs about two gradients.

For positive definite $H$ conjugate gradients solve $Hs=-\nabla f$ with products only: exact after $n$ of them, good after a few when eigenvalues cluster.

Where $H$ has a negative eigenvalue the Newton step goes uphill along it, to a saddle: adding $\lambda I$ with $\lambda>-\lambda_{\min}$ makes it descend. For least squares $\tfrac12\lVert Xw-y\rVert^2$, $H=X^\top X$ exactly.`,
  covers: ["tensor/hessian"],
  verifiedAgainst: [
    "Hessians by finite differences of whetstone/math, 1e-5",
    "closed form for least squares",
  ],
  budget: "quick",
  controls: {
    x: slider(-1.5, 1.5, -1, { label: "x", step: 0.1 }),
    y: slider(-1, 2, 1.5, { label: "y", step: 0.1 }),
  },
  run(lab, { x, y }) {
    const a = 10;
    const rosenbrock = (p: Tensor) => {
      const [u, v] = [p.at(0), p.at(1)];
      return u.neg().add(1).square().add(v.sub(u.square()).square().mul(a));
    };
    const at = Tensor.from([x, y], { dtype: "f64" });
    const H = hessian(rosenbrock, at).toMatrix();
    const value = (p: ArrayLike<number>) => (1 - p[0]!) ** 2 + a * (p[1]! - p[0]! ** 2) ** 2;
    const closed = [2 - 4 * a * (y - 3 * x * x), -4 * a * x, -4 * a * x, 2 * a];
    lab.check(
      "Hessian against its closed form",
      Math.max(...closed.map((v, i) => Math.abs(v - H.data[i]!))),
      {
        atMost: 1e-10,
      },
    );
    const differences = numericalHessian(value, [x, y]);
    lab.check(
      "... against finite differences, relative",
      Math.max(...closed.map((_, i) => Math.abs(differences.data[i]! - H.data[i]!))) /
        Math.max(...closed.map(Math.abs)),
      { atMost: 1e-4 },
    );
    const v = Tensor.from([0.6, -0.8], { dtype: "f64" });
    const Hv = hvp(rosenbrock, at, v).data();
    lab.check(
      "Hv against H times v",
      Math.hypot(
        Hv[0]! - (0.6 * H.data[0]! - 0.8 * H.data[1]!),
        Hv[1]! - (0.6 * H.data[2]! - 0.8 * H.data[3]!),
      ),
      { atMost: 1e-10 },
    );

    // Newton's step from this point.
    const p = Tensor.from([x, y], { dtype: "f64", requiresGrad: true });
    const [g] = grad([rosenbrock(p)], [p]);
    const step = solve(H, [...g!.detach().data()]);
    const values = eighvals(H);
    const indefinite = values.some((e) => e <= 0);
    lab.plot(
      figure(
        [
          field((u, w) => Math.log1p(value([u, w])), [-2, 2], [-1.5, 3]),
          { type: "arrows", name: "Newton", x1: [x], y1: [y], x2: [x - step[0]!], y2: [y - step[1]!] },
          {
            type: "arrows",
            name: "steepest descent",
            x1: [x],
            y1: [y],
            x2: [x - (0.5 * g!.data()[0]!) / Math.hypot(...(g!.data() as Float64Array))],
            y2: [y - (0.5 * g!.data()[1]!) / Math.hypot(...(g!.data() as Float64Array))],
          },
          { type: "points", name: "minimum", x: [1], y: [1], size: 5 },
        ],
        {
          alt: "Newton's step and the direction of steepest descent on the contours of Rosenbrock's function.",
        },
      ),
    );
    lab.note(indefinite ? "The Hessian is indefinite here." : "The Hessian is positive definite here.");

    // A larger problem, by products only: logistic regression in 12 dimensions.
    const [n, d] = [40, 12];
    const random = lab.random();
    const X = Tensor.from(
      Float64Array.from({ length: n * d }, () => random.normal()),
      { shape: [n, d] },
    );
    const labels = Tensor.from(Float64Array.from({ length: n }, () => (random.uniform() < 0.5 ? 1 : 0)));
    const loss = (w: Tensor) => {
      const z = X.matmul(w.unsqueeze(1)).squeeze(1);
      return z.exp().log1p().sub(z.mul(labels)).mean().add(w.square().sum().mul(0.05));
    };
    const w = Tensor.from(new Float64Array(d), { requiresGrad: true });
    const [first] = grad([loss(w)], [w]);
    let products = 0;
    const newton = conjugateGradient(
      (u, out) => {
        products++;
        out.set(hvp(loss, w.detach(), Tensor.from(u)).data());
      },
      first!.detach().data() as Float64Array,
      { tolerance: 1e-10 },
    );
    const direct = solve(hessian(loss, w.detach()).toMatrix(), [...first!.detach().data()]);
    lab.check(
      "Newton step by conjugate gradients against the full Hessian",
      Math.max(...direct.map((s, i) => Math.abs(s - newton.x[i]!))),
      {
        atMost: 1e-8,
      },
    );
    lab.check("products used, at most n + a few", products, { atMost: d + 4 });

    // A layer's reconstruction error: its Hessian by the weights of one output is 2 XᵀX, whatever the weights are.
    const row = Tensor.from(Float64Array.from({ length: d }, () => random.normal()));
    const layer = (u: Tensor) => X.matmul(u.sub(row).unsqueeze(1)).square().sum();
    const curvature = hessian(layer, row).toMatrix();
    const gram = X.transpose().matmul(X).mul(2).data();
    lab.check(
      "GPTQ's Hessian against 2 XᵀX",
      Math.max(...range(d * d).map((i) => Math.abs(curvature.data[i]! - gram[i]!))),
      {
        atMost: 1e-10,
      },
    );
  },
});

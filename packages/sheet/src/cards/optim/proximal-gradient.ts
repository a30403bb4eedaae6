import { l1Proximal, proximalGradient } from "whetstone/math";
import { ProximalSGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/proximal-gradient",
  title: "L1 by subgradient leaves tiny weights; the proximal step leaves zeros",
  formula: String.raw`\theta\leftarrow S_{\eta\lambda}\big(\theta-\eta\nabla L(\theta)\big),\qquad S_t(v)=\operatorname{sign}(v)\max(|v|-t,0)`,
  ask: "Why does an L1 penalty trained by plain SGD not give zeros, and what does?",
  answer:
    "The subgradient λ·sign(θ) pushes a small weight past zero and back by ηλ at every step: it jitters and is never exactly zero. The proximal method takes the gradient step on the smooth loss alone and then soft-thresholds by ηλ: a weight within ηλ of zero becomes zero, and stays if its gradient is below λ.",
  pitfall: "Counting |θ| < 1e-3 as zero hides the difference: the number then depends on the learning rate.",
  level: "medium",
  whenNot:
    "For smooth penalties (L2) there is no kink: plain gradient steps do. For the lasso on few columns coordinate descent is faster; with Adam a per-coordinate threshold is needed.",
  followUps: [
    {
      ask: "When does a weight stay at exactly zero?",
      answer: String.raw`When its smooth gradient is at most λ in size: the step moves it by less than ηλ and the threshold takes it back. That is the lasso's optimality condition, $|\nabla_jL|\le\lambda$ at $\theta_j=0$.`,
    },
    {
      ask: "What does FISTA add?",
      answer:
        "A Nesterov extrapolation between proximal steps. The value gap then falls as 1/k² instead of 1/k, at the price of non-monotone values and one extra vector.",
    },
  ],
  derivation: String.raw`The step minimises a local model: the smooth loss replaced by its tangent plus $\tfrac1{2\eta}\lVert\theta'-\theta\rVert^2$, the penalty kept whole. Completing the square leaves $\tfrac1{2\eta}\lVert\theta'-v\rVert^2+\lambda\lVert\theta'\rVert_1$ with $v=\theta-\eta\nabla L$.

It falls apart into coordinates: minimise $\tfrac12(t-v)^2+\eta\lambda|t|$. For $t>0$ the derivative is $t-v+\eta\lambda$, zero at $t=v-\eta\lambda$, allowed if $v>\eta\lambda$. For $t<0$ it is $v+\eta\lambda$. Otherwise the kink at zero is the minimum. Together: $S_{\eta\lambda}(v)$.

A fixed point satisfies $\nabla_jL=-\lambda\operatorname{sign}\theta_j$, or $|\nabla_jL|\le\lambda$ at zero: the lasso's conditions, whatever $\eta$ is.`,
  covers: ["optim/proximal-gradient", "claim-b-275"],
  verifiedAgainst: ["the lasso's optimality conditions", "proximalGradient of whetstone/math (FISTA), 1e-6"],
  budget: "quick",
  controls: {
    lambda: slider(0.02, 0.3, 0.1, { label: "λ", step: 0.02 }),
    rate: slider(0.05, 0.4, 0.2, { label: "learning rate", step: 0.05 }),
  },
  run(lab, { lambda, rate }) {
    const [n, d, used] = [60, 12, 3];
    const random = lab.random();
    const X = Float64Array.from({ length: n * d }, () => random.normal());
    const truth = range(d).map((j) => (j < used ? 1.5 - j * 0.4 : 0));
    const y = Float64Array.from({ length: n }, (_, i) =>
      truth.reduce((s, w, j) => s + w * X[i * d + j]!, 0.3 * random.normal()),
    );
    const [A, b] = [Tensor.from(X, { shape: [n, d] }), Tensor.from(y)];
    const smooth = (w: Tensor) => A.matmul(w.unsqueeze(1)).squeeze(1).sub(b).square().mean().mul(0.5);
    const train = (method: "proximal" | "subgradient") => {
      const w = Tensor.from(new Float64Array(d).fill(0.5), { requiresGrad: true });
      const optimizer = new ProximalSGD([w], { lr: rate, l1: lambda, method });
      const smallest: number[] = [];
      for (let t = 0; t < 150; t++) {
        optimizer.zeroGrad();
        smooth(w).backward();
        optimizer.step();
        smallest.push([...w.data()].filter((v) => v === 0).length);
      }
      return { w: [...w.data()], zeros: smallest };
    };
    const proximal = train("proximal");
    const naive = train("subgradient");
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "proximal",
            x: range(d),
            y: proximal.w.map((v) => Math.max(Math.abs(v), 1e-9)),
          },
          {
            type: "points",
            name: "subgradient",
            x: range(d),
            y: naive.w.map((v) => Math.max(Math.abs(v), 1e-9)),
          },
          { type: "rule", y: rate * lambda, label: "ηλ" },
        ],
        {
          title: "Size of each weight (zeros drawn at 1e-9)",
          x: { label: "weight" },
          y: { scale: "log" },
          alt: "Most proximal weights lie exactly at zero; the same weights under the subgradient method are small but not zero.",
        },
      ),
    );
    lab.plot(
      lines(
        { step: range(150), proximal: proximal.zeros, subgradient: naive.zeros },
        {
          title: "Weights that are exactly zero",
          alt: "The number of exact zeros grows under the proximal method and stays at none under the subgradient method.",
        },
      ),
    );
    const zeros = proximal.w.filter((v) => v === 0).length;
    lab.check("exact zeros: subgradient", naive.w.filter((v) => v === 0).length, { equals: 0 });
    lab.check("exact zeros: proximal", zeros, { atLeast: lambda >= 0.1 ? 3 : 0 });

    // KKT of the lasso: |gradient| ≤ λ where the weight is zero, = −λ sign elsewhere.
    const at = Tensor.from(proximal.w, { dtype: "f64", requiresGrad: true });
    smooth(at).backward();
    const residual = [...at.grad!.data()].map((g, j) =>
      proximal.w[j] === 0
        ? Math.max(0, Math.abs(g) - lambda)
        : Math.abs(g + lambda * Math.sign(proximal.w[j]!)),
    );
    lab.check("violation of the lasso's optimality conditions", Math.max(...residual), {
      atMost: rate >= 0.15 ? 1e-4 : 0.05,
    });

    const exact = proximalGradient(
      {
        valueAndGradient: (w, g) => {
          const p = Tensor.from(w, { requiresGrad: true });
          const loss = smooth(p);
          loss.backward();
          g.set(p.grad!.data() as Float64Array);
          return loss.item();
        },
      },
      l1Proximal(lambda),
      new Float64Array(d),
      { learningRate: 0.4, tolerance: 1e-6 },
    );
    const apart = Math.max(...proximal.w.map((v, j) => Math.abs(v - exact.x[j]!)));
    lab.check("distance from FISTA's answer", apart, { atMost: rate >= 0.15 ? 1e-3 : 0.1 });
  },
});

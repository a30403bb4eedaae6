import { Adagrad, Shampoo } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/shampoo",
  title: "Shampoo: full-matrix Adagrad, one small matrix per axis",
  formula: String.raw`L_t=L_{t-1}+GG^\top,\quad R_t=R_{t-1}+G^\top G,\qquad W\leftarrow W-\eta\,L_t^{-1/4}\,G\,R_t^{-1/4}`,
  ask: "What does Shampoo precondition with, and what does it stand in for?",
  answer:
    "With sums of GGᵀ and GᵀG, one small matrix per axis, each to the power −1/4. Their Kronecker product stands in for the mn×mn matrix of gradient second moments of full-matrix Adagrad, so it also undoes correlations that Adam's diagonal misses. No Hessian is involved: scaling all gradients leaves the steps alone.",
  pitfall:
    "Roots cost the cube of the longest axis: compute them every few steps, and leave out axes of tens of thousands (embeddings).",
  level: "hard",
  whenNot:
    "For tensors with very long axes, or when cheap steps matter more than few of them: Adam. For convex problems with few parameters full-matrix Adagrad or L-BFGS is possible.",
  followUps: [
    {
      ask: "Why the power −1/4 on each side?",
      answer: String.raw`Full-matrix Adagrad uses the power −1/2 of the $mn\times mn$ matrix. It is bounded by $L^{1/2}\otimes R^{1/2}$, whose power −1/2 is $L^{-1/4}\otimes R^{-1/4}$. For a tensor with $k$ axes the power is $-1/(2k)$.`,
    },
    {
      ask: "What does grafting do?",
      answer:
        "It takes the direction from Shampoo and the length of each layer's step from another method such as Adam, so that known learning rates and schedules can be kept.",
    },
  ],
  derivation: String.raw`Full-matrix Adagrad sums $H_t=\sum_igg^\top$ over gradients $g=\operatorname{vec}(G)$ (row by row), a matrix of $(mn)^2$ entries, and steps along $H_t^{-1/2}g$. Gupta et al. show that for gradients of rank $r$, $H_t\preceq r\,L_t^{1/2}\otimes R_t^{1/2}$ (with small multiples of $I$ added on both sides): two matrices of size $m$ and $n$ bound it.

The power $-\tfrac12$ of a Kronecker product is the product of the powers: $L_t^{-1/4}\otimes R_t^{-1/4}$, and applied to $\operatorname{vec}(G)$ it is $L_t^{-1/4}GR_t^{-1/4}$. So each side needs only the root of its own small matrix.

Multiply all gradients by $c$: $L$ and $R$ grow by $c^2$, each root falls by $c^{-1/2}$, and $G$ grows by $c$: the step stays.

In the first step $L=GG^\top$ and $R=G^\top G$, and with $G=U\Sigma V^\top$ the update is $U\Sigma^{-1/2}\,\Sigma\,\Sigma^{-1/2}V^\top=UV^\top$: all singular values become one.`,
  covers: ["optim/shampoo"],
  verifiedAgainst: ["algorithm 2 of Gupta, Koren and Singer, written out in PyTorch, 1e-9"],
  budget: "quick",
  controls: {
    angle: slider(0, 45, 45, { label: "rotation of the ravine, degrees", step: 5 }),
    stretch: slider(2, 200, 100, { label: "steep over flat curvature" }),
  },
  run(lab, { angle, stretch }) {
    const turn = (angle * Math.PI) / 180;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    // 1/2 tr(Wᵀ H W): a ravine that the rows of W share, along a direction turned against the axes.
    const H = Tensor.from(
      [
        [c * c + stretch * s * s, (1 - stretch) * c * s],
        [(1 - stretch) * c * s, s * s + stretch * c * c],
      ],
      { dtype: "f64" },
    );
    const start = [c + s, c - s, s - c, s + c];
    const path = (make: (p: Tensor[]) => Shampoo | Adagrad, factor = 1) => {
      const W = Tensor.from(Float64Array.from(start), { shape: [2, 2], requiresGrad: true });
      const optimizer = make([W]);
      return range(40).map(() => {
        optimizer.zeroGrad();
        W.mul(H.matmul(W))
          .sum()
          .mul(0.5 * factor)
          .backward();
        optimizer.step();
        return W.mul(H.matmul(W)).sum().item() / 2;
      });
    };
    const shampoo = path((p) => new Shampoo(p, { lr: 0.5, eps: 1e-8 }));
    const adagrad = path((p) => new Adagrad(p, { lr: 0.5 }));
    lab.plot(
      lines(
        {
          step: range(40).map((t) => t + 1),
          Shampoo: shampoo.map((v) => Math.max(v, 1e-12)),
          "Adagrad (diagonal)": adagrad.map((v) => Math.max(v, 1e-12)),
        },
        {
          y: { scale: "log", label: "loss" },
          alt: "On a ravine turned against the axes Shampoo's loss falls faster than diagonal Adagrad's.",
        },
      ),
    );
    const rotated = path((p) => new Shampoo(p, { lr: 0.5, eps: 1e-8 }), 10);
    lab.check(
      "all gradients ten times larger: largest relative change of the first ten losses",
      Math.max(...rotated.slice(0, 10).map((v, i) => Math.abs(v - shampoo[i]!) / shampoo[i]!)),
      { atMost: 1e-3 },
    );

    // The first step: singular values 1, whatever those of the gradient are.
    const G = Tensor.from(
      [
        [3, stretch, 0],
        [0, 1, -2],
      ],
      { dtype: "f64" },
    );
    const W = Tensor.zeros([2, 3], { dtype: "f64", requiresGrad: true });
    W.mul(G).sum().backward();
    new Shampoo([W], { lr: 1, eps: 1e-12 }).step();
    const gram = W.detach().matmul(W.detach().transpose()).data();
    lab.check("first step: W Wᵀ, diagonal", gram[0]!, { equals: 1, within: 1e-4 });
    lab.check("first step: W Wᵀ, off the diagonal", gram[1]!, { equals: 0, within: 1e-4 });

    // A vector: full-matrix Adagrad itself. Along an axis it agrees with the diagonal one.
    const single = (make: (p: Tensor[]) => Shampoo | Adagrad) => {
      const v = Tensor.from([0, 0], { dtype: "f64", requiresGrad: true });
      const optimizer = make([v]);
      for (const g of [3, -1, 2]) {
        optimizer.zeroGrad();
        v.at(0).mul(g).backward();
        optimizer.step();
      }
      return v.at(0).item();
    };
    lab.check(
      "gradients along one axis: Shampoo against Adagrad",
      Math.abs(
        single((p) => new Shampoo(p, { lr: 0.1, eps: 1e-12 })) -
          single((p) => new Adagrad(p, { lr: 0.1, eps: 0 })),
      ),
      { atMost: 1e-8 },
    );
    // And along a turned direction, where the diagonal one treats the two coordinates apart.
    const along = (make: (p: Tensor[]) => Shampoo | Adagrad) => {
      const v = Tensor.from([0, 0], { dtype: "f64", requiresGrad: true });
      v.mul(Tensor.from([4, 3], { dtype: "f64" }))
        .sum()
        .backward();
      make([v]).step();
      return [...v.data()];
    };
    const [full, own] = [
      along((p) => new Shampoo(p, { lr: 1, eps: 1e-12 })),
      along((p) => new Adagrad(p, { lr: 1 })),
    ];
    lab.check("gradient (4, 3): full-matrix step, length", Math.hypot(full[0]!, full[1]!), {
      equals: 1,
      within: 1e-6,
    });
    lab.check("... its direction, first over second entry", full[0]! / full[1]!, {
      equals: 4 / 3,
      within: 1e-6,
    });
    lab.check("the diagonal step's direction", own[0]! / own[1]!, { equals: 1, within: 1e-6 });
  },
});

import { KFAC, SGD, Shampoo } from "whetstone/optim";
import { grad, hessian, Tensor } from "whetstone/tensor";
import { bars, card, lines, range, slider } from "../../index.ts";

const f64 = { dtype: "f64" } as const;

export default card({
  id: "optim/k-fac",
  title: "K-FAC: a layer's Fisher matrix as a Kronecker product of two small ones",
  formula: String.raw`F_\ell=\mathbb E\big[aa^\top\otimes gg^\top\big]\approx \mathbb E[aa^\top]\otimes\mathbb E[gg^\top]=A\otimes G,\qquad \Delta W=-\eta\,G^{-1}\nabla_W L\,A^{-1}`,
  ask: "What does the Fisher matrix do in the natural gradient, and how does K-FAC make it affordable?",
  answer:
    "The Fisher matrix measures how much a step changes predictions; its inverse undoes scales and correlations. For a layer of m×n weights it has (mn)² entries. K-FAC replaces it by A⊗G, A from the layer's inputs, G from its output gradients: two inversions of size n and m. Exact if inputs and output gradients are independent.",
  pitfall:
    "It approximates the Fisher or Gauss–Newton matrix, not the Hessian, which may be indefinite. Labels must be drawn from the model; training labels give the cruder empirical Fisher.",
  level: "hard",
  whenNot:
    "For small models Newton or L-BFGS is simpler; for very wide layers the cubic inversions and the memory of A and G outweigh the gain: use Adam or Shampoo with blocked factors.",
  followUps: [
    {
      ask: "Why does K-FAC need damping?",
      answer:
        "A and G come from a batch and are close to singular, so their inverses blow up noise. Adding a multiple of the identity bounds the step; as it grows the step turns towards the plain gradient.",
    },
    {
      ask: "Why are two small inversions enough?",
      answer: String.raw`$(A\otimes G)^{-1}=A^{-1}\otimes G^{-1}$. For a layer from $n=1000$ to $m=1000$ that is two matrices of size 1000 in place of one of size a million.`,
    },
  ],
  derivation: String.raw`With $z=Wa$ and $g=\partial L/\partial z$ one row's gradient is $ga^\top$. Stacked by columns $\operatorname{vec}(ga^\top)=a\otimes g$, and $(a\otimes g)(a\otimes g)^\top=aa^\top\otimes gg^\top$. The Fisher block is its mean over rows and over labels drawn from the model.

For a single row $a$ is fixed, so the mean over labels is $aa^\top\otimes\mathbb E[gg^\top]$: no error. Over many rows $\mathbb E[aa^\top\otimes gg^\top]$ is replaced by $A\otimes G$, which drops how $aa^\top$ and $gg^\top$ vary together.

The inverse: $(A\otimes G)\operatorname{vec}(V)=\operatorname{vec}(GVA)$ for symmetric $A$. Solving $GVA=\nabla_WL$ gives $V=G^{-1}\nabla_WL\,A^{-1}$.

Newton's step uses the inverse Hessian; BFGS builds it from gradient differences, K-FAC takes a structured Fisher in its place, Adam only a diagonal of squared gradients (under a root).`,
  errata: [
    {
      claim: "claim-b-262",
      claimed: "Shampoo and K-FAC approximate the full Hessian.",
      truth:
        "K-FAC approximates the Fisher or Gauss–Newton matrix, Shampoo the second moment of the gradients (full-matrix Adagrad).",
    },
  ],
  covers: ["optim/k-fac", "claim-a-409", "claim-b-262"],
  answers: ["q-a-407", "q-b-345"],
  verifiedAgainst: [
    "Fisher matrix from its definition on a tiny net",
    "Martens and Grosse (2015), damped step solved back",
  ],
  budget: "quick",
  controls: {
    rows: slider(1, 40, 20, { label: "rows" }),
    weight: slider(0.05, 1, 0.15, { label: "size of the net's weights", step: 0.05 }),
    scale: slider(1, 20, 10, { label: "scale of the second input" }),
  },
  run(lab, { rows, weight, scale }) {
    const random = lab.random();
    const normals = (shape: number[]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return Tensor.from(
        Float64Array.from({ length: size }, () => random.normal()),
        { shape },
      );
    };
    // 2 inputs -> 2 tanh units -> 1 logit of a yes/no label.
    const small = (shape: number[]) =>
      Tensor.from(normals(shape).mul(weight).data(), { shape, requiresGrad: true });
    const [W1, W2] = [small([2, 2]), small([1, 2])];
    const x = normals([rows, 2]);
    const layers = [{ weight: W1 }, { weight: W2 }];
    const forward = (net: KFAC, at: Tensor) => net.linear(net.linear(at, W1).tanh(), W2);
    const logLoss = (z: Tensor, label: number) => (label === 1 ? z.neg() : z).exp().log1p().mean();

    // Exact: the average over rows of the expectation over labels of score scoreᵀ.
    const exact = Array.from({ length: 4 }, () => new Float64Array(4));
    const factor = { A: new Float64Array(4), G: new Float64Array(4) };
    for (let r = 0; r < rows; r++) {
      const row = x.slice(0, r, r + 1);
      for (const label of [0, 1]) {
        const net = new KFAC(layers);
        const z = forward(net, row);
        const p = z.sigmoid().item();
        const chance = (label === 1 ? p : 1 - p) / rows;
        const loss = logLoss(z, label);
        const score = grad([loss], [W1])[0]!.detach().data();
        for (let i = 0; i < 4; i++)
          for (let j = 0; j < 4; j++) exact[i]![j]! += chance * score[i]! * score[j]!;
        net.observe(loss);
        const { A, G } = net.factors(0);
        for (let i = 0; i < 4; i++) {
          factor.A[i]! += chance * A.data[i]!;
          factor.G[i]! += chance * G.data[i]!;
        }
      }
    }
    const product = range(4).map((i) =>
      range(4).map((j) => factor.G[2 * (i >> 1) + (j >> 1)]! * factor.A[2 * (i & 1) + (j & 1)]!),
    );
    const size = (M: ArrayLike<number>[]) =>
      Math.sqrt(M.reduce((s, r) => s + Array.from(r).reduce((t, v) => t + v * v, 0), 0));
    const distance = (M: ArrayLike<number>[]) =>
      size(M.map((r, i) => Array.from(r, (v, j) => v - exact[i]![j]!))) / size(exact);
    const diagonal = exact.map((r, i) => r.map((v, j) => (i === j ? v : 0)));
    lab.plot(
      bars(
        { "K-FAC": distance(product), "diagonal only": distance(diagonal) },
        {
          title: "Distance from the exact Fisher block, relative",
          alt: "The Kronecker product is closer to the exact Fisher block of the first layer than its diagonal.",
        },
      ),
    );
    lab.table({
      columns: ["entry", "exact", "A ⊗ G"],
      rows: range(4).map((j) => [`F(1, ${j + 1})`, exact[0]![j]!, product[0]![j]!]),
    });
    lab.check(
      "largest entry: K-FAC over exact",
      Math.max(...product.flat()) / Math.max(...exact.map((r) => Math.max(...r))),
      {
        between: [0.3, 2],
      },
    );
    if (rows === 1) lab.check("one row: distance from the exact block", distance(product), { atMost: 1e-12 });
    else if (weight <= 0.2) {
      // Seen over 8 seeds: 0.01 to 0.25; larger weights make inputs and gradients depend on each other.
      lab.check("distance from the exact block", distance(product), { atMost: 0.5 });
      lab.check("... in units of that of the diagonal", distance(product) / distance(diagonal), { below: 1 });
    }

    // The Hessian is another matrix: the Fisher block is positive semi-definite and does not depend on labels.
    const labels = (flip: boolean) =>
      Tensor.from(
        Float64Array.from({ length: rows }, (_, i) => ((i % 2 === 0) === flip ? 1 : 0)),
        { shape: [rows, 1] },
      );
    const curvature = (flip: boolean) =>
      hessian(
        (w) => {
          const z = x
            .matmul(w.reshape([2, 2]).transpose())
            .tanh()
            .matmul(W2.detach().transpose());
          return z
            .exp()
            .log1p()
            .sub(z.mul(labels(flip)))
            .mean();
        },
        W1.detach().reshape([4]),
      ).data();
    const [one, other] = [curvature(true), curvature(false)];
    const change = Math.sqrt([...one].reduce((s, v, i) => s + (v - other[i]!) ** 2, 0)) / size(exact);
    lab.check("Hessian: change when the labels are swapped, in sizes of the Fisher block", change, {
      above: 1e-3,
    });

    // The step on a badly scaled least-squares problem.
    const inputs = normals([30, 2]).mul(Tensor.from([1, scale], f64));
    const truth = Tensor.from([[1, -2]], f64);
    const target = inputs.matmul(truth.transpose());
    const errors = (kind: "K-FAC" | "SGD" | "Shampoo") => {
      const W = Tensor.from([[0, 0]], { ...f64, requiresGrad: true });
      const kfac = new KFAC([{ weight: W }], { lr: 1, damping: 1e-10 });
      const other =
        kind === "SGD" ? new SGD([W], { lr: 1 / scale ** 2 }) : new Shampoo([W], { lr: 0.5, eps: 1e-6 });
      return [
        Math.sqrt(5),
        ...range(8).map(() => {
          W.grad = null;
          const out = kfac.linear(inputs, W);
          const loss = out.sub(target).square().mean().mul(0.5);
          if (kind === "K-FAC")
            kfac.observe(
              out
                .sub(out.detach().add(normals([30, 1])))
                .square()
                .mean()
                .mul(0.5),
            );
          loss.backward();
          (kind === "K-FAC" ? kfac : other).step();
          return Math.hypot(...(W.sub(truth).data() as Float64Array));
        }),
      ];
    };
    const found = { "K-FAC": errors("K-FAC"), SGD: errors("SGD"), Shampoo: errors("Shampoo") };
    lab.plot(
      lines(
        {
          step: range(9),
          ...Object.fromEntries(
            Object.entries(found).map(([name, e]) => [name, e.map((v) => Math.max(v, 1e-8))]),
          ),
        },
        {
          title: "Error of the weights, inputs of different scales",
          y: { scale: "log" },
          alt: "K-FAC solves the badly scaled problem in a few steps; SGD hardly moves along the small input.",
        },
      ),
    );
    if (scale >= 3)
      lab.check("after eight steps: error of SGD over K-FAC", found.SGD[8]! / found["K-FAC"][8]!, {
        above: 3,
      });
  },
});

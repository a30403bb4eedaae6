import { Linear, normalInit, ReLU, Sequential } from "whetstone/nn";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/dense",
  title: "Dense layers: without a non-linearity, any depth is one matrix",
  formula: String.raw`z=Wx+b,\quad a=\phi(z);\qquad W_3W_2W_1x=(W_3W_2W_1)\,x`,
  ask: "What does a dense layer compute, what are its gradients, and why do networks need non-linear activations?",
  answer:
    "z = Wx + b, then an activation. With g the gradient of z: dW = g xᵀ, db = g, dx = Wᵀ g. Products of matrices are matrices, so a stack of linear layers represents exactly what one layer does; a non-linearity between them is what depth needs.",
  pitfall:
    "A stack of linear layers is still trained differently from one layer: the function class is the same, the loss surface is not.",
  level: "easy",
  whenNot:
    "For inputs with structure a full matrix ignores: images (convolution), sequences (attention or recurrence), sets. It spends weights on learning what those layers know.",
  followUps: [
    {
      ask: "How many parameters has a layer from n to m, and what does a forward pass cost for B rows?",
      answer:
        "$nm+m$ parameters, and about $2Bnm$ floating-point operations; the backward pass costs about twice as much.",
    },
    {
      ask: "When may the bias be left out?",
      answer:
        "In front of a batch or layer norm with its own shift: batch norm takes any constant per feature out again.",
    },
  ],
  derivation: String.raw`For one row $z_i=\sum_j W_{ij}x_j+b_i$. Let $g_i=\partial L/\partial z_i$.

$W_{ij}$ enters only $z_i$, with factor $x_j$: its gradient is $g_ix_j$, together the outer product $g\,x^\top$. The bias enters with factor 1: its gradient is $g$.

$x_j$ enters every $z_i$, with factor $W_{ij}$; summing over the ways gives $\sum_i W_{ij}g_i$, that is $W^\top g$. Over a batch the gradients of $W$ and $b$ are sums over the rows.`,
  covers: ["nn/dense", "claim-b-070"],
  answers: ["q-a-289", "q-b-057"],
  verifiedAgainst: ["PyTorch 1.13 nn.Linear in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: {
    width: slider(2, 24, 8, { label: "hidden width" }),
    depth: slider(2, 6, 3, { label: "layers" }),
  },
  run(lab, { width, depth }) {
    const sizes = [3, ...range(depth - 1).map(() => width), 2];
    const layers = range(depth).map((i) =>
      new Linear(sizes[i]!, sizes[i + 1]!, { bias: false, seed: lab.random(`W${i}`) }).to("f64"),
    );
    const x = normalInit([40, 3], { seed: lab.random("x") }).to("f64");
    const stack = new Sequential(...layers);
    const product = layers.map((l) => l.weight).reduce((p, w) => w.matmul(p));
    const bent = new Sequential(...layers.flatMap((l, i) => (i + 1 < depth ? [l, new ReLU()] : [l])));
    const [straight, one, curved] = [stack.forward(x), x.matmul(product.transpose()), bent.forward(x)];
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: `${depth} linear layers`,
            x: Array.from(one.at(null, 0).data()),
            y: Array.from(straight.at(null, 0).data()),
          },
          {
            type: "points",
            name: "with ReLU between",
            x: Array.from(one.at(null, 0).data()),
            y: Array.from(curved.at(null, 0).data()),
          },
        ],
        {
          x: { label: "output of the one product matrix" },
          y: { label: "output of the net" },
          alt: "Outputs of the linear stack lie on the diagonal against those of one matrix; outputs of the net with ReLU do not.",
        },
      ),
    );
    lab.check("linear stack against the product of its matrices", straight.sub(one).abs().max().item(), {
      atMost: 1e-12,
    });
    lab.check("with ReLU between: distance", curved.sub(one).abs().max().item(), { above: 1e-3 });
    const g = normalInit([40, 2], { seed: lab.random("g") }).to("f64");
    const layer = new Linear(3, 2, { seed: lab.random("layer") }).to("f64");
    const input = x.requireGrad();
    layer.forward(input).mul(g).sum().backward();
    const gap = (a: typeof g, b: typeof g) => a.sub(b).abs().max().item();
    lab.check("dW against gᵀ x", gap(layer.weight.grad!, g.transpose().matmul(x)), { atMost: 1e-12 });
    lab.check("db against the sum of g", gap(layer.bias!.grad!, g.sum(0)), { atMost: 1e-12 });
    lab.check("dx against g W", gap(input.grad!, g.matmul(layer.weight)), { atMost: 1e-12 });
  },
});

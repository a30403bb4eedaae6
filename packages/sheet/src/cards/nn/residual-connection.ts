import { gradientReport, Linear, mse, normalInit, Residual, Sequential, Tanh } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { jacobian, Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

const WIDTH = 6;

export default card({
  id: "nn/residual-connection",
  title: "Residual connections: the Jacobian is I + F′",
  formula: String.raw`y=x+F(x),\qquad \frac{\partial y}{\partial x}=I+\frac{\partial F}{\partial x},\qquad \prod_l(I+F_l')=I+\sum_lF_l'+\dots`,
  ask: "Derive the gradient through y = x + f(x) and through L such blocks. Why does the identity keep deep stacks trainable?",
  answer:
    "One block has Jacobian I + F'. Multiplied out over L blocks the product contains I, each single F', each pair and so on: even if every F' is tiny, the gradient arrives. A plain stack has only the product of all of them, which dies with depth.",
  pitfall:
    "He et al. aimed at degradation: plain deep nets with batch norm had healthy gradients and still trained worse. Skips help optimisation beyond vanishing.",
  level: "medium",
  whenNot:
    "In nets of a few layers there is little to gain. Around a bottleneck that must throw information away, as in an autoencoder, a skip lets the input leak past. If the sizes differ the skip needs a projection and is no identity.",
  followUps: [
    {
      ask: "Norm before F or after the addition: what changes?",
      answer:
        "Before (pre-norm) the skip path stays a clean identity and deep stacks train without warm-up. After (post-norm) each norm rescales the path itself, so gradients again pass one factor per block.",
    },
    {
      ask: "What happens to the variance of the state over L blocks?",
      answer:
        "It adds up: if F(x) has the variance of x and is uncorrelated with it, each block doubles it, 2^L in all. Cures: norms inside F, last layer of F set to 0, or a factor 1/√L.",
    },
  ],
  derivation: String.raw`Differentiate $y_i=x_i+F_i(x)$: the first term gives 1 for $i=j$ and 0 elsewhere, the second the Jacobian of $F$. So $\partial y/\partial x=I+F'$.

For $L$ blocks the chain rule multiplies: $\prod_l(I+F_l')$. Choosing from each bracket either $I$ or $F_l'$ gives $2^L$ products. One of them is $I$ itself: the path over all skips, which no small factor can kill.

Written differently: $h_L=h_l+\sum_{i=l}^{L-1}F_i(h_i)$, so for a loss $E$: $\frac{\partial E}{\partial h_l}=\frac{\partial E}{\partial h_L}\big(I+\frac{\partial}{\partial h_l}\sum_iF_i\big)$.

If each $F_l'$ stretches by at most $c<1$, one block stretches any vector by between $1-c$ and $1+c$, so the product stays between $(1-c)^L$ and $(1+c)^L$. A plain stack has only the upper bound $c^L$.`,
  covers: ["nn/residual-connection", "claim-b-317", "claim-b-075"],
  answers: ["q-b-063"],
  verifiedAgainst: [
    "Jacobian by autodiff against I + F', float64",
    "PyTorch 1.13 gradients of the layers, 1e-9",
  ],
  budget: "quick",
  controls: { depth: slider(5, 30, 20, { label: "blocks" }) },
  run(lab, { depth }) {
    const block = (i: number) =>
      new Sequential(new Linear(WIDTH, WIDTH, { seed: lab.random(`${i}`) }), new Tanh());
    const blocks = range(depth).map(block);
    const [plain, skip] = [new Sequential(...blocks), new Sequential(...blocks.map((b) => new Residual(b)))];
    const x = normalInit([12, WIDTH], { seed: lab.random("x") });
    const norms = (net: Sequential) => {
      net.zeroGrad();
      net.forward(x).square().mean().backward();
      return gradientReport(net)
        .filter((g) => g.name.endsWith("weight"))
        .map((g) => g.norm);
    };
    const [without, with_] = [norms(plain), norms(skip)];
    lab.plot(
      figure(
        [
          { type: "line", name: "plain", x: range(depth).map((i) => i + 1), y: without },
          { type: "line", name: "residual", x: range(depth).map((i) => i + 1), y: with_ },
        ],
        {
          x: { label: "block" },
          y: { label: "gradient norm", scale: "log" },
          alt: `Gradient norms by block of ${depth}: falling steeply towards the first block without skips, nearly level with them.`,
        },
      ),
    );
    const f = block(0).to("f64");
    const at = normalInit([1, WIDTH], { seed: lab.random("at") }).to("f64");
    const J = (net: Sequential | Residual) => jacobian((v) => net.forward(v), at).reshape([WIDTH, WIDTH]);
    const apart = J(new Residual(f))
      .sub(J(f))
      .sub(Tensor.eye(WIDTH, { dtype: "f64" }));
    lab.check("Jacobian of a block against I + F'", apart.abs().max().item(), { atMost: 1e-14 });
    lab.check("plain: first norm over last", without[0]! / without.at(-1)!, { below: 0.3 });
    lab.check("residual: first norm over last", with_[0]! / with_.at(-1)!, { above: 0.1 });
    lab.check("ratio of the two first norms", with_[0]! / without[0]!, { above: 10 });
    const fit = (wrap: boolean) => {
      const fresh = range(20).map((i) => block(100 + i));
      const net = new Sequential(
        ...(wrap ? fresh.map((b) => new Residual(b)) : fresh),
        new Linear(WIDTH, 1, { seed: lab.random("h") }),
      );
      const target = x.at(null, 0).mul(x.at(null, 1)).unsqueeze(1);
      const optimizer = new Adam(net.parameters(), { lr: 3e-3 });
      let loss = 0;
      for (let i = 0; i < 25; i++) {
        optimizer.zeroGrad();
        const value = mse(net.forward(x), target);
        value.backward();
        optimizer.step();
        loss = value.item();
      }
      return loss;
    };
    lab.check("20 blocks after 25 steps: loss with skips over without", fit(true) / fit(false), {
      below: 0.8,
    });
  },
});

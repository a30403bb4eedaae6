import {
  deadUnits,
  ELU,
  elu,
  LeakyReLU,
  Linear,
  leakyRelu,
  normalInit,
  prelu,
  ReLU,
  Sequential,
} from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/leaky-relu",
  title: "Leaky ReLU, PReLU, ELU: a slope left of 0 keeps units alive",
  formula: String.raw`\max(ax,x),\qquad \text{ELU}(x)=\begin{cases}x&x>0\\ \alpha(e^x-1)&x\le0\end{cases}`,
  ask: "Which failure of ReLU units does the leaky version avoid, and how?",
  answer:
    "A ReLU unit that is negative on every input gets no gradient, so by itself it stays dead. A leaky one has slope a below 0, usually 0.01, so a gradient still reaches its weights. PReLU learns a; ELU bends smoothly towards −α, which also brings the mean activation nearer to 0.",
  pitfall:
    "A unit that is negative on all inputs is still nearly linear and of little use: leakage lets it come back, it does not make it useful.",
  level: "easy",
  whenNot:
    "If hardly any unit dies, plain ReLU is as good, with true zeros. In transformers GELU or SiLU is usual. For PReLU switch weight decay off on the slope: it pulls a to 0, back to ReLU.",
  followUps: [
    {
      ask: "ELU saturates on the left, leaky ReLU does not. What follows?",
      answer:
        "A very negative input changes an ELU's output little, so noise there is muted. But its slope αeˣ fades as well: at x = −6 it is 0.0025 for α = 1, below the leaky 0.01.",
    },
    {
      ask: "Why are leaky slopes, often 0.2, common in GAN discriminators?",
      answer:
        "The generator learns only from the discriminator's gradient by its input. ReLUs block it wherever units are off; with a slope of 0.2 every unit passes some of it on. DCGAN made this usual.",
    },
  ],
  derivation: String.raw`With $z_i=w^\top x_i+b$ the gradient by the weights is $\sum_i\delta_is_ix_i$, where $s_i$ is the slope at $z_i$. If all $z_i<0$, ReLU has $s_i=0$ and the sum is 0; the leaky version has $s_i=a$ and leaves $a\sum_i\delta_ix_i$, a hundredth of a linear unit's gradient at $a=0.01$. Small, but it can bring $b$ back.

For $0<a<1$ the greater of $ax$ and $x$ is $x$ to the right of 0 and $ax$ to the left, so $\max(ax,x)$ is both branches in one. PReLU's derivative by $a$ is $\min(0,x)$: only negative inputs teach the slope.

ELU has the left slope $\alpha e^x$, which at 0 is $\alpha$: no corner if $\alpha=1$. On standard normal inputs the mean output is then $0.16$, against $0.40$ for ReLU.`,
  covers: ["nn/leaky-relu", "claim-a-101"],
  answers: ["q-a-234"],
  verifiedAgainst: ["PyTorch 1.13 leaky_relu, PReLU and elu in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: {
    slope: slider(0.01, 0.5, 0.1, { label: "slope a", step: 0.01 }),
    shift: slider(-6, 0, -4, { label: "bias of the units", step: 0.5 }),
  },
  run(lab, { slope, shift }) {
    const points = linspace(-4, 4, 80);
    const x = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const derivative = (f: (t: Tensor) => Tensor) => Array.from(grad([f(x).sum()], [x])[0]!.data());
    lab.plot(
      figure(
        [
          { type: "line", name: "leaky", x: points, y: Array.from(leakyRelu(x, slope).data()) },
          { type: "line", name: "ELU", x: points, y: Array.from(elu(x).data()) },
          { type: "line", name: "ReLU", x: points, y: Array.from(x.relu().data()), dashed: true },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: `Leaky ReLU of slope ${slope}, ELU and ReLU: alike right of 0, different left of it.`,
        },
      ),
    );
    const inputs = normalInit([128, 4], { seed: lab.random("x") });
    const net = (activation: ReLU | LeakyReLU | ELU) => {
      const first = new Linear(4, 40, { seed: lab.random("net") });
      first.bias!.become(Tensor.full([40], shift), true);
      const all = new Sequential(first, activation, new Linear(40, 1, { seed: lab.random("head") }));
      all.forward(inputs).sum().backward();
      const rows = first.weight.grad!.abs().sum(1).data();
      return rows.filter((g) => g === 0).length / 40;
    };
    const shares = { ReLU: net(new ReLU()), leaky: net(new LeakyReLU(slope)), ELU: net(new ELU()) };
    lab.plot(
      figure([{ type: "bars", x: Object.keys(shares), y: Object.values(shares) }], {
        title: "Units whose weights get no gradient",
        x: { scale: "band" },
        y: { percent: true, domain: [0, 1] },
        alt: `With biases ${shift}, ${Math.round(100 * shares.ReLU)} % of ReLU units get no gradient at all; leaky ReLU and ELU units all get one.`,
      }),
    );
    const leaky = derivative((t) => leakyRelu(t, slope));
    lab.check("leaky slopes: left", leaky[0]!, { equals: slope });
    lab.check("leaky slopes: right", leaky.at(-1)!, { equals: 1 });
    lab.check(
      "ELU slope against e^x left of 0",
      Math.max(
        ...derivative(elu).map((d, i) =>
          points[i]! < 0 ? Math.abs(d - Math.exp(points[i]!)) : Math.abs(d - 1),
        ),
      ),
      { atMost: 1e-14 },
    );
    const a = Tensor.from(Float64Array.of(slope), { requiresGrad: true });
    lab.check(
      "PReLU: gradient of the slope is the sum of negative inputs",
      grad([prelu(x.detach(), a).sum()], [a])[0]!.item(),
      {
        equals: points.filter((p) => p < 0).reduce((s, p) => s + p, 0),
        relative: 1e-12,
      },
    );
    lab.check("leaky units without gradient", shares.leaky, { equals: 0 });
    lab.check("ELU units without gradient", shares.ELU, { equals: 0 });
    const sunk = new Linear(4, 40, { seed: lab.random("net") });
    sunk.bias!.become(Tensor.full([40], -6), true);
    const dead = new Sequential(sunk, new ReLU());
    lab.check(
      "ReLU units dead at bias −6",
      deadUnits(dead, () => dead.forward(inputs)),
      { atLeast: 0.9 },
    );
  },
});

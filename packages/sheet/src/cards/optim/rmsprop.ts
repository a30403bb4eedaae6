import { RMSprop, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, field, figure, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/rmsprop",
  title: "RMSprop: equal steps in steep and flat directions, and an ε with two meanings",
  formula: String.raw`v\leftarrow\alpha v+(1-\alpha)g^2,\qquad \theta\leftarrow\theta-\eta\,\frac{g}{\sqrt{v+\varepsilon}}\ \text{ or }\ \frac{g}{\sqrt v+\varepsilon}`,
  ask: "By what does RMSprop divide each gradient, and to what effect?",
  answer:
    "By the root of the running average of its squares. A coordinate with gradients a hundred times larger is divided by a hundred times more, so all move at about the learning rate and one rate serves them all.",
  pitfall:
    "TensorFlow puts ε inside the root, PyTorch outside. Inside it is a floor on g², outside on |g|: 1e-8 inside equals about 1e-4 outside.",
  level: "medium",
  whenNot:
    "When weight decay, momentum and bias correction are wanted: AdamW has all three. On well-scaled problems plain SGD with momentum is as fast and keeps less state.",
  followUps: [
    {
      ask: "Why not sum all squared gradients, as Adagrad does?",
      answer:
        "The sum only grows, so the rate falls as 1/√t and training may stall. The running average forgets old gradients; Adagrad's decay is welcome for sparse convex problems.",
    },
    {
      ask: "What does the first RMSprop step look like without correction?",
      answer: String.raw`$v_1=(1-\alpha)g^2$, so the step is $\eta/\sqrt{1-\alpha}$: 3.2 learning rates at α = 0.9, ten at 0.99. Adam's bias correction removes this.`,
    },
  ],
  derivation: String.raw`Under steady gradients $v$ tends to $g^2$ and the step to $\eta g/|g|$: length $\eta$ in each coordinate, only the sign of the gradient is left. A coordinate with curvature 100 times larger is divided by a number 100 times larger.

With noisy gradients of mean $\mu$ and deviation $s$, $v\approx\mu^2+s^2$ and the step is $\eta\mu/\sqrt{\mu^2+s^2}$ on average: uncertain directions move more slowly.

For ε: $g/\sqrt{g^2+\varepsilon}$ halves its square at $g^2=\varepsilon$, $g/(|g|+\varepsilon)$ halves at $|g|=\varepsilon$. With $10^{-8}$ the first happens at $|g|=10^{-4}$, the second at $10^{-8}$.`,
  covers: ["optim/rmsprop", "claim-a-065"],
  answers: ["q-a-323"],
  verifiedAgainst: ["torch.optim.RMSprop 1.13, paths to 1e-12", "closed form of the first steps"],
  budget: "quick",
  controls: {
    stretch: slider(1, 100, 30, { label: "steep over flat curvature" }),
    alpha: slider(0.5, 0.99, 0.9, { label: "decay rate α", step: 0.01 }),
  },
  run(lab, { stretch, alpha }) {
    const h = Tensor.from([1, stretch], { dtype: "f64" });
    const path = (make: (p: Tensor[]) => RMSprop | SGD) => {
      const x = Tensor.from([1, 1], { dtype: "f64", requiresGrad: true });
      const optimizer = make([x]);
      return [
        [1, 1],
        ...range(40).map(() => {
          optimizer.zeroGrad();
          x.square().mul(h).sum().mul(0.5).backward();
          optimizer.step();
          return [...x.data()];
        }),
      ] as [number, number][];
    };
    const lr = 0.05;
    const adaptive = path((p) => new RMSprop(p, { lr, alpha, epsInsideRoot: true }));
    const plain = path((p) => new SGD(p, { lr: 1 / stretch }));
    lab.plot(
      figure(
        [
          field((x, y) => Math.sqrt(x * x + stretch * y * y), [-0.3, 1.1], [-0.3, 1.1]),
          { type: "line", name: "RMSprop", x: adaptive.map((p) => p[0]), y: adaptive.map((p) => p[1]) },
          { type: "line", name: "SGD at 1/L", x: plain.map((p) => p[0]), y: plain.map((p) => p[1]) },
        ],
        {
          x: { label: "flat direction" },
          y: { label: "steep direction" },
          square: true,
          alt: "RMSprop moves along the diagonal to the minimum; gradient descent first falls along the steep direction and then creeps along the flat one.",
        },
      ),
    );
    const first = [1 - adaptive[1]![0], 1 - adaptive[1]![1]];
    lab.check("first step: flat over steep direction", first[0]! / first[1]!, { equals: 1, within: 1e-3 });
    lab.check("its length, in units of η / √(1 − α)", (first[0]! / lr) * Math.sqrt(1 - alpha), {
      equals: 1,
      within: 1e-3,
    });
    lab.check("SGD's first step: flat over steep", (1 - plain[1]![0]) / (1 - plain[1]![1]), {
      equals: 1 / stretch,
      relative: 1e-9,
    });

    // ε inside and outside, at gradients of many sizes: a step of the first kind after v has settled.
    const step = (g: number, epsInsideRoot: boolean) => {
      const x = Tensor.from(0, { dtype: "f64", requiresGrad: true });
      x.mul(g).backward();
      // alpha 0: v is g² at once.
      new RMSprop([x], { lr: 1, alpha: 0, eps: 1e-8, epsInsideRoot }).step();
      return -x.item();
    };
    const sizes = range(25).map((i) => 10 ** (-8 + i / 4));
    const [inside, outside] = [true, false].map((where) => sizes.map((g) => step(g, where))) as [
      number[],
      number[],
    ];
    lab.plot(
      lines(
        { gradient: sizes, "ε inside the root": inside, "ε outside": outside },
        {
          title: "Step under a settled v, in learning rates, ε = 1e-8",
          x: { scale: "log", label: "size of the gradient" },
          alt: "With epsilon inside the root the step collapses for gradients below 1e-4, outside it only below 1e-8.",
        },
      ),
    );
    lab.check("gradient 1e-4: step with ε inside", step(1e-4, true), { equals: Math.SQRT1_2, within: 1e-6 });
    lab.check("gradient 1e-4: step with ε outside", step(1e-4, false), { equals: 1, within: 1e-3 });
    lab.check("gradient 1e-8: step with ε outside", step(1e-8, false), { equals: 0.5, within: 1e-6 });
  },
});

import { eighvals } from "whetstone/math";
import { SGD } from "whetstone/optim";
import { hessian, Tensor } from "whetstone/tensor";
import { card, field, figure, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/saddle-escape",
  title: "A saddle is left, a minimum is not: slowly by descent, faster with noise",
  formula: String.raw`f(x,y)=\tfrac12x^2-\tfrac12y^2+\tfrac14y^4,\qquad y_t=(1+\eta)^t y_0,\qquad t_{\text{escape}}\approx\frac{\ln(1/y_0)}{\eta}`,
  ask: "Is a strict saddle harder to leave than a local minimum? Describe gradient and Hessian near each.",
  answer:
    "At both the gradient is zero. A minimum's Hessian has no negative eigenvalue: nothing leads down. A strict saddle has one: the error along it grows by 1+η|λ| per step, so descent leaves from almost every start, only slowly, as the gradient there is small. Noise seeds that direction and momentum speeds it up.",
  pitfall:
    "Started exactly on the ridge, plain descent walks into the saddle and stays: a set of measure zero, but a symmetric initialisation can be in it.",
  level: "hard",
  whenNot:
    "When the critical point has no negative eigenvalue: noise then only shakes a minimum. Plateaus without curvature are another matter: there momentum or rescaled steps (Adam) help.",
  followUps: [
    {
      ask: "How long does descent stay near a saddle?",
      answer: String.raw`The component along the negative direction grows as $(1+\eta|\lambda|)^t y_0$, so about $\ln(1/y_0)/(\eta|\lambda|)$ steps: only logarithmic in how close it started.`,
    },
    {
      ask: "Where do exact symmetries put a net on a saddle?",
      answer:
        "If all hidden units start with equal weights they receive equal gradients and stay equal for ever: descent moves on the symmetric ridge. Random initialisation breaks the tie.",
    },
  ],
  derivation: String.raw`At $(0,0)$ the Hessian of $f=\tfrac12x^2-\tfrac12y^2+\tfrac14y^4$ has eigenvalues $1$ and $-1$. A descent step multiplies $x$ by $1-\eta$ and, while $y^3$ is negligible, $y$ by $1+\eta$.

So $y_t=(1+\eta)^ty_0$, and $y$ is of order one after $t\approx\ln(1/y_0)/\ln(1+\eta)$ steps. From $y_0=10^{-6}$ at $\eta=0.1$ that is about 145: most of the run passes near the saddle, where the gradient is tiny.

Only $y_0=0$ never leaves, a line in the plane, so of probability zero under any density. Noise of size $\sigma$ per step puts the iterate about $\eta\sigma$ off the ridge at once, which replaces $\ln(1/y_0)$ by $\ln(1/\eta\sigma)$.`,
  errata: [
    {
      claim: "claim-b-219",
      claimed: "Saddle points are harder to escape than local minima.",
      truth:
        "Strict saddles have a direction of descent and are left almost surely; minima have none. Saddles only slow descent down.",
    },
  ],
  covers: ["optim/saddle-escape", "claim-b-219", "claim-b-361"],
  answers: ["q-b-220", "q-b-221"],
  verifiedAgainst: ["closed form of the escape time", "Hessian by automatic differentiation"],
  budget: "quick",
  controls: {
    exponent: slider(2, 10, 6, { label: "start: −log₁₀ of the distance from the ridge" }),
    rate: slider(0.05, 0.3, 0.1, { label: "learning rate", step: 0.05 }),
  },
  run(lab, { exponent, rate }) {
    const loss = (p: Tensor) => {
      const [x, y] = [p.at(0), p.at(1)];
      return x.square().mul(0.5).sub(y.square().mul(0.5)).add(y.square().square().mul(0.25));
    };
    const at = (x: number, y: number) => Tensor.from([x, y], { dtype: "f64" });
    const curvatures = (x: number, y: number) =>
      [...eighvals(hessian(loss, at(x, y)).toMatrix())].sort((a, b) => a - b);
    const [saddle, minimum] = [curvatures(0, 0), curvatures(0, 1)];
    lab.check("least curvature at the saddle", saddle[0]!, { equals: -1, within: 1e-12 });
    lab.check("least curvature at the minimum", minimum[0]!, { equals: 1, within: 1e-12 });

    const limit = 150;
    const random = lab.random();
    const walk = (start: [number, number], o: { momentum?: number; noise?: number }) => {
      const p = Tensor.from(start, { dtype: "f64", requiresGrad: true });
      const optimizer = new SGD([p], { lr: rate, momentum: o.momentum ?? 0 });
      const path: [number, number][] = [start];
      while (path.length <= limit && Math.abs(path.at(-1)![1]) < 0.5) {
        optimizer.zeroGrad();
        const value = loss(p);
        const noise = o.noise ?? 0;
        (noise > 0
          ? value.add(p.mul(at(noise * random.normal(), noise * random.normal())).sum())
          : value
        ).backward();
        optimizer.step();
        path.push([...p.data()] as [number, number]);
      }
      return path;
    };
    const y0 = 10 ** -exponent;
    const paths = {
      descent: walk([1, y0], {}),
      momentum: walk([1, y0], { momentum: 0.8 }),
      "noisy SGD": walk([1, y0], { noise: 0.05 }),
    };
    lab.plot(
      figure(
        [
          field((x, y) => 0.5 * x * x - 0.5 * y * y + 0.25 * y ** 4, [-1.2, 1.2], [-1.5, 1.5], {
            contours: [-0.24, -0.2, -0.1, -0.02, 0, 0.05, 0.2, 0.5],
          }),
          ...Object.entries(paths).map(([name, p]) => ({
            type: "line" as const,
            name,
            x: p.map((q) => q[0]),
            y: p.map((q) => q[1]),
          })),
        ],
        {
          square: true,
          alt: "Paths that run along the ridge to the saddle at the origin and then leave it up or down.",
        },
      ),
    );
    lab.plot(
      lines(
        Object.fromEntries([
          ["step", range(limit + 1)],
          ...Object.entries(paths).map(([name, p]) => [name, p.map((q) => Math.max(Math.abs(q[1]), 1e-12))]),
        ]) as Record<string, number[]>,
        {
          y: { scale: "log", label: "distance from the ridge" },
          alt: "The distance from the ridge grows exponentially: a straight line on a log scale, steeper with momentum, and starting higher with noise.",
        },
      ),
    );
    const steps = (p: unknown[]) => p.length - 1;
    const predicted = Math.log(0.5 / y0) / Math.log(1 + rate);
    if (predicted < limit - 20) {
      lab.check("descent: steps to leave, over ln(0.5/y₀)/ln(1+η)", steps(paths.descent) / predicted, {
        between: [0.9, 1.25],
      });
    } else {
      lab.check("descent has not left in 150 steps, but has moved away", Math.abs(paths.descent.at(-1)![1]), {
        above: y0,
      });
    }
    lab.check("momentum: steps to leave", steps(paths.momentum), { below: steps(paths.descent) });
    if (exponent >= 4)
      lab.check("noise: steps to leave", steps(paths["noisy SGD"]), { below: steps(paths.descent) });
    lab.check(
      "exactly on the ridge, without noise: distance after 150 steps",
      Math.abs(walk([1, 0], {}).at(-1)![1]),
      {
        equals: 0,
      },
    );
    const left = range(4).filter(() => Math.abs(walk([1, 0], { noise: 0.05 }).at(-1)![1]) >= 0.5).length;
    if (rate >= 0.1) {
      lab.check("exactly on the ridge, with noise: runs of 4 that left", left, { equals: 4 });
    }

    // A minimum holds: the same noise does not drive it out.
    const p = Tensor.from([0, 1], { dtype: "f64", requiresGrad: true });
    const optimizer = new SGD([p], { lr: rate });
    let furthest = 0;
    for (let t = 0; t < 100; t++) {
      optimizer.zeroGrad();
      loss(p)
        .add(p.mul(at(0.05 * random.normal(), 0.05 * random.normal())).sum())
        .backward();
      optimizer.step();
      furthest = Math.max(furthest, Math.abs(p.data()[1]! - 1));
    }
    lab.check("started in a minimum with the same noise: furthest in 100 steps", furthest, { below: 0.3 });

    // A plateau: gradients vanish, and momentum adds the little ones up.
    const plateau = (momentum: number) => {
      const x = Tensor.from(-4, { dtype: "f64", requiresGrad: true });
      const sgd = new SGD([x], { lr: 1, momentum });
      let t = 0;
      for (; t < 100 && x.item() < 0; t++) {
        sgd.zeroGrad();
        x.sigmoid().neg().backward();
        sgd.step();
      }
      return t;
    };
    lab.check("steps off a plateau: descent over momentum 0.9", plateau(0) / plateau(0.9), { above: 2 });
  },
});

import { eighvals, Matrix } from "whetstone/math";
import { SGD } from "whetstone/optim";
import { hessian, Tensor } from "whetstone/tensor";
import { bars, card, figure, linspace, range, slider } from "../../index.ts";

/** Two wells of equal depth on a shallow bowl: a sharp one at -1, a flat one at 1. */
const wells = (x: Tensor) => {
  const well = (centre: number, width: number) =>
    x
      .sub(centre)
      .square()
      .mul(-0.5 / width ** 2)
      .exp()
      .neg();
  return well(-1, 0.15).add(well(1, 0.6)).add(x.square().mul(0.02));
};

export default card({
  id: "optim/local-minima",
  title: "Gradient noise leaves sharp minima before flat ones, sometimes",
  formula: String.raw`x\leftarrow x-\eta\,(f'(x)+\xi),\qquad P(\text{all }N\text{ eigenvalues}>0)=\tfrac12,\ \tfrac{2-\sqrt2}{4},\ \tfrac{\pi-2\sqrt2}{4\pi},\dots`,
  ask: "What are flat and sharp minima, why might noisy SGD favour flat ones, and what weakens the flatness argument?",
  answer:
    "Sharp: large curvature, a narrow well. A step of noise, or a rate above 2/curvature, throws the iterate out of a narrow well sooner than out of a wide one of equal depth, so noisy runs collect in the flat one. Whether they leave at all depends on noise, rate and depth. And if Hessians were random matrices, nearly all critical points in high dimension would be saddles.",
  pitfall:
    "Curvature depends on the units of the weights: x = u/10 makes the same minimum a hundred times flatter without changing the function. Compare sharpness only under a fixed scale.",
  level: "hard",
  whenNot:
    "As an argument about generalisation without a fixed scale of the weights: use a held-out set, or a measure that does not change with units. In one convex basin the question does not arise.",
  followUps: [
    {
      ask: "Why are most critical points saddles in high dimension?",
      answer:
        "A minimum needs all N eigenvalues positive. For random symmetric matrices that probability falls faster than exponentially in N, so high critical points nearly always have a way down.",
    },
    {
      ask: "What does sharpness-aware minimisation do?",
      answer:
        "It takes the gradient at the worst point within a small radius of the weights, so it prefers neighbourhoods that are low as a whole. It costs two gradients per step and depends on the scale of the weights too.",
    },
  ],
  derivation: String.raw`Near a minimum with curvature $h$ a noisy step is $x\leftarrow(1-\eta h)x-\eta\xi$. For $\eta h>2$ it diverges even without noise: a well sharper than $2/\eta$ cannot hold the iterate.

Below that the iterate spreads with variance $\eta^2s^2/(1-(1-\eta h)^2)\approx\eta s^2/(2h)$, and the loss it reaches, $\tfrac12h\operatorname{Var}$, is about $\eta s^2/4$ whatever $h$ is. But a narrow well turns over faster: it tries the barrier more often in the same number of steps.

Units: with $x=cu$ the curvature in $u$ is $c^2h$, while the function's values are the same. So a flat minimum can be made sharp by renaming the weights.`,
  covers: ["claim-a-072", "claim-b-217"],
  answers: ["q-b-083"],
  verifiedAgainst: [
    "closed-form probabilities of positive definite GOE matrices",
    "plain descent, which stays",
  ],
  budget: "quick",
  controls: {
    noise: slider(0, 5, 4, { label: "gradient noise", step: 0.5 }),
  },
  run(lab, { noise }) {
    const runs = 150;
    const random = lab.random();
    const train = (start: number, size: number, count = runs) => {
      const x = Tensor.from(new Float64Array(count).fill(start), { requiresGrad: true });
      const optimizer = new SGD([x], { lr: 0.05 });
      for (let t = 0; t < 120; t++) {
        optimizer.zeroGrad();
        const xi = Float64Array.from({ length: count }, () => size * random.normal());
        wells(x)
          .add(x.mul(Tensor.from(xi)))
          .sum()
          .backward();
        optimizer.step();
      }
      return [...x.data()];
    };
    const left = (ends: number[], from: number) =>
      ends.filter((v) => Math.sign(v) !== Math.sign(from)).length / runs;
    const sharp = train(-1, noise);
    const flat = train(1, noise);
    const grid = linspace(-2, 2.5, 120);
    const heights = [...wells(Tensor.from(Float64Array.from(grid))).data()];
    lab.plot(
      figure(
        [
          { type: "line", name: "loss", x: grid, y: heights },
          { type: "points", name: "started in the sharp well", x: sharp, y: sharp.map(() => 0.25), size: 2 },
          { type: "points", name: "started in the flat well", x: flat, y: flat.map(() => 0.4), size: 2 },
        ],
        {
          alt: "Two wells of equal depth; after 120 noisy steps many more runs have left the sharp well than the flat one.",
        },
      ),
    );
    const [out, back] = [left(sharp, -1), left(flat, 1)];
    lab.note(
      `Left the sharp well: ${(100 * out).toFixed(0)} %, left the flat well: ${(100 * back).toFixed(0)} %.`,
    );
    // Over 16 seeds at noise 4: 2.2 to 4.8.
    if (noise >= 3) lab.check("runs that left: sharp over flat well", out / (back + 0.01), { above: 1.5 });
    if (noise <= 0.5) lab.check("little noise: share that left the sharp well", out, { atMost: 0.02 });
    lab.check("no noise: share that left the sharp well", left(train(-1, 0, 1), -1), { equals: 0 });

    // Curvature depends on the units.
    const at = (c: number) =>
      hessian((u) => wells(u.mul(c)).sum(), Tensor.from([1 / c], { dtype: "f64" })).item();
    lab.check("curvature of the flat minimum in units ten times smaller, times", at(0.1) / at(1), {
      equals: 0.01,
      within: 1e-12,
    });

    // How rare are positive definite Hessians, if they are like random symmetric matrices?
    const draws = 1200;
    const share = (n: number) => {
      let count = 0;
      for (let k = 0; k < draws; k++) {
        const G = Matrix.from(range(n).map(() => range(n).map(() => random.normal())));
        if (eighvals(G.add(G.transpose())).every((v) => v > 0)) count++;
      }
      return count / draws;
    };
    const [one, two, three] = [1, 2, 3].map(share) as [number, number, number];
    lab.plot(
      bars(
        { "N = 1": one, "N = 2": two, "N = 3": three },
        {
          title: "Share of random symmetric matrices with positive eigenvalues only",
          alt: "The share falls from a half to a seventh to a fortieth for one, two and three dimensions.",
        },
      ),
    );
    lab.check("N = 1", one, { equals: 0.5, within: 0.06 });
    lab.check("N = 2", two, { equals: (2 - Math.SQRT2) / 4, within: 0.045 });
    lab.check("N = 3", three, { equals: (Math.PI - 2 * Math.SQRT2) / (4 * Math.PI), within: 0.018 });
    lab.check("faster than exponential: the ratio falls", three / two, { below: two / one });
  },
});

import { gradientDescent, Matrix, naturalGradient } from "whetstone/math";
import { card, figure, slider } from "../../index.ts";

// Negative log-likelihood per point of a Gaussian, data with mean 0 and standard deviation 1, in three coordinates.
type Point = ArrayLike<number>;
const COORDINATES = {
  "μ, σ": {
    to: (mu: number, sd: number) => [mu, sd],
    sd: (x: Point) => x[1]!,
    fisher: (x: Point) => [x[1]! ** -2, 2 * x[1]! ** -2],
  },
  "μ, log σ": {
    to: (mu: number, sd: number) => [mu, Math.log(sd)],
    sd: (x: Point) => Math.exp(x[1]!),
    fisher: (x: Point) => [Math.exp(-2 * x[1]!), 2],
  },
  "μ, 1/σ²": {
    to: (mu: number, sd: number) => [mu, sd ** -2],
    sd: (x: Point) => x[1]! ** -0.5,
    fisher: (x: Point) => [x[1]!, 0.5 * x[1]! ** -2],
  },
} as const;
const NAMES = ["μ, σ", "μ, log σ", "μ, 1/σ²"] as const;

export default card({
  id: "math/natural-gradient",
  title: "The natural gradient does not care how you write the parameters",
  formula: String.raw`\theta_{t+1}=\theta_t-\eta\,F(\theta_t)^{-1}\nabla L,\qquad F=\mathbb E\!\left[\nabla\log p\,\nabla\log p^\top\right]`,
  ask: "What does the natural gradient correct, and in what sense is it invariant?",
  answer:
    "Plain descent measures steps in parameters, so σ, log σ and 1/σ² give different paths. The Fisher matrix measures them in KL divergence between distributions. Preconditioned by its inverse, all parameterisations follow the same path, exactly for infinitesimal steps and to first order for finite ones.",
  pitfall:
    "F is as large as the Hessian: D² numbers, D³ to solve. Deep nets use blockwise approximations (K-FAC), and those give up the exact invariance.",
  level: "hard",
  whenNot:
    "For large nets the Fisher matrix is out of reach, and K-FAC or Adam are the affordable stand-ins. With small steps and good scaling plain gradients do as well.",
  followUps: [
    {
      ask: "How are Fisher and Gauss–Newton related?",
      answer:
        "For losses that are log likelihoods of exponential families with the natural link they are the same matrix: JᵀΛJ with the output's Fisher Λ.",
    },
    {
      ask: "Empirical Fisher: what is wrong with it?",
      answer:
        "It takes the labels of the data in place of draws from the model. The two agree only near the optimum of a model that is right; elsewhere it follows the size of the residuals, not the curvature.",
    },
  ],
  derivation: String.raw`$\mathrm{KL}(p_\theta\Vert p_{\theta+\delta})=\tfrac12\delta^\top F\delta+O(\delta^3)$: the first-order term is $\mathbb E\nabla\log p=0$. The steepest descent of $L$ for a given KL minimises $\nabla L^\top\delta+\frac1{2\eta}\delta^\top F\delta$: $\delta=-\eta F^{-1}\nabla L$.

Change parameters $\theta=h(\psi)$ with Jacobian $J$: $\nabla_\psi L=J^\top\nabla L$ and $F_\psi=J^\top FJ$. So $J\,\delta_\psi=-\eta J(J^\top FJ)^{-1}J^\top\nabla L=-\eta F^{-1}\nabla L$: the same move in $\theta$, to first order. A plain gradient would give $-\eta JJ^\top\nabla L$ instead.`,
  covers: ["claim-a-080"],
  verifiedAgainst: ["closed-form Fisher matrices", "path differences that halve with the step"],
  budget: "quick",
  controls: {
    mu: slider(-3, 3, 2, { label: "start: μ", step: 0.1 }),
    sd: slider(0.5, 3, 1.5, { label: "start: σ", step: 0.1 }),
    rate: slider(0.01, 0.2, 0.05, { label: "learning rate", step: 0.01 }),
  },
  run(lab, { mu, sd, rate }) {
    const problem = (name: (typeof NAMES)[number]) => {
      const { sd: sigma } = COORDINATES[name];
      return (x: Float64Array) => Math.log(sigma(x)) + (1 + x[0]! ** 2) / (2 * sigma(x) ** 2);
    };
    const path = (
      name: (typeof NAMES)[number],
      natural: boolean,
      learningRate: number,
      maxIterations: number,
    ) => {
      const { to, sd: sigma, fisher } = COORDINATES[name];
      const options = { learningRate, maxIterations, history: true, tolerance: 0 };
      const result = natural
        ? naturalGradient(problem(name), to(mu, sd), {
            ...options,
            damping: 0,
            fisher: (x) => Matrix.diagonal(fisher(x)),
          })
        : gradientDescent(problem(name), to(mu, sd), options);
      return result.history!.map(({ x }) => [x[0]!, sigma(x)] as const);
    };
    const picture = (natural: boolean) =>
      figure(
        [
          ...NAMES.map((name) => {
            const p = path(name, natural, rate, Math.round(3 / rate)).filter(
              ([m, s]) => Math.abs(m) < 5 && s < 5,
            );
            return { type: "line" as const, name, x: p.map((q) => q[0]), y: p.map((q) => q[1]) };
          }),
          { type: "points", name: "optimum", x: [0], y: [1], size: 5 },
        ],
        {
          title: natural ? "Natural gradient: one path" : "Plain gradient: three paths",
          x: { label: "μ" },
          y: { label: "σ" },
          alt: natural
            ? "Three parameterisations of a Gaussian follow the same path to the optimum under the natural gradient."
            : "Three parameterisations of a Gaussian follow three different paths under the plain gradient.",
        },
      );
    lab.plot(picture(false));
    lab.plot(picture(true));

    // The same time along the flow, at three step sizes: how far apart do the parameterisations end?
    const apart = (natural: boolean, step: number) => {
      const ends = NAMES.map((name) => path(name, natural, step, Math.round(1 / step)).at(-1)!);
      return Math.max(...ends.map(([m, s]) => Math.hypot(m - ends[0]![0], s - ends[0]![1])));
    };
    const [coarse, fine] = [apart(true, 0.02), apart(true, 0.01)];
    lab.table({
      columns: ["step", "natural: largest distance", "plain: largest distance"],
      rows: [0.02, 0.01].map((step) => [step, apart(true, step), apart(false, step)]),
      caption: "Distance in (μ, σ) between the parameterisations after time 1.",
    });
    const plain = apart(false, 0.01);
    if (Math.hypot(mu, sd - 1) > 0.3) {
      lab.check("plain gradient: distance between the paths, in units of the natural ones", plain / fine, {
        above: 5,
      });
      lab.check("natural gradient: half the step, distance times", fine / coarse, {
        equals: 0.5,
        within: 0.06,
      });
    }
    lab.check("natural gradient: distance at step 0.01", fine, { below: 0.03 });
  },
});

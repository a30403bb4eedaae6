import { gradientDescent, numericalGradient, sigmoid, softplus } from "whetstone/math";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "linear/squared-error-classification",
  title: "Squared error on a sigmoid forgives confident mistakes",
  formula: String.raw`\frac{\partial}{\partial z}(\sigma(z)-y)^2=2(\sigma-y)\,\sigma(1-\sigma),\qquad \frac{\partial}{\partial z}\mathrm{CE}=\sigma(z)-y`,
  ask: "Why is cross-entropy preferred to squared error for a classifier with a sigmoid output?",
  answer:
    "The squared error's gradient carries the factor σ(1−σ), which vanishes where the sigmoid saturates: a confident mistake hardly moves. With z = −10 and y = 1 it is −9·10⁻⁵, against −1 for cross-entropy, whose gradient is p − y. Cross-entropy is also convex in the weights; squared error is not.",
  pitfall:
    "It is a training problem, not a scoring one: as the Brier score, squared error is proper and its minimum is the true probability.",
  level: "medium",
  whenNot:
    "For scoring probabilities (Brier), for label noise, where bounded loss is robust, or when outputs are not probabilities squared error is fine.",
  followUps: [
    {
      ask: "Is squared error convex in the weights here?",
      answer:
        "No: (σ(z) − y)² bends the other way for confident mistakes. Cross-entropy of a sigmoid is convex.",
    },
    {
      ask: "Which pairs of output and loss give p − y?",
      answer:
        "Matching link and likelihood: identity with squared error, sigmoid with Bernoulli, softmax with categorical cross-entropy, exp with Poisson.",
    },
  ],
  derivation: String.raw`$\sigma'(z)=\sigma(1-\sigma)$. Squared error: $\frac{\partial}{\partial z}(\sigma-y)^2=2(\sigma-y)\sigma(1-\sigma)$. At $z=-10$, $y=1$: $\sigma=4.5\cdot10^{-5}$, so the gradient is $-9\cdot10^{-5}$.

Cross-entropy $-\log\sigma(z)$ for $y=1$: $\frac{\partial}{\partial z}=-\frac{\sigma(1-\sigma)}\sigma=\sigma-1=\sigma-y$, here $-1$: the derivative of the logarithm cancels the saturating factor.

Its second derivative is $\sigma(1-\sigma)\ge0$, convex in $z$ and so in $w$. As functions of $p$ both are lowest at the true probability: both are proper.`,
  covers: ["claim-a-051"],
  verifiedAgainst: ["finite differences", "closed-form gradients"],
  budget: "quick",
  controls: {
    start: slider(-12, 4, -8, { label: "score z at the start", step: 0.5 }),
    truth: slider(0.05, 0.95, 0.7, { label: "true probability (second figure)", step: 0.05 }),
  },
  run(lab, { start, truth }) {
    const squared = (z: number) => sigmoid(-z) ** 2;
    const entropy = (z: number) => softplus(-z);
    const slope = (f: (z: number) => number, z: number) => numericalGradient((v) => f(v[0]!), [z])[0]!;
    const z = linspace(-12, 6, 181);
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "squared error",
            x: z,
            y: z.map((v) => -2 * sigmoid(-v) * sigmoid(v) * sigmoid(-v)),
          },
          { type: "line", name: "cross-entropy", x: z, y: z.map((v) => -sigmoid(-v)) },
          { type: "rule", x: start, label: "start" },
        ],
        {
          title: "Gradient of the loss of a positive example",
          x: { label: "score z" },
          y: { label: "gradient" },
          alt: "Gradients by score for a positive example: cross-entropy tends to −1 for very wrong scores, squared error tends to 0 there.",
        },
      ),
    );
    const steps = 200;
    const run = (f: (z: number) => number) =>
      gradientDescent({ value: (v) => f(v[0]!) }, [start], {
        learningRate: 0.5,
        maxIterations: steps,
        tolerance: 0,
        history: true,
      }).history!.map((h) => sigmoid(h.x[0]!));
    const [bySquared, byEntropy] = [run(squared), run(entropy)];
    lab.plot(
      figure(
        [
          { type: "line", name: "squared error", x: range(bySquared.length), y: bySquared },
          { type: "line", name: "cross-entropy", x: range(byEntropy.length), y: byEntropy },
        ],
        {
          title: "Gradient descent from the wrong side",
          x: { label: "step" },
          y: { label: "P(y = 1)", domain: [0, 1] },
          alt: `Predicted probability by step from z = ${start}: cross-entropy recovers within some steps, squared error ${start < -5 ? "stays at 0" : "is slower"}.`,
        },
      ),
    );
    lab.check("squared error: gradient at z = −10, y = 1", slope(squared, -10), {
      equals: -9.08e-5,
      relative: 2e-3,
    });
    lab.check("cross-entropy: gradient there", slope(entropy, -10), { equals: -1, within: 1e-4 });
    const from = (f: (v: number) => number) =>
      sigmoid(
        gradientDescent({ value: (v) => f(v[0]!) }, [-8], {
          learningRate: 0.5,
          maxIterations: 200,
          tolerance: 0,
        }).x[0]!,
      );
    lab.check("200 steps from z = −8, squared error: P", from(squared), { below: 0.01 });
    lab.check("200 steps from z = −8, cross-entropy: P", from(entropy), { above: 0.95 });
    // Expected score of reporting p when the truth is `truth`.
    const p = linspace(0.01, 0.99, 99);
    const expected = {
      "squared error (Brier)": (q: number) => truth * (1 - q) ** 2 + (1 - truth) * q ** 2,
      "cross-entropy": (q: number) => -truth * Math.log(q) - (1 - truth) * Math.log(1 - q),
    };
    const best = (f: (q: number) => number) => p.reduce((a, q) => (f(q) < f(a) ? q : a));
    lab.plot(
      figure(
        [
          ...Object.entries(expected).map(([name, f]) => ({
            type: "line" as const,
            name,
            x: p,
            y: p.map(f),
          })),
          { type: "rule", x: truth, label: "truth" },
        ],
        {
          title: "Expected score of a forecast: both are lowest at the truth",
          x: { label: "forecast" },
          y: { label: "expected loss" },
          alt: `Expected squared error and cross-entropy by forecast probability, both lowest at the true probability ${truth}.`,
        },
      ),
    );
    lab.check("squared error is lowest at the true probability", best(expected["squared error (Brier)"]), {
      equals: truth,
      within: 0.006,
    });
    lab.check("cross-entropy too", best(expected["cross-entropy"]), { equals: truth, within: 0.006 });
    lab.check(
      "convexity in z: squared error's largest drop of the slope",
      Math.min(...z.slice(1).map((v, i) => slope(squared, v) - slope(squared, z[i]!))),
      { below: 0 },
    );
    lab.check(
      "cross-entropy's",
      Math.min(...z.slice(1).map((v, i) => slope(entropy, v) - slope(entropy, z[i]!))),
      { above: -1e-8 },
    );
  },
});

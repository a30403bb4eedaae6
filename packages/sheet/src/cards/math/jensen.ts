import { elboBound, jensenGap } from "whetstone/math";
import { normal } from "whetstone/stats";
import { card, choice, figure, linspace, slider } from "../../index.ts";

const FUNCTIONS = {
  "x²": { f: (x: number) => x * x, sign: 1 },
  "exp x": { f: Math.exp, sign: 1 },
  "|x|": { f: Math.abs, sign: 1 },
  "log x": { f: (x: number) => Math.log(x), sign: -1 },
  "2x + 1": { f: (x: number) => 2 * x + 1, sign: 0 },
} as const;

export default card({
  id: "math/jensen",
  title: "Jensen: the mean of a convex function beats the function of the mean",
  formula: String.raw`f(\mathbb E X)\le\mathbb E f(X)\ \ (f\text{ convex}),\qquad \log p(x)\ge\mathbb E_q\!\left[\log\frac{p(x,z)}{q(z)}\right]`,
  ask: "State Jensen's inequality. Where does it appear in variational inference?",
  answer:
    "For convex f the average of f lies above f of the average; for concave f below; for a line they agree. The logarithm is concave, so the log of an average weight is at least the average log weight: that is the ELBO, and the gap is KL(q‖posterior), zero when q is the posterior.",
  pitfall:
    "Averaging in one scale and reading in another is biased: the exp of a mean log forecast is below the mean forecast, by the factor e^(σ²/2) for a log-normal.",
  level: "medium",
  whenNot:
    "For a random variable that hardly varies the gap is about f″·Var/2: small, and often ignored. For functions neither convex nor concave it says nothing.",
  followUps: [
    {
      ask: "Why is the ELBO's gap the KL to the posterior?",
      answer:
        "log p(x) − E_q log(p(x,z)/q) = E_q log(q/p(z|x)) = KL(q ‖ p(z|x)), by writing p(x,z) = p(z|x)p(x).",
    },
    {
      ask: "Where does it bite in evaluation?",
      answer:
        "The mean of perplexities is not the perplexity of the mean loss; the mean of ratios is not the ratio of means; a mean of log forecasts understates the mean.",
    },
  ],
  derivation: String.raw`A convex $f$ has a supporting line at $m=\mathbb EX$: $f(x)\ge f(m)+c\,(x-m)$. Take the mean: $\mathbb Ef(X)\ge f(m)$. Equality needs $f$ linear where $X$ lives, or $X$ constant.

To second order $\mathbb Ef(X)-f(m)\approx\tfrac12f''(m)\operatorname{Var}X$; for $f=x^2$ this is exact.

Write $p(x)=\mathbb E_q\frac{p(x,z)}{q(z)}$ and take logarithms, which are concave: $\log p(x)\ge\mathbb E_q\log\frac{p(x,z)}{q(z)}$. The ratio is constant in $z$ exactly if $q$ is the posterior.`,
  covers: ["math/jensen-inequality"],
  verifiedAgainst: ["closed-form gaps: variance, log-normal mean, KL of two Gaussians"],
  budget: "quick",
  controls: {
    f: choice(["x²", "exp x", "|x|", "log x", "2x + 1"], "exp x", { label: "function" }),
    spread: slider(0, 1.5, 1, { label: "spread of X", step: 0.05 }),
    shift: slider(-2, 2, 1, { label: "mean of q, off the posterior's" }),
  },
  run(lab, { f: name, spread, shift }) {
    const { f, sign } = FUNCTIONS[name];
    // X takes two values with equal probability: the chord between them is what averages.
    const [a, b] = [2 - spread, 2 + spread];
    const seed = lab.seed;
    const two = jensenGap(f, (stream) => (stream.bernoulli() ? a : b), { samples: 4000, seed });
    const x = linspace(0.3, 3.7, 120);
    lab.plot(
      figure(
        [
          { type: "line", name, x, y: x.map(f) },
          { type: "line", name: "chord", x: [a, b], y: [f(a), f(b)], dashed: true },
          { type: "points", name: "E f(X)", x: [2], y: [two.meanOfF], size: 5 },
          { type: "points", name: "f(E X)", x: [2], y: [two.fOfMean], size: 5 },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: `The curve of ${name} with a chord over two equally likely values: the mean of f lies on the chord, ${sign > 0 ? "above" : sign < 0 ? "below" : "on"} the curve.`,
        },
      ),
    );
    lab.check(
      `gap E f(X) − f(E X) of ${name}, times its sign`,
      sign === 0 ? -Math.abs(two.gap) : sign * two.gap,
      { atLeast: -1e-12 },
    );

    const square = jensenGap(
      (v: number) => v * v,
      (stream) => stream.normal(3, 2),
      { samples: 20_000, seed },
    );
    lab.check("gap of x²: the variance 4", square.gap, { equals: 4, within: 0.25 });
    const exp = jensenGap(
      Math.exp,
      (stream: { normal(m: number, s: number): number }) => stream.normal(0, 0.5),
      { samples: 20_000, seed },
    );
    lab.check("mean of exp over exp of mean, for N(0, ½²): e^(1/8)", exp.meanOfF / exp.fOfMean, {
      equals: Math.exp(0.125),
      within: 0.02,
    });
    lab.check("gap of a line", Math.abs(jensenGap(FUNCTIONS["2x + 1"].f, (s) => s.normal(), { seed }).gap), {
      atMost: 1e-12,
    });

    // z ~ N(0, 1), x | z ~ N(z, 1), x = 1 observed: the evidence is N(1; 0, 2), the posterior N(1/2, 1/2).
    // As a function of z the likelihood N(1; z, 1) is N(z; 1, 1).
    const [prior, likelihood, sd] = [normal(0, 1), normal(1, 1), Math.sqrt(0.5)];
    const evidence = normal(0, Math.SQRT2).logPdf(1);
    const bound = (mean: number) => {
      const q = normal(mean, sd);
      return elboBound(
        {
          logJoint: (z: number) => prior.logPdf(z) + likelihood.logPdf(z),
          logProposal: (z: number) => q.logPdf(z),
          sample: (stream) => q.sample(stream),
        },
        { samples: 2000, seed },
      );
    };
    const offsets = linspace(-2, 2, 17);
    const elbos = offsets.map((o) => bound(0.5 + o).elbo);
    lab.plot(
      figure(
        [
          { type: "line", name: "ELBO", x: offsets, y: elbos },
          { type: "rule", name: "log evidence", y: evidence, label: "log p(x)" },
          { type: "points", name: "your q", x: [shift], y: [bound(0.5 + shift).elbo], size: 5 },
        ],
        {
          title: "The bound touches the evidence at the posterior",
          x: { label: "mean of q minus mean of the posterior" },
          y: { label: "nats" },
          alt: "The evidence lower bound as a downward parabola under the level of the log evidence, touching it where q is the posterior.",
        },
      ),
    );
    // KL of two Gaussians of variance 1/2 whose means differ by d is d².
    const off = bound(1.5);
    lab.check(
      "distance of ELBO from log p(x), q one off: KL = 1",
      (evidence - off.elbo - 1) / off.standardError,
      { between: [-5, 5] },
    );
    lab.check("same, q the posterior", Math.abs(evidence - bound(0.5).elbo), { atMost: 1e-12 });
    lab.check("ELBO never above the evidence", Math.max(...elbos) - evidence, { atMost: 1e-12 });
  },
});

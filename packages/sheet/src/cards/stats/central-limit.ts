import {
  cauchy,
  type Distribution,
  ecdf,
  exponential,
  laplace,
  logistic,
  multivariateNormal,
  normal,
  uniform,
} from "whetstone/stats";
import { card, choice, figure, histogram, linspace, range, slider } from "../../index.ts";

export default card({
  id: "stats/central-limit",
  title: "Why the Gaussian is everywhere: sums, entropy, closure",
  formula: String.raw`\frac{\sum_i X_i-n\mu}{\sigma\sqrt n}\to\mathcal N(0,1)\ \text{ if }\sigma<\infty,\qquad h(X)\le\tfrac12\log(2\pi e\,\sigma^2)`,
  ask: "Why is the Gaussian everywhere? Give the central-limit, maximum-entropy and closure arguments.",
  answer:
    "Standardised sums of many independent terms of one law with finite variance become normal, whatever that law. Among all laws with given mean and variance it has the largest entropy: it assumes nothing else. And it is closed: linear maps, sums, margins and conditionals of Gaussians are Gaussian.",
  pitfall:
    "Finite variance is needed: the mean of n Cauchy draws is as spread as one draw. And convergence is slow in the tails, where risk lives.",
  level: "medium",
  whenNot:
    "With heavy tails (infinite variance) sums do not become normal; for extremes use extreme-value laws; for small n use the exact or a t distribution.",
  followUps: [
    {
      ask: "How fast is the convergence?",
      answer:
        "Berry–Esseen: the distance of the distribution functions is at most 0.48·E|X|³/(σ³√n). Skew sets the pace; symmetric laws are faster.",
    },
    {
      ask: "Does it need identical distributions?",
      answer:
        "No: Lindeberg's condition suffices, no single term may dominate the variance. Weak dependence is also allowed, with another variance.",
    },
  ],
  derivation: String.raw`The log of the characteristic function of a standardised term with finite variance is $-\tfrac{t^2}2+o(t^2)$. For the sum over $\sqrt n$ it is $n\big(-\tfrac{t^2}{2n}+o(\tfrac1n)\big)\to-\tfrac{t^2}2$, that of $\mathcal N(0,1)$.

Entropy: for any density $f$ with variance $\sigma^2$ and the normal $g$ of equal mean and variance, $0\le\mathrm{KL}(f\Vert g)=-h(f)-\int f\log g=-h(f)+\tfrac12\log(2\pi e\sigma^2)$, since $\log g$ is quadratic and sees only mean and variance.

Closure: a linear map of a Gaussian has a Gaussian characteristic function again, so margins and sums are Gaussian; so are conditionals, being what is left after an independent linear part is taken out.`,
  covers: ["stats/central-limit-theorem"],
  answers: ["q-b-380"],
  verifiedAgainst: ["SciPy 1.10 stats: distribution functions and entropies", "closed forms"],
  budget: "quick",
  controls: {
    family: choice(["uniform", "exponential", "laplace", "cauchy"], "exponential", { label: "one term" }),
    n: slider(1, 100, 10, { label: "terms n" }),
  },
  run(lab, { family, n }) {
    const random = lab.random();
    const made: Record<typeof family, Distribution> = {
      uniform: uniform(),
      exponential: exponential(),
      laplace: laplace(),
      cauchy: cauchy(),
    };
    const runs = 4000;
    const standardised = (d: Distribution, terms: number) => {
      const finite = Number.isFinite(d.variance);
      return range(runs).map(() => {
        let sum = 0;
        for (const v of d.sample(random, terms)) sum += v;
        return finite ? (sum - terms * d.mean) / Math.sqrt(terms * d.variance) : sum / terms;
      });
    };
    const z = normal();
    const x = linspace(-4, 4, 161);
    lab.plot(
      figure(
        [
          histogram(
            standardised(made[family], n).filter((v) => Math.abs(v) < 4),
            {
              bins: 50,
              density: true,
              name: family === "cauchy" ? `mean of ${n}` : `standardised sum of ${n}`,
            },
          ),
          { type: "line", name: "standard normal", x, y: x.map((v) => z.pdf(v)) },
        ],
        {
          x: { label: "value", domain: [-4, 4] },
          y: { label: "density" },
          alt: `Histogram of standardised sums of ${n} ${family} terms with the normal density: ${family === "cauchy" ? "they never approach each other" : "the larger n, the closer"}.`,
        },
      ),
    );
    // Largest distance between the distribution functions.
    const distance = (values: number[], d: Distribution) => {
      const f = ecdf(values);
      return Math.max(...linspace(-4, 4, 321).map((v) => Math.abs(f(v) - d.cdf(v))));
    };
    const terms = [1, 4, 16, 64];
    const distances = Object.fromEntries(
      (["uniform", "exponential", "cauchy"] as const).map((name) => [
        name,
        terms.map((k) => distance(standardised(made[name], k), z)),
      ]),
    );
    lab.plot(
      figure(
        Object.entries(distances).map(([name, y]) => ({ type: "line" as const, name, x: terms, y })),
        {
          title: "Distance to the normal",
          x: { label: "terms", scale: "log" },
          y: { label: "largest gap of the distribution functions", scale: "log" },
          alt: "Largest distance to the normal distribution by number of terms: falls for uniform and exponential terms, stays for Cauchy.",
        },
      ),
    );
    lab.check("exponential: distance of 1 term", distances.exponential![0]!, { above: 0.13 });
    lab.check("exponential: distance of 64 terms", distances.exponential![3]!, { below: 0.05 });
    lab.check("uniform: distance of 16 terms", distances.uniform![2]!, { below: 0.035 });
    lab.check(
      "mean of 64 Cauchy terms: still a Cauchy, distance from one",
      distance(standardised(made.cauchy, 64), made.cauchy),
      { below: 0.035 },
    );

    // Five laws of variance 1.
    const unit: Record<string, Distribution> = {
      normal: normal(),
      logistic: logistic(0, Math.sqrt(3) / Math.PI),
      laplace: laplace(0, Math.SQRT1_2),
      uniform: uniform(-Math.sqrt(3), Math.sqrt(3)),
      exponential: exponential(1),
    };
    const entropies = Object.fromEntries(Object.entries(unit).map(([name, d]) => [name, d.entropy]));
    lab.plot(
      figure([{ type: "bars", x: Object.keys(entropies), y: Object.values(entropies) }], {
        title: "Entropy at variance 1",
        x: { scale: "band" },
        y: { label: "nats" },
        alt: "Entropies of five laws of variance 1: the normal has the largest, the exponential the smallest.",
      }),
    );
    lab.check("all have variance 1", Math.max(...Object.values(unit).map((d) => Math.abs(d.variance - 1))), {
      atMost: 1e-12,
    });
    lab.check("entropy of the normal: ½ log 2πe", entropies.normal!, {
      equals: 0.5 * Math.log(2 * Math.PI * Math.E),
      within: 1e-12,
    });
    lab.check(
      "largest entropy of the others",
      Math.max(...Object.entries(entropies).flatMap(([name, v]) => (name === "normal" ? [] : [v]))),
      { below: entropies.normal! },
    );
    const joint = multivariateNormal(
      [1, 2],
      [
        [2, 0.6],
        [0.6, 1],
      ],
    );
    const sum = joint.linearMap([[1, 1]]);
    lab.check("closure: variance of X + Y is 2 + 1 + 2·0.6", sum.covariance.at(0, 0), {
      equals: 4.2,
      within: 1e-12,
    });
  },
});

import { elbo } from "whetstone/bayes";
import { PCA } from "whetstone/decomposition";
import { eighvals, logSumExp, Matrix } from "whetstone/math";
import { GaussianMixture } from "whetstone/mixture";
import { multivariateNormal } from "whetstone/stats";
import {
  card,
  dataset,
  field,
  figure,
  type Lab,
  type LabData,
  lines,
  range,
  scaled,
  slider,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData, { k, rounds }: { k: number; rounds: number }): void {
  const Z = scaled(data);
  const X = new PCA({ nComponents: 2 }).fit(Z).transform(Z);
  const spec = new GaussianMixture({ nComponents: k, tol: 1e-7, maxIter: rounds, seed: lab.seed });
  const model = spec.fit(X, null, { onWarning() {} });
  const [x, y] = [Array.from(X.col(0)), Array.from(X.col(1))];
  const around = (v: readonly number[]): [number, number] => [Math.min(...v) - 1, Math.max(...v) + 1];
  const [wide, high] = [around(x), around(y)];
  const at = (i: number, [from, to]: [number, number]) => from + ((i + 0.5) / 40) * (to - from);
  const density = model.scoreSamples(
    range(1600).map((c) => [at(c % 40, wide), at(Math.floor(c / 40), high)]),
  );
  lab.plot(
    figure(
      [
        { type: "field", x: wide, y: high, cols: 40, rows: 40, values: Array.from(density, Math.exp) },
        { type: "points", x, y, group: Array.from(model.labels, (c) => `component ${c}`), size: 2 },
      ],
      {
        title: `${data.name} on two principal axes, round ${model.nIter}`,
        x: { label: "first principal axis" },
        y: { label: "second" },
        alt: `Rows of ${data.name} coloured by the component of a mixture of ${k}, over its density.`,
      },
    ),
  );
  const bounds = Array.from(model.lowerBounds);
  lab.plot(
    figure([{ type: "line", x: range(bounds.length), y: bounds }], {
      title: "The likelihood of the rows",
      x: { label: "round" },
      y: { label: "log-likelihood" },
      alt: "Mean log-likelihood by round of EM.",
    }),
  );
  const laws = range(k).map((c) => multivariateNormal(model.means.row(c), model.covariance(c)));
  const byHand = (i: number) =>
    logSumExp(laws.map((law, c) => Math.log(model.weights[c]!) + law.logPdf(X.row(i))));
  const said = model.scoreSamples(X);
  lab.check(
    "log density of a row against the sum over components, largest gap",
    Math.max(...range(X.rows).map((i) => Math.abs(said[i]! - byHand(i)) / (1 + Math.abs(said[i]!)))),
    { atMost: 1e-5 },
  );
  const shares = model.predictProba(X);
  lab.check(
    "responsibilities of a row add to 1, largest gap",
    Math.max(...range(X.rows).map((i) => Math.abs(shares.row(i).reduce((a, b) => a + b, 0) - 1))),
    { atMost: 1e-9 },
  );
  const thinnest = Math.min(...range(k).map((c) => eighvals(model.covariance(c)).at(-1)!));
  if (thinnest > 1e-3)
    lab.check(
      "largest fall of the log-likelihood in a round",
      Math.max(0, ...bounds.slice(1).map((v, i) => bounds[i]! - v)),
      { atMost: 1e-4 },
    );
  else
    lab.note("A component is nearly flat: what regCovar adds to its variance decides there, not the rows.");
}

export default card({
  id: "mixture/gmm",
  title: "EM climbs the likelihood, to the top of the hill it starts on",
  formula: String.raw`\gamma_{ic}=\frac{\pi_c\mathcal N(x_i;\mu_c,\Sigma_c)}{\sum_k\pi_k\mathcal N(x_i;\mu_k,\Sigma_k)},\qquad \mu_c=\frac{\sum_i\gamma_{ic}x_i}{\sum_i\gamma_{ic}}`,
  ask: "Write the E and M steps of a Gaussian mixture; why do the starting values matter?",
  answer:
    "E: responsibilities γ, each component's share of each point. M: weighted means, covariances and shares of the sum. Each round lifts the ELBO and makes it tight again, so the likelihood never falls. It ends at a stationary point: other starts may end lower, so start from k-means and keep the best of several.",
  pitfall:
    "A component that shrinks onto one point has unbounded likelihood: a little variance is added to each (regCovar).",
  level: "hard",
  whenNot:
    "When clusters are not elliptical, or columns are many against rows: full covariances have d²/2 numbers each. Take tied or diagonal ones, HDBSCAN, or k-means for plain round groups.",
  followUps: [
    {
      ask: "How is k-means a limit of this?",
      answer:
        "With equal shares and covariances εI, ε → 0, responsibilities become 0 or 1 for the nearest mean, and the M step averages the rows of each cluster.",
    },
    {
      ask: "How do you choose the number of components?",
      answer:
        "By BIC, or held-out likelihood; training likelihood of the best fit never falls as components are added. Check that no component sits on a handful of rows.",
    },
  ],
  derivation: String.raw`For any weights $q_i(c)$ that sum to 1, $\log p(x_i)=\sum_cq_i(c)\log\frac{p(x_i,c)}{q_i(c)}+\mathrm{KL}(q_i\Vert p(c|x_i))$: write $p(x_i)=p(x_i,c)/p(c|x_i)$ and average over $q_i$. The first term is the ELBO, the gap a KL, never negative.

E step: set $q_i=p(c|x_i)=\gamma_{ic}$. The gap becomes $0$ and the likelihood stays. M step: with $\gamma$ fixed raise the ELBO. The likelihood is at least the new ELBO, which is at least the old one, which was the old likelihood. So it never falls.

The M step maximises $\sum_{ic}\gamma_{ic}\log\big(\pi_c\mathcal N(x_i;\mu_c,\Sigma_c)\big)$. Setting derivatives to zero gives weighted means and covariances, and $\pi_c=\frac1n\sum_i\gamma_{ic}$ by the constraint that shares sum to 1.`,
  covers: ["mixture/gmm", "claim-b-300"],
  answers: ["q-b-310", "q-b-311"],
  verifiedAgainst: ["scikit-learn 1.2 GaussianMixture", "density formula, 1e-11"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "none", { seeded: true }),
    k: slider(1, 6, 3, { label: "components" }),
    rounds: slider(1, 60, 60, { label: "rounds of EM", play: true }),
    spread: slider(1, 6, 3.5, { label: "distance of the groups", simulated: true }),
  },
  run(lab, { data, k, rounds, spread }) {
    if (data) {
      onTable(lab, data, { k, rounds });
      return;
    }
    const random = lab.random();
    const make = (gap: number) =>
      Matrix.from(
        range(150).map((i) => [
          gap * Math.cos((i % 3) * 2.1) + random.normal(),
          gap * Math.sin((i % 3) * 2.1) + 0.6 * random.normal(),
        ]),
      );
    const X = make(spread);
    const spec = new GaussianMixture({ nComponents: k, tol: 1e-7, maxIter: rounds, seed: lab.seed });
    const quiet = { onWarning() {} };
    const model = spec.fit(X, null, quiet);
    const side = spread + 3;
    const grid = field(() => 0, [-side, side], [-side, side], { resolution: 40 });
    const at = range(1600).map((c) => [
      -side + ((c % 40) + 0.5) * (side / 20),
      -side + (Math.floor(c / 40) + 0.5) * (side / 20),
    ]);
    lab.plot(
      figure(
        [
          { ...grid, values: Array.from(model.scoreSamples(at), Math.exp) } as typeof grid,
          {
            type: "points",
            x: Array.from(X.col(0)),
            y: Array.from(X.col(1)),
            group: Array.from(model.labels, (c) => `component ${c}`),
            size: 2,
          },
        ],
        {
          title: `Density and most responsible component after round ${model.nIter}`,
          square: true,
          x: { label: "x" },
          y: { label: "y" },
          alt: `Points in three groups coloured by the component of a mixture of ${k}, over its density.`,
        },
      ),
    );
    lab.plot(
      lines(
        { round: range(model.nIter), "log-likelihood": model.lowerBounds },
        { title: "The likelihood never falls", alt: "Mean log-likelihood by round of EM: it only rises." },
      ),
    );
    lab.check(
      "largest fall of the log-likelihood in a round",
      Math.max(0, ...range(model.nIter - 1).map((i) => model.lowerBounds[i]! - model.lowerBounds[i + 1]!)),
      { atMost: 1e-7 },
    );
    const three = make(4);
    const starts = range(8).map(
      (seed) =>
        new GaussianMixture({ nComponents: 3, initParams: "random", seed, maxIter: 400 })
          .fit(three, null, quiet)
          .lowerBounds.at(-1)!,
    );
    const good = new GaussianMixture({ nComponents: 3, nInit: 4 }).fit(three, null, quiet);
    lab.check(
      "k-means starts against the best of eight random ones",
      good.lowerBounds.at(-1)! - Math.max(...starts),
      { atLeast: -0.01 },
    );
    // E step by hand: with q the responsibilities, the bound equals the log density; with other shares it is lower.
    const x = three.row(0);
    const joint = range(3).map(
      (c) => Math.log(good.weights[c]!) + multivariateNormal(good.means.row(c), good.covariance(c)).logPdf(x),
    );
    const shares = good.predictProba([x]).row(0);
    lab.check(
      "γ makes the bound tight: gap",
      Math.abs(
        elbo(
          joint,
          Array.from(shares, (v) => v / shares.reduce((s, w) => s + w, 0)),
        ).gap,
      ),
      { atMost: 1e-9 },
    );
    lab.check("equal shares leave a gap", elbo(joint, [1 / 3, 1 / 3, 1 / 3]).gap, { above: 0.01 });
    const bics = [1, 2, 3, 4, 5].map((c) =>
      new GaussianMixture({ nComponents: c, nInit: 2, covarianceType: "diag" })
        .fit(three, null, quiet)
        .bic(three),
    );
    lab.check("components that BIC chooses for three groups", bics.indexOf(Math.min(...bics)) + 1, {
      equals: 3,
    });
  },
});

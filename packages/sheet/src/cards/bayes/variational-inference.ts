import { elbo, meanFieldNormal } from "whetstone/bayes";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "bayes/variational-inference",
  title: "The evidence is the bound plus the gap",
  formula: String.raw`\log p(x)=\underbrace{\mathbb E_q[\log p(x,z)]+H(q)}_{\mathrm{ELBO}}+\mathrm{KL}(q\Vert p(z\mid x))`,
  ask: "What does variational inference optimise in place of the true posterior?",
  answer:
    "The ELBO over a tractable family q. It equals E_q[log p(x|z)] − KL(q‖prior), also E_q[log p(x,z)] + H(q), and falls short of the log evidence by exactly KL(q‖posterior). So raising it pulls q to the posterior, never past the evidence; with q the posterior, the E step of EM, the gap is 0.",
  pitfall:
    "A mean-field q ignores correlations and is too narrow; the bound's gap stays open however long you optimise.",
  level: "hard",
  whenNot:
    "When variances or tails matter (mean field is too narrow), or the posterior is small enough for MCMC. Check VI by importance weights or on a subset with MCMC.",
  followUps: [
    {
      ask: "Why is the reverse KL chosen?",
      answer: String.raw`$\mathrm{KL}(q\Vert p)$ needs expectations under q only, which we can sample, and the unknown evidence is a constant. The forward KL needs expectations under the posterior itself.`,
    },
    {
      ask: "What does the reparametrisation trick do here?",
      answer: String.raw`Write $z=\mu+\sigma\epsilon$ with $\epsilon$ from a fixed law: the gradient of $\mathbb E_q[f(z)]$ in $\mu,\sigma$ moves inside the mean and has low variance. It needs a differentiable $f$.`,
    },
  ],
  derivation: String.raw`For any $q$: $\log p(x)=\mathbb E_q[\log p(x)]=\mathbb E_q\Big[\log\frac{p(x,z)}{q(z)}\Big]+\mathbb E_q\Big[\log\frac{q(z)}{p(z\mid x)}\Big]$, since $p(x)=p(x,z)/p(z\mid x)$. The first term is the ELBO, the second $\mathrm{KL}(q\Vert p(z\mid x))\ge0$.

The left side does not depend on $q$: raising the ELBO lowers the KL by the same amount. The gap is zero only for $q=p(z\mid x)$.

Splitting $p(x,z)=p(x\mid z)p(z)$ gives $\mathbb E_q[\log p(x\mid z)]-\mathrm{KL}(q\Vert p(z))$: fit less distance to the prior. EM alternates between both arguments: the E step closes the gap, the M step lifts the bound in the parameters.`,
  covers: ["bayes/variational-inference", "claim-a-166", "claim-b-301"],
  answers: ["q-a-396"],
  verifiedAgainst: ["the exact evidence of the normal-gamma model, by quadrature in the library's tests"],
  budget: "quick",
  controls: {
    q: slider(0.01, 0.99, 0.2, { label: "q(z = 1)" }),
    rows: slider(2, 40, 5, { label: "observations" }),
  },
  run(lab, { q, rows }) {
    const prior = [0.3, 0.7];
    const likelihood = [0.5, 0.1];
    const joint = prior.map((p, z) => Math.log(p * likelihood[z]!));
    const bound = (v: number) => elbo(joint, [1 - v, v]);
    const grid = linspace(0.01, 0.99, 99);
    const at = bound(q);
    lab.plot(
      figure(
        [
          { type: "line", name: "ELBO", x: grid, y: grid.map((v) => bound(v).elbo) },
          { type: "rule", name: "log evidence", y: at.logEvidence },
          { type: "points", name: "your q", x: [q], y: [at.elbo] },
          { type: "rule", x: at.posterior[1]!, label: "posterior" },
        ],
        {
          title: `gap ${at.gap.toFixed(3)}`,
          x: { label: "q(z = 1)" },
          y: { label: "log" },
          alt: "The bound by q: it touches the log evidence where q is the posterior and lies below it elsewhere.",
        },
      ),
    );
    lab.check("ELBO + KL against log p(x)", at.elbo + at.gap, {
      equals: Math.log(0.3 * 0.5 + 0.7 * 0.1),
      within: 1e-12,
    });
    const weights = [1 - q, q];
    const expected = weights.reduce((s, w, z) => s + w * Math.log(likelihood[z]!), 0);
    const kl = weights.reduce((s, w, z) => s + w * Math.log(w / prior[z]!), 0);
    lab.check("E_q[log p(x|z)] − KL(q‖prior) is the same number", expected - kl, {
      equals: at.elbo,
      within: 1e-12,
    });
    const entropy = -weights.reduce((s, w) => s + w * Math.log(w), 0);
    lab.check("E_q[log p(x,z)] + H(q) too", weights.reduce((s, w, z) => s + w * joint[z]!, 0) + entropy, {
      equals: at.elbo,
      within: 1e-12,
    });
    lab.check("q the posterior (E step): gap", bound(at.posterior[1]!).gap, { equals: 0, within: 1e-12 });
    const random = lab.random();
    const fit = meanFieldNormal(
      range(rows).map(() => random.normal(2, 1)),
      { mean: 0, k: 0.5, shape: 2, rate: 2 },
      15,
    );
    lab.plot(
      figure(
        [
          { type: "line", name: "ELBO", x: range(15).map((i) => i + 1), y: fit.elbos },
          { type: "rule", name: "log evidence", y: fit.logEvidence },
        ],
        {
          title: "Mean-field ascent, normal data with unknown mean and precision",
          x: { label: "round" },
          y: { label: "log" },
          alt: "The bound rises with every round towards the known log evidence and stays below it.",
        },
      ),
    );
    lab.check(
      "mean field: largest fall of the bound in a round",
      Math.max(0, ...range(14).map((i) => fit.elbos[i]! - fit.elbos[i + 1]!)),
      { atMost: 1e-10 },
    );
    lab.check(
      "never above the known evidence: evidence minus bound",
      fit.logEvidence - Math.max(...fit.elbos),
      { above: 0 },
    );
  },
});

import { brierDecomposition, brierScore, logLoss } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "calibration/brier",
  title: "The Brier score is proper: honesty minimises it",
  formula: String.raw`\text{BS}=\tfrac1n\sum(p_i-y_i)^2=\underbrace{\text{reliability}}_{\text{calibration}}-\underbrace{\text{resolution}}_{\text{discrimination}}+\underbrace{\bar y(1-\bar y)}_{\text{uncertainty}}`,
  ask: "What is the Brier score, which direction is better, and what does its decomposition tell?",
  answer:
    "The mean squared error of probabilities: lower is better, 0 is perfect, and its expectation is lowest at the true probability, so hedging or boasting costs. It splits into reliability (distance from calibration), minus resolution (how far groups differ from the base rate), plus the base rate's own variance.",
  pitfall:
    "With 1 % positives always saying 1 % scores 0.0099 and looks superb: compare with that reference (skill score). Log loss is proper too and punishes sure mistakes without limit.",
  level: "medium",
  whenNot:
    "When only the ranking is used (a top-k list), a proper score measures what nobody needs. And with very rare events log loss tells extreme forecasts apart where Brier hardly moves.",
  followUps: [
    {
      ask: "Brier or log loss?",
      answer:
        "Both are proper. Brier is bounded and forgiving of sure mistakes; log loss is unbounded and punishes them without limit. Train by log loss, report both.",
    },
    {
      ask: "What does a skill score add?",
      answer:
        "1 − BS/BS_ref against always stating the base rate: 0 is no skill, 1 perfect. Without it a rare event makes every Brier score look superb.",
    },
  ],
  derivation: String.raw`For one forecast $p$ of an event with probability $\theta$ the expected score is $\theta(1-p)^2+(1-\theta)p^2$. Its slope in $p$ is $2(p-\theta)$: the minimum is at $p=\theta$, so honesty is best. That is what proper means.

Group the rows by forecast $p_k$ with observed rate $\bar y_k$ and share $w_k$. Within a group $\frac1{n_k}\sum(p_k-y_i)^2=(p_k-\bar y_k)^2+\bar y_k(1-\bar y_k)$. The variance of all outcomes splits too: $\bar y(1-\bar y)=\sum w_k\bar y_k(1-\bar y_k)+\sum w_k(\bar y_k-\bar y)^2$.

Put together: reliability $\sum w_k(p_k-\bar y_k)^2$, minus resolution $\sum w_k(\bar y_k-\bar y)^2$, plus uncertainty.`,
  covers: ["metrics/brier-score", "claim-a-158"],
  answers: ["q-a-352"],
  verifiedAgainst: ["scikit-learn 1.2 brier_score_loss and log_loss", "the identity of the parts"],
  budget: "quick",
  controls: {
    truth: slider(0.05, 0.95, 0.3, { label: "true probability", step: 0.05 }),
    boast: slider(0.3, 3, 1.8, { label: "stretch of the log-odds (1: honest)", step: 0.1 }),
  },
  run(lab, { truth, boast }) {
    const random = lab.random();
    const n = 4000;
    const y = range(n).map(() => (random.bernoulli(truth) ? 1 : 0));
    const forecasts = linspace(0.01, 0.99, 99);
    const scores = {
      "Brier score": forecasts.map((p) =>
        brierScore(
          y,
          y.map(() => p),
        ),
      ),
      "log loss": forecasts.map((p) =>
        logLoss(
          y,
          y.map(() => p),
        ),
      ),
    };
    lab.plot(
      figure(
        [
          ...Object.entries(scores).map(([name, s]) => ({ type: "line" as const, name, x: forecasts, y: s })),
          { type: "rule", x: truth, label: "truth" },
        ],
        {
          title: "One forecast for all: both scores are lowest at the truth",
          x: { label: "forecast" },
          y: { label: "score", domain: [0, 2] },
          alt: `Brier score and log loss of a constant forecast: both have their minimum at the true probability ${truth}.`,
        },
      ),
    );
    const best = (s: number[]) => forecasts[s.indexOf(Math.min(...s))]!;
    lab.check(
      "forecast with the lowest Brier score, against the observed rate",
      best(scores["Brier score"]),
      { equals: mean(y), within: 0.006 },
    );
    lab.check("forecast with the lowest log loss", best(scores["log loss"]), {
      equals: mean(y),
      within: 0.006,
    });
    const levels = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95];
    const p = range(n).map((i) => levels[i % 6]!);
    const z = p.map((v) => (random.bernoulli(v) ? 1 : 0));
    const stretch = (v: number) => 1 / (1 + Math.exp(-boast * Math.log(v / (1 - v))));
    const told = p.map(stretch);
    const [honest, stretched] = [brierDecomposition(z, p), brierDecomposition(z, told)];
    const parts = ["reliability", "resolution", "uncertainty"] as const;
    lab.plot(
      figure(
        [
          {
            type: "bars",
            name: "honest",
            x: parts.map((k) => `${k}, honest`),
            y: parts.map((k) => honest[k]),
          },
          {
            type: "bars",
            name: "stretched",
            x: parts.map((k) => `${k}, stretched`),
            y: parts.map((k) => stretched[k]),
          },
        ],
        {
          title: `Brier score ${honest.score.toFixed(3)} honest, ${stretched.score.toFixed(3)} stretched`,
          x: { scale: "band" },
          y: {},
          alt: `Parts of the Brier score for honest and stretched forecasts: only reliability differs, ${honest.reliability.toFixed(4)} against ${stretched.reliability.toFixed(4)}.`,
        },
      ),
    );
    lab.check(
      "reliability − resolution + uncertainty",
      stretched.reliability - stretched.resolution + stretched.uncertainty,
      { equals: brierScore(z, told), within: 1e-12 },
    );
    lab.check("honest forecasts: reliability", honest.reliability, { below: 0.003 });
    const twice = p.map((v) => 1 / (1 + ((1 - v) / v) ** 2));
    lab.check("log-odds doubled: Brier score rises by", brierScore(z, twice) - honest.score, {
      above: 0.004,
    });
    lab.check("resolution is not touched by a monotone stretch", brierDecomposition(z, twice).resolution, {
      equals: honest.resolution,
      within: 1e-12,
    });
    lab.check(
      "1 % base rate, always saying 1 %",
      brierScore(
        range(100).map((i) => (i === 0 ? 1 : 0)),
        range(100).map(() => 0.01),
      ),
      { equals: 0.0099, within: 1e-12 },
    );
  },
});

import { baumWelch, HiddenMarkovModel, hmmFromLabelled, initialHmm } from "whetstone/mixture";
import { card, figure, lines, range, slider } from "../../index.ts";

export default card({
  id: "mixture/hmm",
  title: "A hidden Markov model: sum over paths, find the best path, learn the rest",
  formula: String.raw`p(x,z)=\pi_{z_1}B_{z_1}(x_1)\prod_{t=2}^{T}A_{z_{t-1}z_t}\,B_{z_t}(x_t)`,
  ask: "What are the emission and transition probabilities of an HMM tagger, and what does Viterbi find?",
  answer:
    "Transition: P(tag given the tag before). Emission: P(word given tag). Forward–backward sums over all paths in T·k² steps, which gives the likelihood and each step's posterior. Viterbi finds the most probable path as a whole. Baum–Welch is EM: expected counts become probabilities.",
  pitfall:
    "The most probable path is not the list of most probable states: the latter may even use a transition of probability 0.",
  level: "medium",
  whenNot:
    "When features overlap or the future helps, a linear-chain CRF or a network models P(tags given words) directly. When memory is longer than one step, the Markov assumption is wrong.",
  followUps: [
    {
      ask: "Why compute in logs or scale each step?",
      answer:
        "The forward values are products of T probabilities and underflow after a few hundred steps. Scale each step to sum 1 and add the logs of the scales: their sum is the log-likelihood.",
    },
    {
      ask: "How do you tag a word never seen in training?",
      answer:
        "Unsmoothed, its emission is 0 under every tag and every path dies. Smooth, or use an unknown-word class by suffix and capitals.",
    },
  ],
  derivation: String.raw`The sum over all $k^T$ paths factors, because each factor sees only two neighbouring states. Let $a_t(j)$ be the probability of $x_1,\dots,x_t$ and state $j$ at $t$. Then $a_t(j)=B_j(x_t)\sum_ia_{t-1}(i)A_{ij}$: $k^2$ products per step, and $\sum_ja_T(j)$ is the likelihood.

A backward pass gives $b_t(j)$, the probability of the rest given state $j$ at $t$; $a_t(j)b_t(j)$ over the likelihood is the posterior of the state.

Viterbi replaces the sum by a maximum: products of non-negative numbers also distribute over $\max$. Remembering the best predecessor leads back along the best path.

Baum–Welch is EM: posteriors of states and pairs are expected counts, and normalised counts maximise the expected log-likelihood.`,
  covers: ["mixture/hmm", "claim-a-285"],
  answers: ["q-a-429", "q-a-430"],
  verifiedAgainst: ["brute force over every path", "counts for labelled sequences"],
  budget: "quick",
  controls: {
    stay: slider(0.55, 0.98, 0.9, { label: "probability of staying" }),
    noise: slider(0.2, 3, 1, { label: "noise of the emissions" }),
  },
  run(lab, { stay, noise }) {
    const truth = new HiddenMarkovModel({
      start: [0.5, 0.5],
      transition: [
        [stay, 1 - stay],
        [1 - stay, stay],
      ],
      emission: {
        kind: "gaussian",
        means: [[-1], [1]] as never,
        variances: [[noise ** 2], [noise ** 2]] as never,
      },
    });
    const { states, observations } = truth.sample(150, lab.seed);
    const fit = baumWelch([observations], initialHmm([observations], 2, { seed: lab.seed }), { maxIter: 60 });
    const posterior = truth.posteriors(observations);
    const path = truth.decode(observations).states;
    lab.plot(
      figure(
        [
          { type: "points", name: "seen", x: range(150), y: Array.from(observations.data), size: 2 },
          { type: "step", name: "hidden state", x: range(150), y: Array.from(states, (s) => 2 * s - 1) },
          {
            type: "line",
            name: "posterior of the upper state",
            x: range(150),
            y: range(150).map((t) => 2 * posterior.at(t, 1) - 1),
            dashed: true,
          },
        ],
        {
          x: { label: "step" },
          y: { label: "observation" },
          alt: "Noisy observations, the hidden two-level state that made them, and its posterior.",
        },
      ),
    );
    lab.plot(
      lines(
        { round: range(fit.logLikelihoods.length), "log-likelihood": fit.logLikelihoods },
        { title: "Baum–Welch", alt: "Log-likelihood by round of Baum–Welch: it only rises." },
      ),
    );
    lab.check(
      "largest fall of the likelihood in a round",
      Math.max(
        0,
        ...range(fit.logLikelihoods.length - 1).map(
          (i) => fit.logLikelihoods[i]! - fit.logLikelihoods[i + 1]!,
        ),
      ),
      { atMost: 1e-8 },
    );
    const right = (s: ArrayLike<number>) => states.filter((v, t) => v === s[t]).length / 150;
    lab.note(`Viterbi finds ${(100 * right(path)).toFixed(0)} % of the hidden states.`);

    // A small tagger: brute force over every tagging of a sentence.
    const tagger = hmmFromLabelled(
      [
        [0, 2, 1],
        [0, 1, 2, 0, 3],
        [3, 1, 0],
      ],
      [
        [0, 1, 1],
        [0, 1, 1, 0, 1],
        [0, 1, 0],
      ],
      { smoothing: 0.5 },
    );
    const random = lab.random();
    const sentence = range(6).map(() => random.int(4));
    const B = tagger.emission.kind === "categorical" ? tagger.emission.probabilities : null;
    const joint = (tags: number[]) =>
      tags.reduce(
        (p, s, t) =>
          p * (t === 0 ? tagger.start[s]! : tagger.transition.at(tags[t - 1]!, s)) * B!.at(s, sentence[t]!),
        1,
      );
    const all = range(64).map((code) => range(6).map((t) => (code >> t) & 1));
    const best = Math.max(...all.map(joint));
    lab.check(
      "Viterbi against the best of all 64 taggings, log probability",
      tagger.decode(sentence).logProbability,
      { equals: Math.log(best), within: 1e-10 },
    );
    lab.check("forward pass against the sum over all taggings", tagger.logLikelihood(sentence), {
      equals: Math.log(all.reduce((s, tags) => s + joint(tags), 0)),
      within: 1e-10,
    });
    lab.check("transition 0 → 1 is its smoothed share of the counts", tagger.transition.at(0, 1), {
      equals: (4 + 0.5) / (4 + 1),
      within: 1e-12,
    });
  },
});

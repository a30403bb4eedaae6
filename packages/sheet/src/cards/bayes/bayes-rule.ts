import { bayesRule } from "whetstone/bayes";
import { bars, card, lines, linspace, slider } from "../../index.ts";

export default card({
  id: "bayes/bayes-rule",
  title: "A good test for a rare thing is mostly wrong when it rings",
  formula: String.raw`P(A\mid B)=\frac{P(B\mid A)\,P(A)}{P(B)}`,
  ask: "How does Bayes' rule turn a prior and a likelihood into a posterior?",
  answer:
    "Multiply the prior of each hypothesis by how well it predicted the data, and divide by the sum. With a prevalence of 1 %, 99 % sensitivity and 5 % false alarms, a positive test means 1 in 6: the false alarms of the many healthy outnumber the hits among the few ill.",
  pitfall: "P(positive given ill) is not P(ill given positive): the base rate stands between them.",
  level: "easy",
  whenNot:
    "When the prior is a guess that decides the outcome, show results for several. With a repeated, dependent test the likelihoods may not be multiplied.",
  followUps: [
    {
      ask: "What does a second, independent positive test do?",
      answer:
        "Odds multiply: prior odds 1/99 times 19.8 twice gives 3.96, so a probability of 80 %. Its errors must be independent given the state; repeating the same faulty test adds little.",
    },
    {
      ask: "How does Bayes' rule look in odds?",
      answer: String.raw`Posterior odds = prior odds × likelihood ratio, $\frac{0.99}{0.05}=19.8$ for the positive test. The evidence cancels, and several independent findings just multiply.`,
    },
  ],
  derivation: String.raw`Write the joint probability in two ways: $P(A,B)=P(B\mid A)P(A)=P(A\mid B)P(B)$. Dividing by $P(B)$ gives the rule; $P(B)=\sum_aP(B\mid a)P(a)$ over all hypotheses makes the result add up to 1.

Count 10,000 people at 1 % prevalence: 100 ill, 99 of them ring; 9900 healthy, 5 % or 495 ring. Of 594 alarms 99 are ill: 1 in 6.

Two findings that are independent given $A$ multiply their likelihoods. Using the first posterior as the next prior gives the same number as both at once, since $P(B_1,B_2\mid A)P(A)=P(B_2\mid A)\,[P(B_1\mid A)P(A)]$.`,
  covers: ["bayes/bayes-rule"],
  answers: ["q-a-305"],
  verifiedAgainst: ["arithmetic on counts", "sequential against joint updating"],
  budget: "quick",
  controls: {
    prior: slider(0.001, 0.9, 0.01, { label: "prevalence", scale: "log" }),
    hit: slider(0.5, 1, 0.99, { label: "sensitivity" }),
    alarm: slider(0.001, 0.5, 0.05, { label: "false alarms" }),
  },
  run(lab, { prior, hit, alarm }) {
    const after = (p: number) => bayesRule([p, 1 - p], [hit, alarm]).posterior[0]!;
    lab.plot(
      bars(
        { before: prior, "after one positive": after(prior), "after two": after(after(prior)) },
        {
          y: { label: "P(ill)", percent: true },
          alt: "Probability of illness before the test, after one and after two positive tests.",
        },
      ),
    );
    const grid = linspace(0.001, 0.5, 100);
    lab.plot(
      lines(
        { prevalence: grid, "P(ill given positive)": grid.map(after) },
        { alt: "Posterior by prevalence: it starts near 0 and rises steeply." },
      ),
    );
    const known = bayesRule([0.01, 0.99], [0.99, 0.05]);
    // Of 10,000: 100 ill of whom 99 test positive; 9,900 healthy of whom 495 do.
    lab.check("1 %, 99 %, 5 %: posterior by counting people, 99 of 594", known.posterior[0]!, {
      equals: 99 / 594,
      within: 1e-12,
    });
    lab.check("evidence", known.evidence, { equals: 594 / 10_000, within: 1e-12 });
    const both = bayesRule([prior, 1 - prior], [hit * hit, alarm * alarm]).posterior[0]!;
    lab.check(
      "two tests one after another equal two at once, difference",
      Math.abs(after(after(prior)) - both),
      { atMost: 1e-12 },
    );
  },
});

import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-008",
    card: "information/kl",
    level: "medium",
    ask: "What does KL divergence quantify, and why is it not a distance?",
    answer:
      "The extra code length when data from p is coded for q. It is asymmetric, breaks the triangle inequality, and is infinite where q = 0 < p.",
  },
  {
    kind: "question",
    id: "q-a-306",
    card: "information/entropy",
    level: "easy",
    ask: "What does Shannon entropy measure, and what fixes its unit?",
    answer:
      "The mean surprise −log p, the least mean code length. The base: 2 gives bits, e nats; 1 bit = 0.693 nats.",
  },
  {
    kind: "question",
    id: "q-a-307",
    card: "information/kl",
    level: "medium",
    ask: "How are entropy, cross-entropy and KL divergence related?",
    answer:
      "H(p, q) = H(p) + KL(p‖q): the unavoidable part plus the waste. With fixed labels minimising one minimises the other.",
  },
  {
    kind: "question",
    id: "q-b-296",
    card: "information/kl",
    level: "medium",
    ask: "Show that cross-entropy is entropy plus KL, and use it to prove discrete cross-entropy non-negative; when is it zero?",
    answer:
      "Add and subtract Σ p log p. H(p) ≥ 0 for discrete p and KL ≥ 0 by Jensen. Zero only if p is one-hot and q puts probability 1 there.",
  },
  {
    kind: "question",
    id: "q-b-297",
    card: "information/forward-reverse-kl",
    level: "medium",
    ask: "Why is KL asymmetric? Fit one Gaussian to two distant modes under each direction: where does it land?",
    answer:
      "It averages over its first argument. KL(p‖q): q covers both, mean between, wide. KL(q‖p): q sits on one mode, at the price log 2.",
  },
  {
    kind: "question",
    id: "q-b-298",
    card: "information/jensen-shannon",
    level: "medium",
    ask: "Which metric axioms do KL, Jensen–Shannon and its square root satisfy, and when is KL infinite?",
    answer:
      "All are ≥ 0 and 0 only for equals. KL is asymmetric without triangle inequality, infinite where q lacks mass of p. JS is symmetric and ≤ log 2, no triangle. √JS is a metric.",
  },
  {
    kind: "question",
    id: "q-b-299",
    card: "information/infonce",
    level: "hard",
    ask: "Show that InfoNCE bounds mutual information from below; what caps the bound?",
    answer:
      "The best critic is the log density ratio; the loss of finding the true partner among N is then at least log N − I, so I ≥ log N − loss. The loss is ≥ 0: the cap is log N.",
  },
  {
    kind: "formula",
    id: "f-information-entropy",
    card: "information/entropy",
    level: "easy",
    ask: "Complete the entropy and its largest value.",
    formula: String.raw`H(p)=-\sum_kp_k\log p_k\le\gap`,
    missing: String.raw`\log K`,
  },
  {
    kind: "formula",
    id: "f-information-kl",
    card: "information/kl",
    level: "medium",
    ask: "Complete: cross-entropy is entropy plus",
    formula: String.raw`H(p,q)=H(p)+\gap`,
    missing: String.raw`\mathrm{KL}(p\Vert q)`,
  },
  {
    kind: "formula",
    id: "f-information-gaussian",
    card: "information/mutual-information",
    level: "hard",
    ask: "Mutual information of two Gaussians with correlation ρ.",
    formula: String.raw`I(X;Y)=\gap`,
    missing: String.raw`-\tfrac12\log(1-\rho^2)`,
  },
  {
    kind: "prediction",
    id: "p-information-bits",
    card: "information/entropy",
    level: "easy",
    ask: "The entropy of a fair coin in nats?",
    controls: {},
    check: "fair coin in nats",
  },
  {
    kind: "prediction",
    id: "p-information-gain",
    card: "information/information-gain",
    level: "medium",
    ask: "9 yes and 5 no are split into 6:2 and 3:3. What is the information gain in bits?",
    controls: {},
    check: "hand example: 9 yes, 5 no, split 6:2 and 3:3",
  },
]);

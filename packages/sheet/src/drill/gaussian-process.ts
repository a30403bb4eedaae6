import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-435",
    card: "gaussian-process/regression",
    level: "hard",
    ask: "What does the Gaussian process do in Bayesian optimisation?",
    answer:
      "It is the cheap stand-in for the costly function: from the points tried it gives a mean and a variance everywhere. An acquisition such as expected improvement trades a good mean against a large variance to pick the next point; after each evaluation the process is updated.",
  },
  {
    kind: "formula",
    id: "f-gaussian-process-mean",
    card: "gaussian-process/regression",
    level: "hard",
    ask: String.raw`The posterior mean of a Gaussian process at a new point, noise variance $\sigma^2$.`,
    formula: String.raw`\mu_*=k_*^\top\gap\,y`,
    missing: String.raw`(K+\sigma^2I)^{-1}`,
  },
  {
    kind: "formula",
    id: "f-gaussian-process-variance",
    card: "gaussian-process/regression",
    level: "hard",
    ask: "And its posterior variance.",
    formula: String.raw`\sigma_*^2=k_{**}-\gap`,
    missing: String.raw`k_*^\top(K+\sigma^2I)^{-1}k_*`,
  },
  {
    kind: "prediction",
    id: "p-gaussian-process-far",
    card: "gaussian-process/regression",
    level: "medium",
    ask: "The prior has variance 1. What standard deviation does the process state far from all data?",
    controls: {},
    check: "deviation far from the data: the prior's",
  },
]);

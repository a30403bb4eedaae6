import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-100",
    card: "selection/random-search",
    level: "medium",
    ask: "Why does random search often beat a grid of the same budget?",
    answer:
      "If few parameters matter, a grid repeats the same few values of them: 3 × 3 tries three values, nine random points try nine. Where all matter equally the grid's even spacing wins.",
  },
  {
    kind: "question",
    id: "q-a-101",
    card: "selection/random-search",
    level: "medium",
    ask: "When does Bayesian optimisation earn its overhead over random search?",
    answer:
      "When a trial is costly (minutes to days), parameters are few (up to about 20), mostly continuous, and trials run mostly one after another. For cheap or massively parallel trials random search or ASHA is as good.",
  },
  {
    kind: "question",
    id: "q-a-102",
    card: "selection/random-search",
    level: "medium",
    ask: "What would make you pick Ray Tune over Optuna, or the reverse?",
    answer:
      "Ray Tune: trials spread over a cluster, with schedulers such as ASHA and PBT. Optuna: a light library with define-by-run spaces, TPE and pruning in one process or over a shared database. Tune can run Optuna's samplers.",
  },
  {
    kind: "question",
    id: "q-a-103",
    card: "selection/validation-curve",
    level: "easy",
    ask: "In which order would you tune a network's hyperparameters?",
    answer:
      "Learning rate first, with its schedule; then batch size and regularisation (weight decay, dropout), then width and depth; optimiser details last. Overfit one batch before anything.",
  },
  {
    kind: "question",
    id: "q-a-104",
    card: "selection/random-search",
    level: "medium",
    ask: "How do you choose among trials when several objectives pull apart?",
    answer:
      "Keep the Pareto front: trials that no other beats on all objectives. Then choose by a stated rule: a budget on latency, a weighted sum, or the knee; do not average units that differ.",
  },
  {
    kind: "question",
    id: "q-a-198",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "What does reporting only training accuracy hide?",
    answer:
      "Overfitting: a flexible model fits even noise perfectly. Only rows that were not fitted estimate how it will do.",
  },
  {
    kind: "question",
    id: "q-a-206",
    card: "selection/grid-search",
    level: "easy",
    ask: "Why may the test set not be used for tuning, and what do you tune on?",
    answer:
      "Each look that leads to a choice fits the choice to it, and its score becomes optimistic. Tune on a validation set or by cross-validation; use the test set once.",
  },
  {
    kind: "question",
    id: "q-a-224",
    card: "selection/k-fold",
    level: "easy",
    ask: "How does k-fold cross-validation work, and what do you use it for?",
    answer:
      "Cut rows into K folds, train on K − 1, score on the one left out, rotate, average. It estimates the error of a procedure and compares or tunes models on limited data.",
  },
  {
    kind: "question",
    id: "q-a-256",
    card: "selection/grid-search",
    level: "easy",
    ask: "For what work is scikit-learn the right library, and which of its helpers do you use daily?",
    answer:
      "Classical models on tables that fit in memory. Pipeline and ColumnTransformer, train_test_split, cross_val_score, GridSearchCV, the metrics. Not for deep nets on GPUs.",
  },
  {
    kind: "question",
    id: "q-a-269",
    card: "selection/validation-curve",
    level: "easy",
    ask: "What is a hyperparameter, as opposed to a learned parameter?",
    answer:
      "A setting chosen before fitting (learning rate, depth, λ), judged on validation rows. Parameters (weights, splits) are found by fitting the training rows.",
  },
  {
    kind: "question",
    id: "q-a-434",
    card: "selection/grid-search",
    level: "easy",
    ask: "How does the cost of grid search grow with the number of hyperparameters?",
    answer: "Exponentially: n values for each of k parameters are nᵏ points, times K folds, plus the refit.",
  },
  {
    kind: "question",
    id: "q-a-436",
    card: "gaussian-process/regression",
    level: "hard",
    ask: "How do acquisition functions such as EI and UCB choose the next trial?",
    answer:
      "A surrogate gives mean and spread at each point. UCB takes the best of mean + κ·spread; EI the largest expected gain over the best so far. Both trade exploring against exploiting.",
  },
  {
    kind: "question",
    id: "q-a-437",
    card: "selection/random-search",
    level: "medium",
    ask: "How do median pruning, ASHA and Hyperband stop bad trials early?",
    answer:
      "Median: stop if worse than the median of others at that step. ASHA: promote the best 1/η at each rung to more budget, without waiting. Hyperband: several such brackets from many short to few long trials.",
  },
  {
    kind: "question",
    id: "q-a-438",
    card: "selection/random-search",
    level: "hard",
    ask: "What do Optuna's TPE sampler and population-based training each do differently from a grid?",
    answer:
      "TPE models densities of good and bad trials and proposes where their ratio is high. PBT trains a population, copies weights of the good over the bad and perturbs hyperparameters during training, so it finds schedules.",
  },
  {
    kind: "question",
    id: "q-a-515",
    card: "nn/early-stopping",
    level: "medium",
    ask: "How can keeping the best checkpoint by test score mislead you?",
    answer:
      "The best of many noisy scores is above its truth, so the reported test score is optimistic. Choose the checkpoint on validation rows and score the test set once.",
  },
  {
    kind: "question",
    id: "q-a-522",
    card: "selection/grid-search",
    level: "medium",
    ask: "How do you grid-search a whole pipeline with stratified folds, and how many fits is that?",
    answer:
      "Name parameters step__param, search over the pipeline with StratifiedKFold, refit the best: product of values × K + 1. 2 × 2 × 2 at 5 folds: 41.",
  },
  {
    kind: "question",
    id: "q-a-541",
    card: "selection/k-fold",
    level: "hard",
    ask: "What does nested cross-validation estimate that a single tuned search does not?",
    answer:
      "The error of the whole procedure, tuning included. The inner loop chooses; the outer scores on rows that took no part, so the optimism of the best of many is gone.",
  },
  {
    kind: "question",
    id: "q-b-354",
    card: "selection/stratified-k-fold",
    level: "easy",
    ask: "Plain, stratified or time-ordered folds: which data needs which, and what goes wrong otherwise?",
    answer:
      "Plain: many alike, independent rows. Stratified: rare classes, else a fold may have none. Time-ordered: anything forecast, else the future leaks. Group folds when rows share a person or source.",
  },
  {
    kind: "question",
    id: "q-b-366",
    card: "selection/random-search",
    level: "easy",
    ask: "What separates a hyperparameter from a parameter, and how do grid, random, Bayesian and Hyperband search explore them?",
    answer:
      "Parameters are fitted, hyperparameters set. Grid: all combinations. Random: independent draws. Bayesian: a model proposes the next. Hyperband: many short trials, the best go on.",
  },
  {
    kind: "question",
    id: "q-b-374",
    card: "selection/k-fold",
    level: "medium",
    ask: "In which direction is k-fold cross-validation biased as an estimate of test error, and how does leave-one-out compare?",
    answer:
      "Upwards: its models see only n(1 − 1/K) rows. Leave-one-out is nearly unbiased and costs n fits; that its variance is the largest is no law.",
  },
  {
    kind: "formula",
    id: "f-selection-fits",
    card: "selection/grid-search",
    level: "easy",
    ask: "Complete the number of fits of a grid search with refit.",
    formula: String.raw`\text{fits}=\gap\prod_{j=1}^k n_j+1`,
    missing: "K",
  },
  {
    kind: "formula",
    id: "f-selection-cv",
    card: "selection/k-fold",
    level: "medium",
    ask: "K-fold cross-validation estimates the error of a model trained on how many rows?",
    formula: String.raw`\mathrm{CV}_K\approx\mathrm{Err}\big(\gap\big)`,
    missing: String.raw`n(1-\tfrac1K)`,
  },
  {
    kind: "prediction",
    id: "p-selection-fits",
    card: "selection/grid-search",
    level: "easy",
    ask: "Two values for each of three parameters, five folds and a refit: how many fits?",
    controls: {},
    check: "its fits at 5 folds, with the refit",
  },
  {
    kind: "prediction",
    id: "p-selection-empty",
    card: "selection/stratified-k-fold",
    level: "medium",
    ask: "10 positives among 500 rows, 5 plain folds: in what share of shuffles has some fold no positive?",
    controls: {},
    check: "10 positives, 5 plain folds: shuffles with a fold of none",
  },
]);

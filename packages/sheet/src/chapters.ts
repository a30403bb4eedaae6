/** The chapters of the sheet in reading order: the folder of their cards, a title, and what they hold. */
export const CHAPTERS: readonly { readonly id: string; readonly title: string; readonly about: string }[] = [
  { id: "math", title: "Mathematics", about: "Linear algebra, optimisation, stable arithmetic" },
  { id: "stats", title: "Statistics", about: "Estimators, tests, what a p-value is" },
  { id: "information", title: "Information", about: "Entropy, cross-entropy, divergence" },
  { id: "data", title: "Data", about: "Splits, preprocessing, leakage" },
  { id: "metrics", title: "Metrics", about: "What a score says, and what it hides" },
  { id: "calibration", title: "Calibration", about: "Probabilities that mean what they say" },
  { id: "selection", title: "Model selection", about: "Validation, search, honest estimates" },
  { id: "learning-theory", title: "Learning theory", about: "Bias, variance, capacity" },
  { id: "linear", title: "Linear models", about: "Least squares, shrinkage, logistic regression" },
  { id: "bayes", title: "Bayes", about: "Naive Bayes: rules, assumptions, smoothing" },
  { id: "nn", title: "Neural networks", about: "Layers, initial values, losses, the training loop" },
  { id: "tree", title: "Trees", about: "Splits, pruning, what a tree can say" },
  { id: "ensemble", title: "Ensembles", about: "Forests, boosting, stacking" },
  {
    id: "tensor",
    title: "Automatic differentiation",
    about: "Graphs, gradients of gradients, gradient checks",
  },
  { id: "optim", title: "Optimisers", about: "Steps, schedules, what makes a loss slow to descend" },
  { id: "anomaly", title: "Anomalies", about: "What is unusual, without labels" },
];

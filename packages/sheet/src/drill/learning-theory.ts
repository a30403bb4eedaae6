import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-210",
    card: "learning-theory/bias-variance",
    level: "easy",
    ask: "What does high bias look like in a fit, and what does high variance look like?",
    answer:
      "High bias: training and validation error both high and close. High variance: training error low, validation error far above it, and refits differ much.",
  },
  {
    kind: "question",
    id: "q-a-211",
    card: "learning-theory/bias-variance",
    level: "easy",
    ask: "Into which three parts does expected squared error split, and which choices does that guide?",
    answer:
      "Bias² + variance + noise. Capacity and features against bias; rows, penalties and averaging against variance; nothing but better data against noise.",
  },
  {
    kind: "question",
    id: "q-a-270",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "What is an inductive bias?",
    answer:
      "What a learner assumes beyond the data, so that it prefers one fit among the many that agree: smoothness, sparsity, locality and translation in CNNs, axis-parallel splits in trees. Without one it cannot generalise.",
  },
  {
    kind: "question",
    id: "q-a-271",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "What is generalisation?",
    answer:
      "Doing about as well on new rows of the same source as on the training rows; the gap between true and empirical risk measures its lack.",
  },
  {
    kind: "question",
    id: "q-b-017",
    card: "learning-theory/bias-variance",
    level: "easy",
    ask: "Define the bias and the variance of a learner: which training and validation symptoms point to each, and which fixes?",
    answer:
      "Bias: average fit against the truth; both errors high; add capacity or features. Variance: spread of fits over training sets; wide gap; more rows, penalty, averaging.",
  },
  {
    kind: "question",
    id: "q-b-018",
    card: "learning-theory/learning-curves",
    level: "easy",
    ask: "Sketch learning curves for a high-bias and a high-variance model: which features of the curves tell them apart?",
    answer:
      "High bias: the curves meet early at a high level. High variance: a gap that still closes at the last row. More rows help only the second.",
    after: "q-b-017",
  },
  {
    kind: "question",
    id: "q-b-019",
    card: "learning-theory/learning-curves",
    level: "medium",
    ask: "Training accuracy is 95 %, validation 70 %: in which order do you debug?",
    answer:
      "Check the split (leaks, shift, duplicates, same preprocessing), then labels and the metric; draw the learning curve; then regularise, augment, simplify; more data if the gap still closes.",
    after: "q-b-017",
  },
  {
    kind: "question",
    id: "q-b-232",
    card: "learning-theory/polynomial-degree",
    level: "medium",
    ask: "Describe double descent: where is the peak, why there, and how do label noise and regularisation change it?",
    answer:
      "Test error peaks where the model just interpolates (parameters ≈ rows): the only fit has huge weights. Beyond, smoother interpolants exist and it falls again. Noise raises the peak, a tuned penalty removes it.",
  },
  {
    kind: "question",
    id: "q-b-233",
    card: "learning-theory/polynomial-degree",
    level: "hard",
    ask: "Why can models far larger than classical bounds allow still generalise, language models included?",
    answer:
      "Bounds count what could be fitted, training finds simple fits: implicit bias of gradient descent, structure in data, early stopping, huge data (often about one pass). Norm- and compression-based bounds follow this better.",
    after: "q-b-232",
  },
  {
    kind: "question",
    id: "q-b-234",
    card: "math/pseudoinverse",
    level: "hard",
    ask: "Many solutions fit the training data exactly: which one does (stochastic) gradient descent pick, and why can it generalise?",
    answer:
      "From zero on least squares: the least-norm one. On separable logistic loss: the direction of largest margin. Noise of SGD tends to flat minima. Small norm or large margin means a smooth function.",
    after: "q-b-232",
  },
  {
    kind: "question",
    id: "q-b-235",
    card: "learning-theory/learning-curves",
    level: "hard",
    ask: "What is grokking, and how does it relate to double descent?",
    answer:
      "Validation accuracy jumps long after training accuracy reached 100 %, mostly on small algorithmic data with weight decay: a memorising fit is slowly replaced by a simpler one. Both show that fitting the training rows is not the end.",
    after: "q-b-232",
  },
  {
    kind: "question",
    id: "q-b-284",
    card: "learning-theory/bias-variance",
    level: "medium",
    ask: "Derive expected squared test error as noise plus bias² plus variance; which independence makes the cross terms vanish?",
    answer:
      "Write y − f̂ = ε + (f − Ef̂) + (Ef̂ − f̂), square, average. The test noise is independent of the training set, and Ef̂ − f̂ has mean 0, so all cross terms are 0.",
  },
  {
    kind: "question",
    id: "q-b-285",
    card: "learning-theory/bias-variance",
    level: "medium",
    ask: "Define the bias of an estimator; how does it differ from the bias term in the bias–variance decomposition?",
    answer:
      "Of a parameter: E θ̂ − θ. In the decomposition: E f̂(x) − f(x) at a point, over training sets, where f need not be in the model. A network's “bias” weight is a third thing.",
  },
  {
    kind: "question",
    id: "q-b-319",
    card: "learning-theory/polynomial-degree",
    level: "medium",
    ask: "Define PAC learnability; how do ε, δ and VC dimension (for hyperplanes, say) set the sample size?",
    answer:
      "With chance ≥ 1 − δ the error is within ε of the best. Agnostic: n of order (VC + log 1/δ)/ε²; realisable: about VC/ε up to logs. Hyperplanes in d dimensions have VC d + 1.",
  },
  {
    kind: "question",
    id: "q-b-320",
    card: "learning-theory/polynomial-degree",
    level: "medium",
    ask: "Put 25M parameters and 1.2M images into √(VC/n): what does the bound say about test error, and what follows?",
    answer:
      "With VC at least about 25M the root is above 4: an error above 100 %, so the bound says nothing. It counts what could be fitted, not what training finds; parameter counts do not explain such nets.",
  },
  {
    kind: "question",
    id: "q-b-321",
    card: "learning-theory/polynomial-degree",
    level: "hard",
    ask: "Rademacher and PAC-Bayes bounds: which quantity takes the place of the parameter count in each?",
    answer:
      "Rademacher: how well the class correlates with random signs on these rows, e.g. norm × radius/√n. PAC-Bayes: KL(posterior ‖ prior) over weights.",
  },
  {
    kind: "question",
    id: "q-b-322",
    card: "nn/mup",
    level: "hard",
    ask: "What does the neural tangent kernel explain about wide nets, and what does it miss?",
    answer:
      "At infinite width with its scaling the net moves so little that training is kernel regression: zero training loss, convergence. It misses feature learning, which is why real nets beat their kernels.",
  },
  {
    kind: "question",
    id: "q-b-341",
    card: "metrics/loss-and-accuracy",
    level: "medium",
    ask: "Why is accuracy not used as a training loss, and what must a surrogate loss share with it?",
    answer:
      "Its gradient is 0 almost everywhere. A surrogate must be smooth or convex in the margin and classification-calibrated: its minimiser has the sign of the Bayes rule (logistic, hinge, exponential).",
  },
  {
    kind: "question",
    id: "q-b-347",
    card: "learning-theory/learning-curves",
    level: "medium",
    ask: "Why may a bigger network fail to help? Consider data, optimisation and compute; what does compute-optimal scaling advise?",
    answer:
      "Too few rows for its size, harder optimisation, or too few steps for the budget. Compute-optimal scaling grows parameters and tokens in equal proportion: about 20 tokens per parameter.",
  },
  {
    kind: "question",
    id: "q-b-361",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "Empirical versus true risk: which is minimised, which is wanted, and how is their gap estimated?",
    answer:
      "The mean loss on training rows is minimised, the expected loss on new rows wanted. Estimate by held-out rows or cross-validation; for least squares the gap is about 2σ²p/n.",
  },
  {
    kind: "question",
    id: "q-b-364",
    card: "selection/validation-curve",
    level: "easy",
    ask: "Why does stronger regularisation not always generalise better? Consider both its amount and its form.",
    answer:
      "Too much adds more bias than it removes variance: the curve is U-shaped. And a penalty that does not fit the truth (L1 on dense effects, shrinking unscaled features) hurts at any amount.",
  },
  {
    kind: "question",
    id: "q-b-365",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "What is overfitting? Name its symptoms and one remedy each in the data, the model and the training.",
    answer:
      "Fitting noise: low training error, large gap. Data: more rows or augmentation. Model: fewer parameters or a penalty. Training: early stopping.",
  },
  {
    kind: "formula",
    id: "f-learning-theory-decomposition",
    card: "learning-theory/bias-variance",
    level: "medium",
    ask: "Complete the decomposition of expected squared error.",
    formula: String.raw`\mathbb E(y-\hat f)^2=(\mathbb E\hat f-f)^2+\gap+\sigma^2`,
    missing: String.raw`\operatorname{Var}\hat f`,
  },
  {
    kind: "formula",
    id: "f-learning-theory-gap",
    card: "learning-theory/polynomial-degree",
    level: "hard",
    ask: "Complete the expected gap of least squares with p coefficients.",
    formula: String.raw`\mathbb E[R(\hat f)-\hat R(\hat f)]\approx\gap`,
    missing: String.raw`\frac{2\sigma^2p}{n}`,
  },
  {
    kind: "prediction",
    id: "p-learning-theory-saturated",
    card: "learning-theory/polynomial-degree",
    level: "easy",
    ask: "12 coefficients fitted to 12 rows of noise: what is the training error?",
    controls: {},
    check: "12 coefficients on 12 rows: training error",
  },
]);

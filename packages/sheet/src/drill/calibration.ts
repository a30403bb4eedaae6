import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-038",
    card: "calibration/maps",
    level: "medium",
    ask: "When is Platt scaling the safer calibrator, and when isotonic regression?",
    answer:
      "Platt with few rows (dozens to hundreds) and sigmoid-shaped errors: two parameters. Isotonic with about a thousand rows or more and any monotone shape; with few rows it overfits.",
  },
  {
    kind: "question",
    id: "q-a-039",
    card: "calibration/reliability",
    level: "easy",
    ask: "In which applications must predicted probabilities be taken at face value?",
    answer:
      "Where a number is multiplied or compared with a cost: ad auctions, insurance and credit pricing, medical decisions, weather, expected value of an action, combining models.",
  },
  {
    kind: "question",
    id: "q-a-069",
    card: "calibration/reliability",
    level: "easy",
    ask: "What does it mean that a classifier is calibrated, and how do you repair one that is not?",
    answer:
      "Of the rows given probability p a share p is positive. Repair on held-out rows: temperature or Platt scaling, beta, isotonic; check with a reliability diagram and a proper score.",
  },
  {
    kind: "question",
    id: "q-a-353",
    card: "calibration/maps",
    level: "medium",
    ask: "What functions do Platt scaling and isotonic regression fit to the scores?",
    answer:
      "Platt: the sigmoid σ(As + B), two parameters by log loss. Isotonic: the non-decreasing step function with least squared error, by pooling adjacent violators.",
  },
  {
    kind: "question",
    id: "q-a-354",
    card: "calibration/reliability",
    level: "medium",
    ask: "How is expected calibration error computed?",
    answer:
      "Bin the forecasts; in each bin take |observed rate − mean forecast|; average weighted by the share of rows. It depends on the bins and is biased upwards.",
  },
  {
    kind: "question",
    id: "q-a-355",
    card: "calibration/temperature",
    level: "medium",
    ask: "What does temperature scaling learn, on which data, and does it change the predicted class?",
    answer:
      "One number T that divides all logits, by log loss on validation rows. The order of logits stays, so the class and the accuracy do not change.",
  },
  {
    kind: "question",
    id: "q-a-356",
    card: "calibration/reliability",
    level: "easy",
    ask: "How do you draw and read a reliability diagram?",
    answer:
      "Mean forecast per bin across, observed rate up, with the diagonal and a histogram of sizes. Below the diagonal: overconfident (stated more than came true); above: underconfident.",
  },
  {
    kind: "question",
    id: "q-b-217",
    card: "metrics/loss-and-accuracy",
    level: "medium",
    ask: "Validation loss rises while accuracy holds or even improves: which predictions cause it, and does it matter?",
    answer:
      "A few confident mistakes whose probability goes to 0: log loss charges −log p for each. It matters if the probabilities are used; temperature scaling or early stopping on the loss repairs it.",
  },
  {
    kind: "question",
    id: "q-b-260",
    card: "calibration/reliability",
    level: "medium",
    ask: "Beyond accuracy: what do calibration, group fairness and robustness each measure, and where do they conflict?",
    answer:
      "Calibration: stated against observed rates. Fairness: equal rates or errors across groups. Robustness: scores under shift. With unequal base rates calibration within groups and equal error rates cannot both hold (except for perfect prediction).",
  },
  {
    kind: "question",
    id: "q-b-262",
    card: "calibration/temperature",
    level: "medium",
    ask: "Why is temperature scaling with one scalar often enough, what does it leave unchanged, and when does it fail?",
    answer:
      "Nets tend to be overconfident by one common factor. It leaves order, argmax and accuracy. It fails when classes or regions err in different directions, and after a shift.",
    after: "q-b-260",
  },
  {
    kind: "question",
    id: "q-b-316",
    card: "calibration/reliability",
    level: "medium",
    ask: "Define reliability diagram, ECE and Brier score; what can a low ECE hide?",
    answer:
      "Observed rate against forecast per bin; the weighted mean gap; the mean squared error of probabilities. Low ECE can hide no discrimination at all, and opposite errors that cancel within bins.",
  },
  {
    kind: "question",
    id: "q-b-317",
    card: "calibration/maps",
    level: "medium",
    ask: "Platt, temperature, isotonic, histogram binning: how flexible is each, and how much data does it need?",
    answer:
      "Temperature 1 parameter, Platt 2: tens to hundreds of rows. Histogram: one number per bin, some dozens of rows each. Isotonic: any monotone step function, about a thousand.",
  },
  {
    kind: "question",
    id: "q-b-318",
    card: "calibration/temperature",
    level: "hard",
    ask: "Why are modern nets often overconfident, and why does accuracy alone mislead an auction or a medical decision?",
    answer:
      "Training on to tiny log loss pushes logits up after the labels are fitted. A bid or a treatment multiplies the probability by a value: at equal accuracy a wrong 0.99 costs far more than a wrong 0.6.",
  },
  {
    kind: "formula",
    id: "f-calibration-ece",
    card: "calibration/reliability",
    level: "medium",
    ask: "Complete the expected calibration error.",
    formula: String.raw`\text{ECE}=\sum_b\gap\,\big|\text{acc}_b-\text{conf}_b\big|`,
    missing: String.raw`\frac{n_b}{N}`,
  },
  {
    kind: "formula",
    id: "f-calibration-brier",
    card: "calibration/brier",
    level: "medium",
    ask: "Complete the decomposition of the Brier score.",
    formula: String.raw`\text{BS}=\text{reliability}-\gap+\bar y(1-\bar y)`,
    missing: String.raw`\text{resolution}`,
  },
  {
    kind: "prediction",
    id: "p-calibration-rare",
    card: "calibration/brier",
    level: "easy",
    ask: "The event has a base rate of 1 %, and every forecast says 1 %. What is the Brier score?",
    controls: {},
    check: "1 % base rate, always saying 1 %",
  },
  {
    kind: "prediction",
    id: "p-calibration-argmax",
    card: "calibration/temperature",
    level: "medium",
    ask: "Logits are divided by one temperature. How many rows change their predicted class?",
    controls: {},
    check: "rows whose predicted class changes",
  },
]);

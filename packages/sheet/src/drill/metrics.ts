import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-009",
    card: "metrics/precision-recall",
    level: "easy",
    ask: "Which kind of error does precision watch, and which does recall watch?",
    answer:
      "Precision watches false alarms: of what was flagged, the share that is right. Recall watches misses: of what is positive, the share found.",
  },
  {
    kind: "question",
    id: "q-a-010",
    card: "metrics/roc-pr",
    level: "medium",
    ask: "When should the area under the precision–recall curve replace ROC-AUC as the headline number?",
    answer:
      "When positives are rare and you act on the flagged rows. ROC-AUC does not move with the class balance, so 0.95 may hide a precision of 1 %; the PR curve shows it. Its random baseline is the positive rate.",
  },
  {
    kind: "question",
    id: "q-a-092",
    card: "metrics/precision-recall",
    level: "medium",
    ask: "Why is entity-level F1 harder to score well on than token-level F1?",
    answer:
      "An entity counts only if all its borders and its type are right, so one wrong token makes a false positive and a miss at once. Tokens give part credit, and the many easy “outside” tokens flatter the score.",
  },
  {
    kind: "question",
    id: "q-a-205",
    card: "metrics/accuracy-paradox",
    level: "easy",
    ask: "How can a useless model reach 99 % accuracy, and what should you report instead?",
    answer:
      "With 1 % positives “always no” is right 99 % of the time and has recall 0. Report the confusion matrix, precision and recall of the rare class, the PR curve or the cost, beside the majority baseline.",
  },
  {
    kind: "question",
    id: "q-a-213",
    card: "metrics/threshold",
    level: "easy",
    ask: "For which tasks is precision the number to protect?",
    answer:
      "Where a false alarm is dear and a miss is cheap: spam filters, blocking accounts, automatic removal, recommendations pushed to a phone.",
  },
  {
    kind: "question",
    id: "q-a-214",
    card: "metrics/threshold",
    level: "easy",
    ask: "For which tasks does recall matter most?",
    answer:
      "Where a miss is dear and a false alarm cheap to check: screening for disease, fraud with review, safety alarms, retrieval before a re-ranker.",
  },
  {
    kind: "question",
    id: "q-a-215",
    card: "metrics/precision-recall",
    level: "easy",
    ask: "When is F1 a better summary than accuracy, and what does it leave out?",
    answer:
      "When the positive class is rare and both errors on it matter. It leaves out true negatives, costs, the ranking, and calibration, and it moves with threshold and prevalence.",
  },
  {
    kind: "question",
    id: "q-a-216",
    card: "metrics/roc-pr",
    level: "easy",
    ask: "For which models do you report ROC-AUC, and what do the values 0.5 and 1 mean?",
    answer:
      "For anything that scores rows of two classes. 0.5: the ranking is as good as chance; 1: every positive scores above every negative. Below 0.5 the order is reversed.",
  },
  {
    kind: "question",
    id: "q-a-217",
    card: "metrics/regression",
    level: "easy",
    ask: "When would you report RMSE, and how does it react to a few extreme errors?",
    answer:
      "When large errors hurt more than in proportion and the mean is what you predict. Squaring lets a few extremes rule it: one error of 50 among unit errors multiplies RMSE while MAE hardly moves.",
  },
  {
    kind: "question",
    id: "q-a-275",
    card: "information/entropy",
    level: "medium",
    ask: "What is perplexity, and how does it follow from cross-entropy?",
    answer:
      "exp of the mean cross-entropy per token in nats (2 to it in bits). It is the number of equally likely tokens that would be as surprising: 1 for certainty, V for a uniform guess among V. It compares only models with the same tokens.",
  },
  {
    kind: "question",
    id: "q-a-313",
    card: "metrics/precision-recall",
    level: "easy",
    ask: "Given the four cells of a confusion matrix, what are precision, recall, F1 and accuracy?",
    answer: "Precision TP/(TP+FP), recall TP/(TP+FN), F1 2TP/(2TP+FP+FN), accuracy (TP+TN)/n.",
  },
  {
    kind: "question",
    id: "q-a-314",
    card: "metrics/precision-recall",
    level: "medium",
    ask: "Why does F1 take the harmonic and not the arithmetic mean?",
    answer:
      "A harmonic mean stays near the smaller value. Flagging everything at 1 % positives has recall 1 and precision 0.01: the arithmetic mean says 0.505, F1 says 0.02.",
  },
  {
    kind: "question",
    id: "q-a-315",
    card: "metrics/roc-pr",
    level: "easy",
    ask: "What is on the two axes of an ROC curve, and what on those of a PR curve?",
    answer:
      "ROC: true positive rate (recall) against false positive rate. PR: precision against recall. Each point is one threshold.",
  },
  {
    kind: "question",
    id: "q-a-352",
    card: "calibration/brier",
    level: "easy",
    ask: "What is the Brier score, and which direction is better?",
    answer:
      "The mean squared difference of stated probability and outcome (0 or 1). Lower is better, 0 is perfect; it is proper, so stating the true probability minimises its expectation.",
  },
  {
    kind: "question",
    id: "q-a-357",
    card: "metrics/ranking",
    level: "medium",
    ask: "What do NDCG@k and MRR each reward in a ranking?",
    answer:
      "NDCG@k: graded relevance near the top, discounted by 1/log₂(rank + 1) and divided by the ideal order. MRR: only how early the first right item comes.",
  },
  {
    kind: "question",
    id: "q-a-358",
    card: "metrics/ranking",
    level: "easy",
    ask: "What is CTR lift?",
    answer:
      "The relative change in click-through rate against a control: CTR_new/CTR_old − 1. 2.0 % to 2.2 % is a lift of 10 %, or 0.2 points. It needs a randomised comparison and an interval.",
  },
  {
    kind: "question",
    id: "q-a-528",
    card: "metrics/slices",
    level: "easy",
    ask: "Which metrics do you watch offline, and which online?",
    answer:
      "Offline: quality on held-out rows (AUC, NDCG, RMSE), by slice, calibration. Online: the outcome itself (conversion, revenue, retention), guard rails (latency, errors, complaints) and drift. Offline gains must be confirmed by an experiment.",
  },
  {
    kind: "question",
    id: "q-a-540",
    card: "metrics/threshold",
    level: "medium",
    ask: "How do you tune a decision threshold, and on which data?",
    answer:
      "On validation rows, for what matters: expected cost, recall at a precision floor, Fβ. With calibrated probabilities costs give c_FP/(c_FP + c_FN). Report on rows that did not choose it.",
  },
  {
    kind: "question",
    id: "q-b-021",
    card: "metrics/precision-recall",
    level: "easy",
    ask: "Define precision, recall, F1 and F-beta: why a harmonic mean, and what does beta change?",
    answer:
      "P = TP/(TP+FP), R = TP/(TP+FN), F1 = 2PR/(P+R), F_β = (1+β²)PR/(β²P+R). The harmonic mean stays near the smaller. β > 1 favours recall, β < 1 precision.",
  },
  {
    kind: "question",
    id: "q-b-022",
    card: "metrics/threshold",
    level: "medium",
    ask: "In content moderation both wrong removals and misses hurt: how do you turn the two costs into a threshold?",
    answer:
      "Price a wrong removal and a miss, calibrate the scores, remove where p ≥ c_FP/(c_FP + c_FN). Between two cuts send items to human review, and set the cuts per category, since costs differ.",
    after: "q-b-021",
  },
  {
    kind: "question",
    id: "q-b-023",
    card: "metrics/threshold",
    level: "medium",
    ask: "F1 is 0.92, yet the stakeholder is unhappy: what do you ask to find the measure they care about?",
    answer:
      "Ask which mistakes hurt and what each costs, on which segments, at which volume and delay, and what the process without the model achieves. Then measure that: cost, recall at a precision floor, the weak slice.",
    after: "q-b-021",
  },
  {
    kind: "question",
    id: "q-b-024",
    card: "metrics/roc-pr",
    level: "medium",
    ask: "With rare positives, why is a PR curve more telling than ROC, when is its area preferable to F1, and what is its random baseline?",
    answer:
      "False positives are divided by the many negatives in ROC but by the flagged rows in PR. Its area judges the whole ranking, F1 one threshold. Random baseline: the positive rate.",
    after: "q-b-021",
  },
  {
    kind: "question",
    id: "q-b-029",
    card: "metrics/roc-pr",
    level: "easy",
    ask: "What does a ROC curve plot, what does AUC 0.5 mean, and how can AUC be read as a ranking probability?",
    answer:
      "True against false positive rate over all thresholds. 0.5 is a random order. AUC is the chance that a random positive scores above a random negative, ties counting half.",
  },
  {
    kind: "question",
    id: "q-b-030",
    card: "metrics/roc-pr",
    level: "hard",
    ask: "ROC AUC is 0.98 and the business still finds the model useless: name plausible explanations.",
    answer:
      "Rare positives, so precision is low where it is used; leakage or stale labels inflate the offline score; bad calibration; the weak slice is the one that pays; predictions come too late or change no decision.",
    after: "q-b-029",
  },
  {
    kind: "question",
    id: "q-b-031",
    card: "metrics/threshold",
    level: "medium",
    ask: "How do you choose an operating point on a ROC curve, and which costs and base rates must you know?",
    answer:
      "Touch the curve with a line of slope (c_FP/c_FN)·(1−π)/π: the point of least expected cost. You need both costs and the prevalence π where the model will run.",
    after: "q-b-029",
  },
  {
    kind: "question",
    id: "q-b-032",
    card: "metrics/roc-pr",
    level: "medium",
    ask: "How do the ROC and PR curves of one model map onto each other? Give numbers with high ROC AUC but poor PR AUC.",
    answer:
      "Precision = π·TPR/(π·TPR + (1−π)·FPR), recall = TPR. With π = 0.1 %, TPR 0.8 and FPR 0.05 precision is 1.6 %, although ROC-AUC may be 0.95.",
    after: "q-b-029",
  },
  {
    kind: "question",
    id: "q-b-044",
    card: "metrics/roc-pr",
    level: "medium",
    ask: "Minority recall is high, precision low, and both must exceed 0.85: what do you try, and how would you know it is out of reach?",
    answer:
      "Look at the PR curve first: if no threshold gives both, the ranking must improve: better features, cleaner labels, hard negatives, more positives. It is out of reach if human agreement or label noise caps it, or near-duplicates carry both labels.",
  },
  {
    kind: "question",
    id: "q-b-153",
    card: "metrics/regression",
    level: "easy",
    ask: "MSE, RMSE, MAE, Huber, R², MAPE: what does each reward, and on which data does each mislead?",
    answer:
      "MSE and RMSE: the mean, ruled by outliers. MAE: the median. Huber: mean near, median far. R²: against the mean, flattered by spread in y. MAPE: relative, undefined at 0 and kind to low guesses.",
  },
  {
    kind: "question",
    id: "q-b-154",
    card: "metrics/regression",
    level: "medium",
    ask: "R² is 0.95 in training but 0.60 in validation: what do you conclude, and what do you do next?",
    answer:
      "Overfitting, or a shift or leak between the splits. Check the split (time, groups, duplicates), draw the learning curve, compare the spread of y, then simplify, regularise or add rows.",
    after: "q-b-153",
  },
  {
    kind: "question",
    id: "q-b-155",
    card: "metrics/regression",
    level: "easy",
    ask: "The business wants forecasts within a tenth of the truth: which metric states that, and where does MAPE fall short?",
    answer:
      "The share of forecasts within ±10 %. MAPE is an average, so a few huge relative errors hide many hits, it breaks at 0, and it prefers forecasts that are too low.",
    after: "q-b-153",
  },
  {
    kind: "question",
    id: "q-b-156",
    card: "nn/regression-losses",
    level: "medium",
    ask: "Write the Huber loss: when does it beat both squared and absolute error, and what does delta control?",
    answer:
      "e²/2 for |e| ≤ δ, δ(|e| − δ/2) beyond. It is smooth at 0 and grows only linearly: best with mostly normal errors and some outliers. δ is where the second begins; set it from a robust scale of the errors.",
    after: "q-b-153",
  },
  {
    kind: "question",
    id: "q-b-215",
    card: "metrics/loss-and-accuracy",
    level: "medium",
    ask: "Loss keeps falling while accuracy does not move: how is that possible, and when is it a concern?",
    answer:
      "Accuracy counts crossings of 0.5 only; probabilities may improve on their own side of it. It is a concern if the rows never cross: a wrong threshold, class imbalance, or a model that only grows more sure.",
  },
  {
    kind: "question",
    id: "q-b-216",
    card: "metrics/threshold",
    level: "medium",
    ask: "Scores improve but rarely cross 0.5: how do you pick the accuracy-maximising threshold, and on which split?",
    answer:
      "Sort the validation scores, take the cut with the most right decisions, and report it on test rows. With calibrated probabilities it would be 0.5, so a far-off optimum points to miscalibration.",
    after: "q-b-215",
  },
  {
    kind: "question",
    id: "q-b-218",
    card: "metrics/loss-and-accuracy",
    level: "medium",
    ask: "Sketch a histogram of predicted probabilities for which loss improves but accuracy stays put.",
    answer:
      "Positives move from around 0.1 to around 0.45, negatives from 0.4 to 0.05: both humps slide toward the truth and neither crosses 0.5.",
    after: "q-b-215",
  },
  {
    kind: "question",
    id: "q-b-331",
    card: "metrics/accuracy-paradox",
    level: "easy",
    ask: "With 1 % positives, what accuracy does a constant guess reach, and which measures do you report instead?",
    answer:
      "99 %. Report precision and recall of the rare class, average precision, balanced accuracy or MCC, and the expected cost.",
  },
  {
    kind: "question",
    id: "q-b-352",
    card: "metrics/regression",
    level: "medium",
    ask: "When can R² be negative, when does it equal a squared correlation, and what do you report for nonlinear models?",
    answer:
      "Negative whenever predictions are worse than the mean of those rows. Equal to r² for least squares with an intercept on its training rows. For others report RMSE or MAE with a baseline, or R² on held-out rows.",
  },
  {
    kind: "question",
    id: "q-b-355",
    card: "metrics/precision-recall",
    level: "medium",
    ask: "What do precision and recall at one threshold leave out, and which measures fill each gap?",
    answer:
      "True negatives (specificity, MCC), other thresholds (PR curve, AP), the ranking (ROC-AUC), trust in the probabilities (Brier, ECE), costs (expected cost), and segments (slices).",
  },
  {
    kind: "question",
    id: "q-b-363",
    card: "metrics/ranking",
    level: "easy",
    ask: "What does NDCG see that precision@k does not, and what does its logarithmic discount encode?",
    answer:
      "Order within the top k and grades of relevance. The discount says that attention falls with rank: steeply at the top, hardly far down.",
  },
  {
    kind: "formula",
    id: "f-metrics-f-beta",
    card: "metrics/precision-recall",
    level: "medium",
    ask: "Complete F-beta.",
    formula: String.raw`F_\beta=\frac{(1+\beta^2)\,PR}{\gap}`,
    missing: String.raw`\beta^2P+R`,
  },
  {
    kind: "formula",
    id: "f-metrics-threshold",
    card: "metrics/threshold",
    level: "medium",
    ask: "Complete the cost-optimal threshold for calibrated probabilities.",
    formula: String.raw`t=\frac{\gap}{c_{FP}+c_{FN}}`,
    missing: "c_{FP}",
  },
  {
    kind: "formula",
    id: "f-metrics-r2",
    card: "metrics/regression",
    level: "easy",
    ask: "Complete R².",
    formula: String.raw`R^2=1-\frac{\sum_i(y_i-\hat y_i)^2}{\gap}`,
    missing: String.raw`\sum_i(y_i-\bar y)^2`,
  },
  {
    kind: "formula",
    id: "f-metrics-kappa",
    card: "metrics/kappa",
    level: "medium",
    ask: "Complete Cohen's κ.",
    formula: String.raw`\kappa=\frac{p_o-p_e}{\gap}`,
    missing: "1-p_e",
  },
  {
    kind: "formula",
    id: "f-metrics-dcg",
    card: "metrics/ranking",
    level: "medium",
    ask: "Complete the discount of DCG.",
    formula: String.raw`\text{DCG@}k=\sum_{i\le k}\frac{2^{rel_i}-1}{\gap}`,
    missing: String.raw`\log_2(i+1)`,
  },
  {
    kind: "prediction",
    id: "p-metrics-rmse-mae",
    card: "metrics/regression",
    level: "medium",
    ask: "For normal errors, how many times the MAE is the RMSE?",
    controls: {},
    check: "Gaussian errors: RMSE over MAE, √(π/2)",
  },
  {
    kind: "prediction",
    id: "p-metrics-flag-all",
    card: "metrics/precision-recall",
    level: "easy",
    ask: "Everything is flagged, 1 % are positive. What is F1?",
    controls: {},
    check: "flag everything at 1 % positives: F1",
  },
  {
    kind: "prediction",
    id: "p-metrics-ten-of-ten",
    card: "metrics/slices",
    level: "medium",
    ask: "Ten of ten right: where does the 95 % Wilson interval begin?",
    controls: {},
    check: "ten of ten right: interval from",
  },
]);

import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-076",
    card: "explain/shapley-values",
    level: "medium",
    ask: "When do you explain predictions with SHAP, and when is LIME the better fit?",
    answer:
      "SHAP when attributions must add up and be consistent, above all for trees, where it is exact and fast. LIME for a quick local picture of any model on interpretable parts of text or images; its answer depends on kernel and sampling.",
  },
  {
    kind: "question",
    id: "q-a-077",
    card: "explain/shapley-values",
    level: "medium",
    ask: "Which axioms do Shapley-value attributions satisfy?",
    answer:
      "Efficiency (they add up to prediction − base value), symmetry, dummy (no effect, no credit), additivity. No other split has all four.",
  },
  {
    kind: "question",
    id: "q-a-078",
    card: "explain/shapley-values",
    level: "medium",
    ask: "Why do LIME explanations change between runs, and how do you steady them?",
    answer:
      "They fit a weighted line to random perturbations. Fix the seed, draw more samples, choose the kernel width on stability, average runs and report the spread.",
  },
  {
    kind: "question",
    id: "q-a-079",
    card: "explain/treeshap",
    level: "medium",
    ask: "Which attribution methods suit a deep network, and why is TreeSHAP not one of them?",
    answer:
      "Integrated gradients, DeepLIFT, gradient × input, occlusion. TreeSHAP uses that only splits on a leaf's path matter; a net has no such paths.",
  },
  {
    kind: "question",
    id: "q-a-408",
    card: "explain/shapley-values",
    level: "hard",
    ask: "How does the Shapley formula weight the subsets of features?",
    answer:
      "|S|!(M − |S| − 1)!/M!: the share of orders in which exactly S comes before the feature. All subsets of one size weigh 1/M together.",
  },
  {
    kind: "question",
    id: "q-a-409",
    card: "explain/treeshap",
    level: "medium",
    ask: "How do TreeSHAP and KernelSHAP differ in scope, exactness and speed?",
    answer:
      "TreeSHAP: tree models, exact for its game, T·L·D² per row. KernelSHAP: any model, a weighted regression over sampled coalitions, noisy and slow.",
  },
  {
    kind: "question",
    id: "q-a-410",
    card: "explain/shapley-values",
    level: "medium",
    ask: "By which steps does LIME explain one prediction?",
    answer:
      "Perturb the row, ask the model, weight samples by nearness, fit a sparse linear model to the answers, report its coefficients.",
  },
  {
    kind: "question",
    id: "q-a-411",
    card: "explain/treeshap",
    level: "medium",
    ask: "How do correlated features, unusual inputs and interactions mislead attributions?",
    answer:
      "Correlated features share or trade credit by the choice of game; mixing known and background values asks the model about rows that never occur; an interaction is split between its features and shows in neither.",
  },
  {
    kind: "question",
    id: "q-b-276",
    card: "explain/shapley-values",
    level: "medium",
    ask: "What do SHAP, LIME, attention maps and integrated gradients each compute, and what can none of them prove?",
    answer:
      "Mean additions over orders; a local line; weights of a softmax; gradients along a path from a baseline. None proves cause: they describe the model, not the world, and attention not even always that.",
  },
  {
    kind: "question",
    id: "q-b-278",
    card: "explain/shapley-values",
    level: "medium",
    ask: "SHAP or LIME: compare their guarantees, stability and cost; when would you use which?",
    answer:
      "SHAP: axioms, exact and cheap for trees, costly elsewhere. LIME: no axioms, random, any model at some hundreds of predictions. SHAP for reports and audits, LIME for a first look.",
    after: "q-b-276",
  },
  {
    kind: "question",
    id: "q-b-279",
    card: "explain/treeshap",
    level: "hard",
    ask: "A regulator asks why one loan was denied: how do you give an answer that is faithful and usable?",
    answer:
      "Name the main factors by exact attributions against a stated reference group, check them by changing the inputs, add a counterfactual the person can act on, and keep model, data and version. Better still: an interpretable model.",
    after: "q-b-276",
  },
  {
    kind: "formula",
    id: "f-explain-weight",
    card: "explain/shapley-values",
    level: "hard",
    ask: "Complete the weight of a coalition S of M columns.",
    formula: String.raw`\varphi_i=\sum_{S\not\ni i}\gap\,\bigl[f(S\cup i)-f(S)\bigr]`,
    missing: String.raw`\frac{|S|!\,(M-|S|-1)!}{M!}`,
  },
  {
    kind: "prediction",
    id: "p-explain-sum",
    card: "explain/shapley-values",
    level: "medium",
    ask: "The weights of all coalitions without one column are added up. What is the sum?",
    controls: {},
    check: "weights of all coalitions without one column: sum",
  },
]);

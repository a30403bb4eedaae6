/**
 * The whole territory: every home of the catalogue of interview systems, and how many systems it has. Homes are
 * the first part of a system's id, and the names of the chapters.
 */
export interface Home {
  readonly id: string;
  readonly title: string;
  readonly systems: number;
}

const homes = (...rows: readonly (readonly [string, string, number])[]): readonly Home[] =>
  rows.map(([id, title, systems]) => ({ id, title, systems }));

export const PARTS: readonly { readonly title: string; readonly homes: readonly Home[] }[] = [
  {
    title: "Foundations",
    homes: homes(
      ["math", "Mathematics", 17],
      ["stats", "Statistics", 23],
      ["information", "Information", 8],
      ["tensor", "Tensors", 4],
      ["optim", "Optimisers", 20],
    ),
  },
  {
    title: "Data and judgement",
    homes: homes(
      ["data", "Data", 33],
      ["metrics", "Metrics", 22],
      ["selection", "Model selection", 16],
      ["learning-theory", "Learning theory", 17],
      ["calibration", "Calibration", 6],
      ["uncertainty", "Uncertainty", 15],
      ["explain", "Explanation", 13],
      ["fairness", "Fairness", 2],
    ),
  },
  {
    title: "Classical models",
    homes: homes(
      ["linear", "Linear models", 15],
      ["svm", "Support vectors", 6],
      ["tree", "Trees", 9],
      ["ensemble", "Ensembles", 6],
      ["neighbors", "Neighbours", 2],
      ["bayes", "Bayes", 13],
      ["gaussian-process", "Gaussian processes", 1],
      ["cluster", "Clusters", 5],
      ["mixture", "Mixtures", 2],
      ["decomposition", "Decomposition", 3],
      ["manifold", "Manifolds", 2],
      ["anomaly", "Anomalies", 2],
      ["active", "Active learning", 10],
    ),
  },
  {
    title: "Deep learning",
    homes: homes(
      ["nn", "Networks", 46],
      ["vision", "Vision", 37],
      ["sequence", "Sequences", 7],
      ["generative", "Generative", 24],
      ["contrastive", "Contrastive", 15],
      ["graph", "Graphs", 14],
      ["rl", "Reinforcement", 13],
      ["nas", "Architecture search", 9],
      ["compress", "Compression", 12],
      ["distributed", "Distributed training", 13],
    ),
  },
  {
    title: "Language",
    homes: homes(
      ["text", "Text", 24],
      ["llm", "Language models", 64],
      ["retrieval", "Retrieval", 22],
      ["agents", "Agents", 26],
    ),
  },
  {
    title: "Decisions",
    homes: homes(
      ["series", "Time series", 18],
      ["causal", "Causal inference", 12],
      ["experiment", "Experiments", 8],
      ["bandits", "Bandits", 7],
      ["recommend", "Recommendation", 14],
    ),
  },
  {
    title: "Production",
    homes: homes(
      ["features", "Feature store", 9],
      ["tracking", "Tracking", 5],
      ["registry", "Registry", 3],
      ["serving", "Serving", 14],
      ["gateway", "Gateway", 10],
      ["rollout", "Rollout", 6],
      ["monitoring", "Monitoring", 10],
      ["drift", "Drift", 8],
      ["events", "Events", 1],
    ),
  },
];

export const SYSTEMS = PARTS.flatMap((part) => part.homes).reduce((sum, home) => sum + home.systems, 0);

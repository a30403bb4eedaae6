/** What each role is asked about: chapters, those of the sheet that are there. */
export interface Role {
  readonly name: string;
  readonly about: string;
  readonly chapters: readonly string[];
}

export const ROLES: readonly Role[] = [
  {
    name: "Data scientist",
    about: "Statistics, data, metrics, models for tables",
    chapters: [
      "stats",
      "data",
      "metrics",
      "selection",
      "calibration",
      "linear",
      "tree",
      "ensemble",
      "explain",
      "cluster",
      "causal",
      "experiment",
      "series",
    ],
  },
  {
    name: "ML engineer",
    about: "Models that train, ship and stay healthy",
    chapters: [
      "data",
      "metrics",
      "selection",
      "linear",
      "tree",
      "ensemble",
      "nn",
      "optim",
      "anomaly",
      "features",
      "serving",
      "monitoring",
      "drift",
      "recommend",
    ],
  },
  {
    name: "Researcher",
    about: "Mathematics, inference, why training works",
    chapters: [
      "math",
      "information",
      "learning-theory",
      "bayes",
      "gaussian-process",
      "mixture",
      "tensor",
      "optim",
      "nn",
      "decomposition",
      "manifold",
      "generative",
    ],
  },
  {
    name: "LLM engineer",
    about: "Networks, optimisers, text, retrieval",
    chapters: [
      "math",
      "information",
      "tensor",
      "nn",
      "optim",
      "text",
      "llm",
      "retrieval",
      "agents",
      "compress",
    ],
  },
];

import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-419",
    card: "anomaly/autoencoder",
    level: "easy",
    ask: "How does an autoencoder flag anomalies?",
    answer:
      "Train it on usual rows to give back its input through a narrow code. A row that breaks their pattern comes back wrong: its squared reconstruction error is the score, and rows above a high quantile of the errors on held-out usual rows are flagged. A code too wide copies anomalies as well.",
  },
  {
    kind: "formula",
    id: "f-anomaly-isolation",
    card: "anomaly/isolation-forest",
    level: "medium",
    ask: "The score of an isolation forest, from the path length $h(x)$ and its mean $c(m)$ for $m$ rows.",
    formula: String.raw`s(x)=\gap,\qquad c(m)=2H_{m-1}-\frac{2(m-1)}m`,
    missing: String.raw`2^{-\mathbb E\,h(x)/c(m)}`,
  },
]);

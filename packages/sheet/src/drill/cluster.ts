import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-501",
    card: "cluster/kmeans",
    level: "easy",
    ask: "Which two steps does k-means alternate, and when does it stop?",
    answer:
      "Assign every row to its nearest centre; move each centre to the mean of its rows. Neither step can raise the inertia; it stops when no assignment changes (or moves fall below a tolerance), at a local optimum.",
  },
  {
    kind: "question",
    id: "q-a-502",
    card: "cluster/dbscan",
    level: "medium",
    ask: "How does DBSCAN grow clusters, and what becomes of lone points?",
    answer:
      "A row with at least m neighbours within ε is core. Core rows within ε of each other share a cluster, and rows near a core join as border. Lone points, near no core, are labelled noise.",
  },
  {
    kind: "question",
    id: "q-b-049",
    card: "cluster/dbscan",
    level: "easy",
    ask: "Compare k-means and DBSCAN in cluster shape, outliers, parameters, cost and determinism.",
    answer:
      "k-means: round groups of like size, no outliers, K, O(nKd) per iteration, depends on the start. DBSCAN: any shape, noise label, ε and m, near O(n log n) only with an index and small neighbourhoods; deterministic except border rows between two clusters.",
  },
  {
    kind: "question",
    id: "q-b-050",
    card: "cluster/choosing-k",
    level: "medium",
    ask: "Five k-means clusters came out and none seems natural: how do you test whether five is a sensible number?",
    answer:
      "Sweep K: silhouette, gap statistic, and the elbow as a weak hint. Check that resampled data give the same groups, and that they mean something for the task. The gap statistic can answer “one”: then no groups are in the data.",
    after: "q-b-049",
  },
  {
    kind: "question",
    id: "q-b-051",
    card: "cluster/dbscan",
    level: "medium",
    ask: "Three dense groups plus scattered noise: what does k-means do with the noise, and what do you use instead?",
    answer:
      "It assigns every noise point to some group and moves the centres towards it, so groups are blurred and means biased. Use DBSCAN or HDBSCAN, which leave noise unlabelled; or a mixture with a noise component, or trimmed k-means.",
    after: "q-b-049",
  },
  {
    kind: "question",
    id: "q-b-052",
    card: "cluster/hdbscan",
    level: "hard",
    ask: "How does HDBSCAN extend DBSCAN, and what makes it easier to use when densities differ?",
    answer:
      "It takes every ε at once: mutual reachability, its spanning tree, a condensed tree without small splits, and the groups that last longest. No ε is chosen, so groups of different density come out of one run; minClusterSize says what counts as a group.",
    after: "q-b-049",
  },
  {
    kind: "formula",
    id: "f-cluster-kmeans-seed",
    card: "cluster/kmeans",
    level: "medium",
    ask: "With which probability does k-means++ draw row i as the next centre?",
    formula: String.raw`P(\text{next seed}=i)\propto\gap`,
    missing: String.raw`\min_k\lVert x_i-\mu_k\rVert^2`,
  },
  {
    kind: "formula",
    id: "f-cluster-silhouette",
    card: "cluster/clustering-metrics",
    level: "easy",
    ask: "Complete the silhouette of a row: a within its group, b to the nearest other group.",
    formula: String.raw`s=\frac{b-a}{\gap}`,
    missing: String.raw`\max(a,b)`,
  },
  {
    kind: "formula",
    id: "f-cluster-mutual-reachability",
    card: "cluster/hdbscan",
    level: "hard",
    ask: "What is the mutual reachability distance of two rows?",
    formula: String.raw`d_m(a,b)=\gap`,
    missing: String.raw`\max\{c_a,\,c_b,\,d(a,b)\}`,
  },
  {
    kind: "prediction",
    id: "p-cluster-chance-rand",
    card: "cluster/clustering-metrics",
    level: "medium",
    ask: "Random labels in 20 groups against the true ones: the adjusted Rand index?",
    controls: {},
    check: "random labels in 20 groups: adjusted Rand",
  },
  {
    kind: "prediction",
    id: "p-cluster-denser",
    card: "cluster/dbscan",
    level: "medium",
    ask: "Four times the rows at the same ε: how many times as many neighbours has a row?",
    controls: {},
    check: "fixed ε: neighbours per row grow with n, 4 times the rows",
    unit: "times",
  },
]);

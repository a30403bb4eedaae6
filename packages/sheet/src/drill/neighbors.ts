import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-500",
    card: "neighbors/knn",
    level: "easy",
    ask: "How does $k$-nearest neighbours predict a class and a number?",
    answer:
      "It stores the training rows. For a new row it finds the $k$ closest by a distance, on scaled columns. A class is their majority, a number their mean; either can be weighted by closeness. Small $k$ follows noise, large $k$ blurs. All cost falls on prediction.",
  },
  {
    kind: "formula",
    id: "f-neighbors-kde",
    card: "neighbors/kernel-density",
    level: "medium",
    ask: "Complete the kernel density estimate of $n$ rows in $d$ columns with bandwidth $h$.",
    formula: String.raw`\hat f(x)=\gap\sum_{i=1}^{n}K\!\left(\frac{x-x_i}{h}\right)`,
    missing: String.raw`\frac{1}{n h^{d}}`,
  },
  {
    kind: "prediction",
    id: "p-neighbors-noise-columns",
    card: "neighbors/knn",
    level: "medium",
    ask: "One column decides the class, 99 more are noise. What accuracy is left to five neighbours?",
    controls: {},
    check: "accuracy with 100 columns",
  },
]);

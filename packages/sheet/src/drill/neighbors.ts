import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-sheet-knn-k",
    card: "neighbors/knn",
    level: "easy",
    ask: "What does a small $k$ do to the border of a nearest-neighbour classifier?",
    answer:
      "It makes it ragged, with islands around single rows: low bias, high variance. A larger $k$ smooths it until it ignores what is near.",
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

import { drill } from "../../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-289",
    card: "nn/dense",
    level: "easy",
    ask: "What does a dense layer compute in its forward pass?",
    answer: String.raw`$a=\phi(Wx+b)$: a weighted sum of the inputs and a bias per unit, then the activation. For a batch of rows: $XW^\top+b$.`,
  },
  {
    kind: "question",
    id: "q-b-057",
    card: "nn/dense",
    level: "easy",
    ask: "Why do networks need nonlinear activations, and what do sigmoid, tanh, ReLU, leaky ReLU and GELU each trade off?",
    answer:
      "Without them a stack of layers is one linear map. Sigmoid and tanh are bounded and saturate; ReLU is cheap but can die; leaky ReLU keeps a slope; GELU is smooth and costs more.",
  },
  {
    kind: "question",
    id: "q-b-230",
    card: "nn/entity-embeddings",
    level: "medium",
    ask: "What are entity embeddings of categories, and when do they give a network the edge over trees?",
    answer:
      "Each category gets a small learned vector, trained with the net. They help with many categories and many rows, with shared ones (shop, user), or beside text; small plain tables often remain with trees.",
  },
  {
    kind: "question",
    id: "q-b-368",
    card: "nn/transfer-learning",
    level: "easy",
    ask: "What is a learned representation, and how do you test whether it is a good one?",
    answer:
      "Features a net computes that make tasks easier. Freeze them and train a linear probe on few labels; compare with raw inputs and a random net, and look at neighbours and transfer to other tasks.",
  },
  {
    kind: "formula",
    id: "f-nn-dense-gradient",
    card: "nn/dense",
    level: "medium",
    ask: "With g the gradient of z = Wx + b: the gradient of W.",
    formula: String.raw`\frac{\partial L}{\partial W}=\gap`,
    missing: String.raw`g\,x^{\top}`,
  },
  {
    kind: "prediction",
    id: "p-nn-mlp",
    card: "nn/mlp",
    level: "medium",
    ask: "A net 50→256→128→64→2 with batch norm behind each hidden layer: how many parameters?",
    controls: {},
    check: "parameters of 50→256→128→64→2 with batch norm",
  },
]);

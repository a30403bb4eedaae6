import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-179",
    card: "manifold/tsne",
    level: "medium",
    ask: "PCA, t-SNE or UMAP: what does each preserve, and how fast is it?",
    answer:
      "PCA keeps the directions of largest variance: linear, one SVD, fastest. t-SNE keeps near neighbours: slowest, with n² pairs unless approximated. UMAP also keeps a neighbour graph, scales better and places new rows. Both leave gaps and sizes between clusters unreliable.",
  },
  {
    kind: "question",
    id: "q-a-180",
    card: "manifold/tsne",
    level: "medium",
    ask: "What does t-SNE's perplexity control, and how do low and high values look?",
    answer:
      "The effective number of neighbours of each point, by a bandwidth found per point; 5 to 50 is usual. Low values show many small clumps, some of them noise. High values show broader arrangement and lose fine detail. It must stay below the number of rows.",
  },
  {
    kind: "question",
    id: "q-a-181",
    card: "manifold/tsne",
    level: "easy",
    ask: "Why shrink data with PCA before running t-SNE?",
    answer:
      "To about 50 columns: finding distances between rows gets cheaper, and small-variance noise drops out of them. The iterations do not get faster, since they work on the two map coordinates anyway.",
  },
  {
    kind: "question",
    id: "q-a-182",
    card: "manifold/umap",
    level: "medium",
    ask: "What does a small, and what a large, neighbour count do in UMAP?",
    answer:
      "It sets the scale of the graph. Few neighbours (5) show fine detail and may break the data into pieces; many (50 and more) show the broad arrangement and blur detail, at more cost. The default is 15.",
  },
  {
    kind: "question",
    id: "q-a-183",
    card: "manifold/tsne",
    level: "medium",
    ask: "Why is t-SNE a poor source of features for a downstream model?",
    answer:
      "It has no function: a new row cannot be placed without running again, and another seed gives another map. Distances between clusters and densities are distorted, and two coordinates drop most of the data. A parametric variant mends only the first.",
  },
  {
    kind: "question",
    id: "q-a-489",
    card: "manifold/umap",
    level: "medium",
    ask: "What does min_dist change in a UMAP plot?",
    answer:
      "How close linked points may come in the map. Near 0 they pack into tight clumps; near 1 they spread evenly. The neighbour graph is the same, so tighter clumps are not better clusters.",
  },
  {
    kind: "question",
    id: "q-a-490",
    card: "decomposition/linear-autoencoder",
    level: "medium",
    ask: "What does an autoencoder offer over PCA for reducing dimensions?",
    answer:
      "A bent code: nonlinear encoder and decoder can follow a curved surface, fit images or sequences by design, and train on a stream. With linear layers and squared loss it only finds PCA's subspace. The price is training, tuning, and axes without order.",
  },
  {
    kind: "question",
    id: "q-b-035",
    card: "manifold/tsne",
    level: "medium",
    ask: "When is t-SNE or UMAP preferable to PCA, and why is a t-SNE map a poor input for a later model?",
    answer:
      "To look at neighbourhoods on a curved structure, which two linear axes would fold together. As input the map fails: plain t-SNE cannot place new rows, the result depends on seed and perplexity, and distances between clusters mean little.",
    after: "q-b-033",
  },
  {
    kind: "question",
    id: "q-b-373",
    card: "decomposition/kernel-pca",
    level: "easy",
    ask: "State the manifold hypothesis, one piece of evidence for it, and what it implies for learning in high dimension.",
    answer:
      "Natural data lie near a surface of far fewer dimensions than columns. Evidence: random pixels never look like a photo, while real images move smoothly with a few causes such as pose or light. So the rows needed depend on the surface's dimension, and a learned code can follow it.",
  },
  {
    kind: "formula",
    id: "f-manifold-student",
    card: "manifold/tsne",
    level: "medium",
    ask: "The similarity of two points in a t-SNE map.",
    formula: String.raw`q_{ij}\propto\gap,\qquad\min_Y\mathrm{KL}(P\Vert Q)`,
    missing: String.raw`(1+\lVert y_i-y_j\rVert^2)^{-1}`,
  },
  {
    kind: "formula",
    id: "f-manifold-umap",
    card: "manifold/umap",
    level: "hard",
    ask: "What do the edge weights of a row with $k$ neighbours sum to in UMAP?",
    formula: String.raw`w_{ij}=e^{-(d_{ij}-\rho_i)/\sigma_i},\qquad\sum_jw_{ij}=\gap`,
    missing: String.raw`\log_2k`,
  },
]);

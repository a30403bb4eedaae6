import type { Prompt } from "../prompt.ts";

export const visualSearch: Prompt = {
  id: "visual-search",
  group: "find",
  title: "Search by picture",
  ask: "A photo finds the same or similar products among 300 million pictures: 1,000 photos a second, from street and sofa.",
  steps: {
    clarify: {
      points: [
        "Same item, or same style? They are two notions of near, hence two heads or two indexes.",
        "Photos hold several things: does the user crop, or do we detect?",
        "How soon a new picture must be found, and what may never be (faces, documents).",
        "What follows a miss: a category page, or text search on a caption.",
      ],
      next: "Which of the two would you ship first, and how do you tell which one the user wants?",
    },
    metrics: {
      points: [
        "Recall at 1 and at 10 for the same item, on user photos with known product, split by product.",
        "For style: judged triplets, graded; agreement between judges is the ceiling.",
        "Index alone: share of the exact ten nearest that it returns, measured against brute force on a sample.",
        "Online: searches that end in a tap and a purchase, repeats with another crop.",
      ],
      next: "Recall at 10 is 90 % on catalogue photos and 40 % on user photos. What now?",
    },
    data: {
      points: [
        "Positives: several pictures of one product, and user photos from reviews and returns.",
        "Augment the way users photograph: crops, blur, hands, bad light. Flips are wrong where text or left and right matter.",
        "Resellers copy pictures: remove near-duplicates across the split, or recall is memory.",
        "False negatives abound (one product, many listings): merge by code before mining hard ones.",
      ],
      next: "How do you find duplicates among 300 million pictures?",
    },
    model: {
      points: [
        "A detector crops, a pretrained image encoder (ViT, CLIP-like) is tuned with a contrastive loss, vectors normalised.",
        "Large batches or a memory of past vectors give negatives; temperature decides how hard they count.",
        "Within-category hard negatives after a first epoch; from the start they collapse it.",
        "Fewer dimensions from a projection or nested training; measure recall for each halving.",
      ],
      next: "Why not use the classifier's last layer as the vector?",
      number: {
        calculator: "vector-index",
        ask: "GB of 300 million vectors, 512 float32 values each?",
        inputs: { millions: 300, dims: 512, bytesPerValue: 4, M: 16 },
        between: [612, 617],
        worked:
          "3·10⁸ · 2,048 B = 614 GB before any links: too much memory for one machine, so compress or shard.",
      },
    },
    serving: {
      points: [
        "Cells (IVF) with product-quantised codes of 64 bytes; 32 times smaller than float32.",
        "The best 1,000 codes are reranked by full vectors on disk: recall comes back for some milliseconds.",
        "Filters (stock, category) go into the search; filtering ten results afterwards leaves two.",
        "Photos are shrunk on the phone; decoding large ones can cost more than encoding them.",
      ],
      next: "Recall of the index is 90 % and must be 98 %. What do you turn, and what does it cost?",
      number: {
        calculator: "vector-index",
        ask: "GB of the codes, 64 bytes for each of 300 million pictures?",
        inputs: { millions: 300, dims: 64, bytesPerValue: 1, M: 16 },
        between: [19, 19.4],
        worked:
          "3·10⁸ · 64 B = 19 GB. HNSW's links over them would take 40 GB more, twice the codes; cells add little more than an id each.",
      },
    },
    monitoring: {
      points: [
        "Vectors of two encoder versions are never compared: each index states its version, each query is encoded for it.",
        "Distance of the best hit by camera, country and category: it grows before users complain.",
        "Fixed photos with known answers run against every index build.",
        "Detector misses: photos whose whole-frame search beats the crop.",
      ],
      next: "A new encoder is 3 points better. What does the switch cost, and how do you roll it back?",
      number: {
        calculator: "queue",
        ask: "GPUs to encode 300 million pictures again in three days, 5 ms each, 90 % busy?",
        inputs: { arrivalRate: 1157.4, serviceMs: 5, servers: 7, target: 90 },
        between: [7, 7],
        worked:
          "3·10⁸ / 259,200 s = 1,157 a second; times 0.005 s, 5.8 are busy; at 90 % that takes 7. Both indexes live meanwhile.",
      },
    },
  },
};

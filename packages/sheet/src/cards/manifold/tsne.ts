import { loadDigits } from "whetstone/datasets";
import { PCA } from "whetstone/decomposition";
import { TSNE, trustworthiness } from "whetstone/manifold";
import { card, dataset, type Lab, type LabData, neighbourMap, range, scatter, slider } from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData, wanted: number): void {
  // A perplexity counts neighbours, and there have to be some more rows than that.
  const perplexity = Math.min(wanted, (data.X.rows - 1) / 3);
  neighbourMap(lab, data, {
    name: "t-SNE",
    setting: `perplexity ${perplexity.toFixed(0)}`,
    embed: (Z) => new TSNE({ perplexity, seed: lab.seed }).fit(Z).embedding,
  });
}

export default card({
  id: "manifold/tsne",
  title: "t-SNE keeps neighbours, at the scale that perplexity sets",
  formula: String.raw`\min_Y\mathrm{KL}(P\Vert Q),\quad q_{ij}\propto(1+\lVert y_i-y_j\rVert^2)^{-1},\quad 2^{H(P_i)}=\text{perplexity}`,
  ask: "What does t-SNE's perplexity control, and why is a t-SNE map a poor input for a later model?",
  answer:
    "Perplexity is the effective number of neighbours of each point, set by a bandwidth search per point: 5 to 50, by default 30. Low values show local detail, high values more of the whole. A map is a picture: gaps and cluster sizes mean little, and the plain form cannot place a new row.",
  pitfall:
    "Do not read distances between clusters. And PCA to 50 dimensions first saves distance work only: the iterations run in two dimensions anyway.",
  level: "medium",
  whenNot:
    "Not as features, not to measure gaps or sizes of clusters, not for new rows. For a later model take PCA or a trained encoder; to judge clusters, cluster in the original space.",
  followUps: [
    {
      ask: "Why a Student t in the map and a normal in the data?",
      answer:
        "A plane has too little room for all moderate distances of a high-dimensional space. The heavy tail lets moderately far points sit further apart, so clusters do not crush together.",
    },
    {
      ask: "Two runs differ. Which one is right?",
      answer:
        "The loss has many local minima. Compare kept neighbours and the divergence, start from PCA, and trust only what several seeds and perplexities show.",
    },
  ],
  derivation: String.raw`For each row a normal of width $\sigma_i$ turns distances into $p_{j|i}$. $\sigma_i$ is found by bisection so that the entropy $H(P_i)$ has $2^{H}$ equal to the perplexity: a uniform choice among $k$ neighbours has $2^{H}=k$, hence an effective number. Then $p_{ij}=\frac{p_{j|i}+p_{i|j}}{2n}$.

In the map $q_{ij}\propto(1+d_{ij}^2)^{-1}$. The gradient of $\mathrm{KL}(P\Vert Q)$ is $4\sum_j(p_{ij}-q_{ij})(1+d_{ij}^2)^{-1}(y_i-y_j)$: pairs too far apart attract, pairs too close repel.

The term $p\log\frac pq$ is large when near rows are drawn far apart, and almost nothing when far rows are drawn near. So neighbourhoods are kept and distances between clusters are hardly in the loss.

Only the $y_i$ are parameters: there is no function to apply to a new row.`,
  errata: [
    {
      claim: "claim-b-046",
      claimed: "t-SNE cannot be a preprocessing step for a model.",
      truth:
        "Right for the standard form, which has no transform for new rows; parametric variants learn one.",
    },
    {
      claim: "claim-a-370",
      claimed: "t-SNE cannot map new data.",
      truth: "The plain form cannot; parametric variants can.",
    },
  ],
  covers: ["manifold/tsne", "claim-a-368", "claim-a-399", "claim-a-370", "claim-b-046"],
  answers: ["q-a-180", "q-a-181", "q-a-183", "q-b-035", "q-a-179"],
  verifiedAgainst: ["scikit-learn 1.2: affinities, divergence, gradient", "perplexity of every row"],
  budget: "costly",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "groups", {
      seeded: true,
      simulatedAs: "digits",
    }),
    perplexity: slider(2, 60, 30, { label: "perplexity" }),
  },
  run(lab, { data, perplexity }) {
    if (data) {
      onTable(lab, data, perplexity);
      return;
    }
    const digits = loadDigits();
    const chosen = range(400);
    const X = new PCA({ nComponents: 50 }).fit(digits.X).transform(digits.X.selectRows(chosen));
    const labels = chosen.map((i) => String(digits.y[i]));
    const map = (p: number) => new TSNE({ perplexity: p, seed: lab.seed }).fit(X);
    const shown = map(perplexity);
    lab.plot(
      scatter(shown.embedding.col(0), shown.embedding.col(1), {
        group: labels,
        title: `400 digits, perplexity ${perplexity}`,
        alt: `A t-SNE map of 400 handwritten digits coloured by digit, at perplexity ${perplexity}.`,
        x: { label: "" },
        y: { label: "" },
      }),
    );
    const [low, high] = [map(3), map(50)];
    const kept = (m: typeof low, k: number) => trustworthiness(X, m.embedding, { nNeighbors: k });
    lab.table({
      columns: ["perplexity", "neighbours kept, k = 5", "k = 50"],
      rows: [
        [3, kept(low, 5), kept(low, 50)],
        [50, kept(high, 5), kept(high, 50)],
      ],
      caption: "Trustworthiness of the map",
    });
    lab.check(
      "perplexity 50 keeps the 50 nearest better than perplexity 3, by",
      kept(high, 50) - kept(low, 50),
      { above: 0 },
    );
    const drop = (m: typeof low) => kept(m, 5) - kept(m, 50);
    lab.check("low perplexity: more is lost from local to global than at high, by", drop(low) - drop(high), {
      above: 0,
    });
    lab.check("default perplexity", new TSNE().params.perplexity, { equals: 30 });
    const plain = map(30);
    lab.check("at the default, neighbours kept", kept(plain, 5), { atLeast: 0.95 });
    lab.check("the map has no way to place new rows", "transform" in plain, { equals: false });
    const flat = new PCA({ nComponents: 2 }).fit(X).transform(X);
    lab.check(
      "and keeps more neighbours than two principal components, by",
      kept(plain, 5) - trustworthiness(X, flat, { nNeighbors: 5 }),
      { above: 0.05 },
    );
  },
});

import {
  effectiveRank,
  lowRankApproximation,
  Matrix,
  mergeLowRank,
  multiply,
  norm,
  spectralEnergyShare,
} from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "math/low-rank",
  title: "No rank-k matrix is closer than the truncated SVD",
  formula: String.raw`\min_{\operatorname{rank}B\le k}\lVert X-B\rVert_F^2=\sum_{i>k}\sigma_i^2`,
  ask: "What is the best rank-k approximation of a matrix, and how large is its error?",
  answer:
    "Keep the k largest singular values (Eckart–Young). The squared Frobenius error is the sum of the dropped σ², the spectral error is the next σ. Kept energy is Σσ²(top k)/Σσ². LoRA uses the same idea: W + BA with a thin B and A.",
  pitfall:
    "Best in the Frobenius and spectral norm, not for your task: a direction with little variance may carry the label.",
  level: "medium",
  whenNot:
    "When entries are missing, counts, or non-negative parts are wanted: the SVD treats gaps as zeros. Use matrix completion, NMF or a Poisson factor model.",
  followUps: [
    {
      ask: "How do you pick k?",
      answer:
        "By the task on held-out entries, by kept energy (say 95 %), or where singular values sink into noise (Marchenko–Pastur edge).",
    },
    {
      ask: "How does LoRA use this?",
      answer:
        "It freezes W and learns W + BA with rank r: r(m + n) numbers in place of mn. After training BA merges into W, so inference costs nothing more.",
    },
  ],
  derivation: String.raw`Spectral norm: any $B$ of rank $k$ has a null space of dimension $n-k$, which meets the span of $v_1,\dots,v_{k+1}$. A unit vector $z$ in both has $\lVert(X-B)z\rVert=\lVert Xz\rVert\ge\sigma_{k+1}$; the truncated SVD reaches it.

Frobenius norm: Weyl's inequality gives $\sigma_{i+k}(X)\le\sigma_i(X-B)+\sigma_{k+1}(B)=\sigma_i(X-B)$. Sum the squares: $\lVert X-B\rVert_F^2\ge\sum_{i>k}\sigma_i^2$, again reached by truncation.

Kept energy is $\sum_{i\le k}\sigma_i^2/\sum_i\sigma_i^2$: since $\lVert X\rVert_F^2=\sum\sigma_i^2$, the two parts add up.`,
  covers: ["math/low-rank-approximation"],
  verifiedAgainst: ["the error identity, to rounding", "random and optimised rivals of the same rank"],
  budget: "quick",
  controls: {
    k: slider(1, 12, 3, { label: "rank k" }),
    decay: slider(0.3, 0.95, 0.7, { label: "decay of the spectrum" }),
  },
  run(lab, { k, decay }) {
    const random = lab.random();
    const [m, n] = [24, 16];
    const normal = (rows: number, cols: number) =>
      new Matrix(
        Float64Array.from({ length: rows * cols }, () => random.normal()),
        rows,
        cols,
      );
    const stretch = Matrix.diagonal(range(n).map((i) => decay ** i));
    const X = multiply(multiply(normal(m, n), stretch), normal(n, n));
    const best = lowRankApproximation(X, k);
    const error = (B: Matrix) =>
      norm(
        new Matrix(
          X.data.map((v, i) => v - B.data[i]!),
          m,
          n,
        ),
        "fro",
      ) ** 2;
    const s = best.singularValues;
    const dropped = s.slice(k).reduce((sum, v) => sum + v * v, 0);
    const total = s.reduce((sum, v) => sum + v * v, 0);
    const kept = range(n).map((i) => spectralEnergyShare(s, i + 1));
    lab.plot(
      figure(
        [
          { type: "line", x: range(n).map((i) => i + 1), y: kept },
          { type: "points", x: [k], y: [kept[k - 1]!] },
        ],
        {
          x: { label: "rank k" },
          y: { label: "energy kept", percent: true, domain: [0, 1] },
          alt: `Share of energy kept by rank: ${(100 * kept[k - 1]!).toFixed(1)} % at rank ${k}.`,
        },
      ),
    );
    const own = error(best.approximation);
    lab.check("squared error against the sum of dropped σ²", own / total, {
      equals: dropped / total,
      within: 1e-12,
    });
    // Rivals: the best coefficients on random rank-k row spaces (a least-squares fit, so as good as each can be).
    const rivals = range(200).map(() => {
      const rows = lowRankApproximation(normal(k, n), k);
      return (total - norm(multiply(X, rows.A, { transB: true }), "fro") ** 2) / own;
    });
    lab.check("best of 200 random rank-k rivals, relative error", Math.min(...rivals), { atLeast: 1 });
    const nudged = range(50).map(() => {
      const B = new Matrix(
        best.B.data.map((v) => v + 0.01 * random.normal()),
        m,
        k,
      );
      return error(multiply(B, best.A)) / own;
    });
    lab.check("best of 50 nudged copies, relative error", Math.min(...nudged), { atLeast: 1 });
    lab.check("effective rank, at most the full one", effectiveRank(s), { between: [1, n] });
    const W = normal(m, n);
    const merged = mergeLowRank(W, best.B, best.A);
    const BA = multiply(best.B, best.A);
    lab.check(
      "W + BA merged against added",
      Math.max(...merged.data.map((v, i) => Math.abs(v - W.data[i]! - BA.data[i]!))),
      { atMost: 1e-12 },
    );
    lab.note(`Rank ${k} stores ${k * (m + n)} numbers instead of ${m * n}.`);
  },
});

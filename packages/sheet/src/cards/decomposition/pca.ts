import { PCA } from "whetstone/decomposition";
import { eigh, Matrix, svd } from "whetstone/math";
import {
  card,
  dataset,
  figure,
  type Lab,
  type LabData,
  range,
  scaled,
  slider,
  tableMap,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData): void {
  const Z = scaled(data);
  const model = new PCA({ svdSolver: "full" }).fit(Z);
  const share = Array.from(model.explainedVarianceRatio);
  lab.plot(
    tableMap(
      Z,
      range(Z.rows).map(() => "rows"),
      {
        title: `${data.name}, scaled: ${(100 * (share[0]! + share[1]!)).toFixed(1)} % of the variance in the plane`,
        alt: `Rows of ${data.name} on their first two principal axes.`,
      },
    ),
  );
  lab.plot(
    figure([{ type: "bars", x: share.map((_, k) => String(k + 1)), y: share }], {
      title: "Scree: share of the variance by axis",
      x: { label: "axis", scale: "band" },
      y: { label: "share" },
      alt: "Shares of the variance by principal axis: they fall.",
    }),
  );
  lab.check(
    "shares of the variance add to",
    share.reduce((a, b) => a + b, 0),
    { equals: 1, within: 1e-9 },
  );
  lab.check(
    "largest rise from one axis to the next",
    Math.max(0, ...share.slice(1).map((v, k) => v - share[k]!)),
    {
      atMost: 1e-12,
    },
  );
  lab.check(
    "all components kept: nothing is lost",
    Math.max(...model.inverseTransform(model.transform(Z)).sub(Z).data.map(Math.abs)),
    { atMost: 1e-8 },
  );
}

export default card({
  id: "decomposition/pca",
  title: "PCA is the SVD of the centred rows, and it minds the units",
  formula: String.raw`X_c=U\Sigma V^\top,\qquad \mathrm{Var}_k=\frac{\sigma_k^2}{n-1},\qquad Z=X_cV_{:,1:k}`,
  ask: "How do you project data on its top k principal components, and what must come first?",
  answer:
    "Centre (and standardise if units differ), take the SVD, project on the first k right singular vectors. The variances are σ²/(n−1), the same as the eigenvalues of the covariance, which never has to be formed. Keep k by the scree or by 95 % of variance. Without centring a large mean takes the first axis.",
  pitfall:
    "95 % in the first component is often a unit, not a discovery: the column measured in the smallest unit has the largest numbers and takes the first axis.",
  level: "medium",
  whenNot:
    "When structure is curved, or the small directions carry the label: PCA never sees y. Take partial least squares or a supervised model; a kernel, t-SNE or UMAP for curves.",
  followUps: [
    {
      ask: "Why not form the covariance matrix and take its eigenvectors?",
      answer:
        "Forming it squares the condition number, so singular values below about 1e-8 of the largest drown in rounding. The SVD of the rows keeps them.",
    },
    {
      ask: "When do you standardise, and when not?",
      answer:
        "Standardise when units differ. With one shared unit, such as pixels or spectra, scale is information, and standardising blows up columns that are almost only noise.",
    },
  ],
  derivation: String.raw`Seek the unit vector $v$ with the largest variance of $X_cv$: maximise $\frac1{n-1}v^\top X_c^\top X_cv$ with $\lVert v\rVert=1$. The Lagrange condition is $X_c^\top X_cv=\mu v$, so $v$ is an eigenvector and its variance is $\mu/(n-1)$. Later axes solve the same, orthogonal to the ones before.

With $X_c=U\Sigma V^\top$, $X_c^\top X_c=V\Sigma^2V^\top$: the eigenvectors are the columns of $V$ and $\mu_k=\sigma_k^2$. The scores are $X_cV=U\Sigma$, so no covariance is formed.

Without centring $X^\top X=X_c^\top X_c+n\bar x\bar x^\top$: a large mean adds one big direction, its own, and takes the first axis. A column in millimetres has $10^6$ times the variance of the same in metres, hence the loading near 1.`,
  errata: [
    {
      claim: "claim-b-043",
      claimed: "A feature in metres dominates one in millimetres under PCA.",
      truth:
        "Reversed: the same length in millimetres is a number 1000 times as large, with 10⁶ times the variance, and takes the first axis.",
    },
  ],
  covers: ["decomposition/pca", "claim-a-014", "claim-a-015", "claim-b-043", "claim-b-044", "claim-b-287"],
  answers: ["q-a-296", "q-a-297", "q-a-298", "q-b-033", "q-b-034", "q-b-036"],
  verifiedAgainst: ["scikit-learn 1.2 PCA, 1e-11", "the covariance route against the SVD route"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer", "diabetes"], "none"),
    angle: slider(0, 180, 30, { label: "direction of the spread, degrees", simulated: true }),
    ratio: slider(1.5, 10, 4, { label: "long axis over short axis", simulated: true }),
  },
  run(lab, { data, angle, ratio }) {
    if (data) {
      onTable(lab, data);
      return;
    }
    const random = lab.random();
    const t = (angle * Math.PI) / 180;
    const n = 200;
    const X = Matrix.from(
      range(n).map(() => {
        const [a, b] = [ratio * random.normal(), random.normal()];
        return [3 + a * Math.cos(t) - b * Math.sin(t), 1 + a * Math.sin(t) + b * Math.cos(t)];
      }),
    );
    const model = new PCA({ svdSolver: "full" }).fit(X);
    const [m, C, v] = [model.mean, model.components, model.explainedVariance.map(Math.sqrt)];
    lab.plot(
      figure(
        [
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), size: 2 },
          {
            type: "arrows",
            name: "principal axes, two deviations long",
            x1: [m[0]!, m[0]!],
            y1: [m[1]!, m[1]!],
            x2: range(2).map((k) => m[0]! + 2 * v[k]! * C.at(k, 0)),
            y2: range(2).map((k) => m[1]! + 2 * v[k]! * C.at(k, 1)),
          },
        ],
        {
          title: `${(100 * model.explainedVarianceRatio[0]!).toFixed(1)} % of the variance on the first axis`,
          square: true,
          x: { label: "x" },
          y: { label: "y" },
          alt: `A cloud of points stretched along ${angle} degrees, with its two principal axes as arrows from the mean.`,
        },
      ),
    );
    const centred = X.addRow(m.map((x) => -x));
    const s = svd(centred);
    lab.check(
      "variances are σ²/(n−1): largest difference",
      Math.max(...s.s.map((x, k) => Math.abs(x ** 2 / (n - 1) - model.explainedVariance[k]!))),
      { atMost: 1e-10 },
    );
    const byCovariance = new PCA({ svdSolver: "covariance" }).fit(X);
    lab.check(
      "covariance route against SVD route, axes",
      Math.max(...byCovariance.components.data.map((x, i) => Math.abs(x - C.data[i]!))),
      { atMost: 1e-9 },
    );
    const byN = eigh(
      centred
        .transpose()
        .matmul(centred)
        .scale(1 / n),
    );
    lab.check(
      "XᵀX/n only rescales: n/(n−1) times its first eigenvalue over ours",
      (byN.values[0]! * n) / (n - 1) / model.explainedVariance[0]!,
      { equals: 1, within: 1e-10 },
    );
    lab.check(
      "and its axis is ours, |cosine|",
      Math.abs(byN.vectors.at(0, 0) * C.at(0, 0) + byN.vectors.at(1, 0) * C.at(0, 1)),
      { equals: 1, within: 1e-9 },
    );
    lab.check(
      "all components kept: nothing is lost",
      Math.max(...model.inverseTransform(model.transform(X)).sub(X).data.map(Math.abs)),
      { atMost: 1e-10 },
    );

    const off = Matrix.from(
      range(n).map(() => [3 * random.normal(), random.normal(), 20 + 0.5 * random.normal()]),
    );
    lab.check(
      "uncentred, mean (0, 0, 20): first right singular vector, share of the mean direction",
      Math.abs(svd(off).Vt.at(0, 2)),
      { above: 0.99 },
    );
    lab.check(
      "centred: the first axis is the widest spread",
      Math.abs(new PCA().fit(off).components.at(0, 0)),
      { above: 0.98 },
    );

    const lengths = range(n).map(() => [1.7 + 0.1 * random.normal(), 1.7 + 0.1 * random.normal()]);
    const mixed = Matrix.from(lengths.map(([a, b]) => [a!, 1000 * b!])); // metres, millimetres
    lab.check(
      "one length in metres, one in millimetres: loading of the millimetres on axis 1",
      Math.abs(new PCA().fit(mixed).components.at(0, 1)),
      { above: 0.999 },
    );
    const k95 = new PCA({ nComponents: 0.95 }).fit(mixed).nComponents;
    lab.check("directions that 95 % of the variance asks for there", k95, { equals: 1 });
  },
});

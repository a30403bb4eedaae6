import { MinMaxScaler, StandardScaler, Whitening } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { card, choice, figure, slider } from "../../index.ts";

export default card({
  id: "data/whitening",
  title: "Whitening: no correlation left, unit variance everywhere",
  formula: String.raw`\Sigma=V\Lambda V^\top,\qquad z_{\text{PCA}}=\Lambda^{-1/2}V^\top(x-\mu),\qquad z_{\text{ZCA}}=V\Lambda^{-1/2}V^\top(x-\mu)`,
  ask: "Standardise, rescale to [0, 1], whiten: what does each guarantee, and how do PCA and ZCA whitening differ?",
  answer:
    "Standardising gives each column mean 0 and variance 1, rescaling a range; both leave correlations. Whitening also removes them: the covariance becomes the identity. Any rotation of white data is white: PCA whitening turns to the principal axes, ZCA turns back and stays closest to the original columns.",
  pitfall:
    "Directions with almost no variance are noise, and whitening blows them up: add ε to the eigenvalues or drop them. Fit it on training rows only.",
  level: "hard",
  whenNot:
    "When scale or correlation carries meaning, or with fewer rows than columns (the covariance is singular): shrink it or keep k components. Trees do not need it.",
  followUps: [
    {
      ask: "Why does whitening amplify noise?",
      answer: String.raw`A direction with variance $\lambda$ is multiplied by $1/\sqrt\lambda$. If its variance is mostly measurement noise, that noise ends up as large as the strongest signal.`,
    },
    {
      ask: "When is ZCA preferred to PCA whitening?",
      answer:
        "When columns should keep their meaning, such as pixels of an image: of all whitenings ZCA moves the data least. For a later model that rotates anyway, either will do.",
    },
  ],
  derivation: String.raw`Let $\Sigma=V\Lambda V^\top$. Then $z=\Lambda^{-1/2}V^\top(x-\mu)$ has covariance $\Lambda^{-1/2}V^\top\Sigma V\Lambda^{-1/2}=I$.

For any orthogonal $Q$, $Qz$ has covariance $QIQ^\top=I$: whitening is determined only up to a rotation. So all whitening matrices are $W=Q\Lambda^{-1/2}V^\top$.

ZCA picks $Q=V$. The mean squared move $\mathbb E\lVert W(x-\mu)-(x-\mu)\rVert^2=d+\operatorname{tr}\Sigma-2\operatorname{tr}(W\Sigma)$ is least where $\operatorname{tr}(W\Sigma)=\operatorname{tr}(Q\Lambda^{1/2}V^\top)$ is largest, which is at $Q=V$.

Standardising divides by $\sqrt{\Sigma_{jj}}$ only: the off-diagonal entries become correlations and stay.`,
  covers: ["data/whitening"],
  answers: ["q-b-351"],
  verifiedAgainst: ["covariance of the result", "inverse square root of the covariance"],
  budget: "quick",
  controls: {
    method: choice(["zca", "pca", "standard", "min-max"], "zca", { label: "transform" }),
    rho: slider(-0.98, 0.98, 0.85, { label: "correlation", step: 0.01 }),
  },
  run(lab, { method, rho }) {
    const draw = (r: number, n: number) =>
      lab.random(`draw ${r}`).multivariateNormal(
        [3, -1],
        [
          [4, 2 * r],
          [2 * r, 1],
        ],
        n,
      );
    const shown = draw(rho, 400);
    const specs = {
      zca: new Whitening(),
      pca: new Whitening({ method: "pca" }),
      standard: new StandardScaler(),
      "min-max": new MinMaxScaler(),
    };
    const change = (name: keyof typeof specs, X: Matrix) => specs[name].fit(X).transform(X) as Matrix;
    const Z = change(method, shown);
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "before",
            x: Array.from(shown.col(0)),
            y: Array.from(shown.col(1)),
            size: 2,
          },
          { type: "points", name: method, x: Array.from(Z.col(0)), y: Array.from(Z.col(1)), size: 2 },
        ],
        {
          x: { label: "first column" },
          y: { label: "second column" },
          square: true,
          alt: `A correlated cloud before and after ${method}: ${method === "zca" || method === "pca" ? "afterwards it is round" : "its correlation stays"}.`,
        },
      ),
    );
    const X = draw(0.85, 500);
    const covariance = (A: Matrix) => {
      const B = A.addRow(A.columnMeans().map((v) => -v));
      return B.transpose()
        .matmul(B)
        .scale(1 / A.rows);
    };
    const off = (C: Matrix) => Math.max(...C.data.map((v, t) => Math.abs(v - (t % 3 === 0 ? 1 : 0))));
    const [zca, pca] = [change("zca", X), change("pca", X)];
    lab.check("ZCA: covariance less the identity", off(covariance(zca)), { atMost: 1e-8 });
    lab.check("PCA: covariance less the identity", off(covariance(pca)), { atMost: 1e-8 });
    const standard = change("standard", X);
    lab.check("standardising leaves the correlation", covariance(standard).at(0, 1), { above: 0.7 });
    const box = change("min-max", X);
    lab.check("rescaling gives the range", `${Math.min(...box.data)} to ${Math.max(...box.data)}`, {
      equals: "0 to 1",
    });
    const centred = X.addRow(X.columnMeans().map((v) => -v));
    const apart = (A: Matrix) => A.data.reduce((s, v, t) => s + (v - centred.data[t]!) ** 2, 0);
    lab.check("distance from the centred data: ZCA over PCA", apart(zca) / apart(pca), { below: 1 });
    const angles = [10, 40, 70, 120, 200, 300].map((a) => (a * Math.PI) / 180);
    const turned = angles.map((a) =>
      zca.matmul(
        Matrix.from([
          [Math.cos(a), -Math.sin(a)],
          [Math.sin(a), Math.cos(a)],
        ]),
      ),
    );
    lab.check(
      "every rotation of white data is white: worst covariance",
      Math.max(...turned.map((T) => off(covariance(T)))),
      { atMost: 1e-8 },
    );
    lab.check("and farther from the original than ZCA", Math.min(...turned.map(apart)) / apart(zca), {
      above: 1,
    });
    const tiny = Matrix.hstack([X, Matrix.column(X.col(0).map((v, i) => v + 1e-4 * (i % 2)))]);
    const wild = new Whitening({ epsilon: 0 })
      .fit(tiny)
      .components.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const tame = new Whitening({ epsilon: 1e-3 })
      .fit(tiny)
      .components.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    lab.check("a column that is nearly a copy: largest gain without ε over with", wild / tame, {
      above: 1e3,
    });
  },
});

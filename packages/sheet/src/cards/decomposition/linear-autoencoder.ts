import { PCA } from "whetstone/decomposition";
import { Matrix, qr, svd } from "whetstone/math";
import { Linear } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { noGrad, Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "decomposition/linear-autoencoder",
  title: "A linear autoencoder finds the PCA subspace, not the components",
  formula: String.raw`\min_{E,D}\ \lVert X-XED\rVert_F^2\ \Rightarrow\ \operatorname{row}(D)=\operatorname{span}(v_1,\dots,v_k)`,
  ask: "Does a linear autoencoder with squared loss learn PCA?",
  answer:
    "It learns the same subspace: its reconstruction error reaches that of PCA, and the principal angles between the two subspaces go to 0. Its weights are not the components: any invertible mixing of the code, undone by the decoder, reconstructs equally well, so rows of the decoder are neither orthogonal nor ordered.",
  pitfall:
    "The data must be centred (or the layers need biases), as for PCA. And ordered, orthogonal axes need PCA itself, or one unit added at a time.",
  level: "medium",
  whenNot:
    "If a linear code is enough, take PCA: exact, ordered and no training. Train an autoencoder when the code must bend, or the data come in a stream or as images.",
  followUps: [
    {
      ask: "Does a nonlinear encoder help if the decoder stays linear?",
      answer:
        "Not for squared error: a linear decoder can only reach a k-dimensional subspace, and PCA's is the best one. The decoder has to bend.",
    },
    {
      ask: "How could a linear autoencoder recover the ordered components?",
      answer:
        "Penalise both weight matrices unequally by unit, or train nested codes so that the first unit must do best alone. Else take the SVD of the decoder's outputs.",
    },
  ],
  derivation: String.raw`$XED$ has rank at most $k$. By Eckart–Young no matrix of rank $k$ is closer to $X$ than the truncated SVD, so the loss is at least $\sum_{j>k}\sigma_j^2$, the error of PCA.

It is reached with $E=V_k$ and $D=V_k^\top$. If $\sigma_k>\sigma_{k+1}$ the best matrix is unique, so every optimum has the same product $XED$, whose rows span $v_1,\dots,v_k$: the subspace is fixed.

The factors are not. For any invertible $M$, $(EM)(M^{-1}D)=ED$: same loss, other weights. Nothing in the loss asks for orthogonal or ordered rows.

The loss is not convex in $(E,D)$, but apart from the optimum its stationary points are saddles (Baldi and Hornik), so descent gets there.`,
  covers: ["decomposition/linear-autoencoder"],
  answers: ["q-b-302"],
  verifiedAgainst: ["PCA by singular values, principal angles below 0.1 rad"],
  budget: "costly",
  controls: {
    k: slider(1, 4, 2, { label: "code size" }),
    steps: slider(100, 600, 400, { label: "steps of Adam", step: 100 }),
  },
  run(lab, { k, steps }) {
    const random = lab.random();
    const [n, d] = [200, 8];
    const scales = [5, 3.6, 2.6, 1.9, 0.7, 0.5, 0.4, 0.3];
    const mixing = qr(Matrix.from(range(d).map(() => range(d).map(() => random.normal())))).Q;
    const raw = Matrix.from(range(n).map(() => scales.map((s) => s * random.normal()))).matmul(mixing);
    const means = range(d).map((j) => raw.col(j).reduce((a, b) => a + b, 0) / n);
    const X = Matrix.from(range(n).map((i) => range(d).map((j) => raw.at(i, j) - means[j]!)));
    const pca = new PCA({ nComponents: k }).fit(X);
    const encoder = new Linear(d, k, { bias: false, seed: random });
    const decoder = new Linear(k, d, { bias: false, seed: random });
    const x = Tensor.from(X).to("f32").realize();
    const optimizer = new Adam([...encoder.parameters(), ...decoder.parameters()], { lr: 0.03 });
    const angles: number[] = [];
    const losses: number[] = [];
    /** Largest principal angle between the row space of the decoder's map and the components. */
    const angle = () => {
      const W = noGrad(() => decoder.weight.to("f64").toMatrix()); // [d, k]
      const cosines = svd(pca.components.matmul(qr(W).Q)).s;
      return Math.acos(Math.min(1, cosines[k - 1]!));
    };
    for (let step = 0; step < steps; step++) {
      optimizer.zeroGrad();
      const loss = decoder.forward(encoder.forward(x)).sub(x).square().sum().div(n);
      loss.backward();
      optimizer.step();
      if (step % 20 === 0 || step === steps - 1) {
        losses.push(loss.item());
        angles.push(angle());
        lab.progress(step, steps);
      }
    }
    const best = X.sub(pca.inverseTransform(pca.transform(X))).data.reduce((a, v) => a + v * v, 0) / n;
    lab.plot(
      figure(
        [
          { type: "line", name: "largest principal angle (rad)", x: angles.map((_, i) => 20 * i), y: angles },
          { type: "rule", y: 0 },
        ],
        {
          x: { label: "step" },
          y: { label: "radians" },
          alt: "The angle between the autoencoder's subspace and that of PCA falls towards 0.",
        },
      ),
    );
    lab.plot(
      figure(
        [
          { type: "line", name: "autoencoder", x: losses.map((_, i) => 20 * i), y: losses },
          { type: "rule", y: best, label: "PCA" },
        ],
        {
          x: { label: "step" },
          y: { label: "squared error per row" },
          alt: "The reconstruction error falls to that of PCA.",
        },
      ),
    );
    if (steps >= 400) {
      lab.check("largest principal angle at the end", angles.at(-1)!, { atMost: 0.1 });
      lab.check("error of the autoencoder in units of PCA's", losses.at(-1)! / best, {
        between: [0.999, 1.03],
      });
    } else lab.check("the error does not fall below PCA's", losses.at(-1)! / best, { atLeast: 0.999 });
    const D = noGrad(() => decoder.weight.to("f64").toMatrix());
    const column = (j: number) => Array.from(D.col(j));
    const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);
    if (k > 1) {
      const cosine =
        Math.abs(dot(column(0), column(1))) /
        Math.sqrt(dot(column(0), column(0)) * dot(column(1), column(1)));
      lab.note(
        `The decoder's first two columns have cosine ${cosine.toFixed(3)}: they need not be orthogonal.`,
      );
    }
    const first = Array.from(pca.components.row(0));
    const along = Math.abs(dot(column(0), first)) / Math.sqrt(dot(column(0), column(0)));
    if (k === 1)
      lab.check("share of the decoder's column along the first component", along, { atLeast: 0.99 });
  },
});

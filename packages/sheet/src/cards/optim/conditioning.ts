import { eighvals, gradientDescent, Matrix } from "whetstone/math";
import { Adam, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "optim/conditioning",
  title: "Iterations grow with the condition number; scaling the features cures it",
  formula: String.raw`k(\epsilon)\approx\tfrac{\kappa}{2}\ln\tfrac1\epsilon,\qquad \kappa=\frac{\lambda_{\max}(X^\top X/n)}{\lambda_{\min}(X^\top X/n)}`,
  ask: "Why do feature scaling, careful initialisation and normalisation layers all speed up gradient descent?",
  answer:
    "The rate must stay below 2/λmax of the Hessian, so along λmin a step keeps at least 1−2λmin/λmax of the error: iterations are proportional to κ. For least squares the Hessian is XᵀX/n: of two features alike, one in units ten times smaller raises κ from 1 to 100. Scaling features, balanced layers and normalisation bring the eigenvalues together.",
  pitfall:
    "Standardising cures scales, not correlations: two nearly equal features keep κ large. Adam rescales coordinates too, and does not rotate either.",
  level: "medium",
  whenNot:
    "Trees do not need scaled features: splits ignore monotone changes. For small least squares a direct solve (QR) needs no steps; where features are correlated, whiten them or use a second-order method.",
  followUps: [
    {
      ask: "Does standardising help if two features correlate at 0.99?",
      answer: String.raw`The scales are gone, but κ is still $(1+\rho)/(1-\rho)=199$. Whitening, dropping one column, a ridge penalty or a second-order step helps.`,
    },
    {
      ask: "How does momentum change the dependence on κ?",
      answer:
        "With the best β and rate the error shrinks by (√κ−1)/(√κ+1) per step, so the number of steps grows with √κ instead of κ: at κ = 10,000 about a hundred times fewer.",
    },
  ],
  derivation: String.raw`On a quadratic with Hessian $H$ the error follows $e_{t+1}=(I-\eta H)e_t$. Along an eigenvector with eigenvalue $\lambda$ it is multiplied by $1-\eta\lambda$ per step.

All factors stay below one in size only if $\eta<2/\lambda_{\max}$. The best single rate makes the two ends equal, $1-\eta\lambda_{\min}=\eta\lambda_{\max}-1$: so $\eta=2/(\lambda_{\min}+\lambda_{\max})$, and the factor is $(\kappa-1)/(\kappa+1)$.

For large $\kappa$ this is about $1-2/\kappa$. Bringing the error to $\epsilon$ needs $(1-2/\kappa)^k=\epsilon$, that is $k\approx\tfrac\kappa2\ln\tfrac1\epsilon$.

In least squares $H=X^\top X/n$. Dividing a column by $s$ divides its diagonal entry by $s^2$: equal scales make $\kappa=1$ if the columns are uncorrelated.`,
  covers: ["optim/conditioning"],
  answers: ["q-b-326"],
  verifiedAgainst: ["closed-form iteration count on quadratics", "eigenvalues by LAPACK-checked eigh"],
  budget: "quick",
  controls: {
    scale: slider(1, 8, 4, { label: "scale of the second feature", step: 0.5 }),
    correlation: slider(0, 0.9, 0, { label: "correlation of the features", step: 0.1 }),
  },
  run(lab, { scale, correlation }) {
    const n = 200;
    const random = lab.random();
    // Features with exactly mean 0, variance 1 and the wanted correlation.
    const raw = range(n).map(() => [random.normal(), random.normal()] as const);
    const mean = [0, 1].map((j) => raw.reduce((s, r) => s + r[j]!, 0) / n);
    const a = raw.map((r) => r[0] - mean[0]!);
    const aa = a.reduce((s, v) => s + v * v, 0);
    const b0 = raw.map((r) => r[1] - mean[1]!);
    const share = b0.reduce((s, v, i) => s + v * a[i]!, 0) / aa;
    const b = b0.map((v, i) => v - share * a[i]!);
    const bb = b.reduce((s, v) => s + v * v, 0);
    const z = a.map((v, i) => {
      const u = v * Math.sqrt(n / aa);
      return [u, correlation * u + Math.sqrt(1 - correlation ** 2) * b[i]! * Math.sqrt(n / bb)];
    });
    const features = (s: number) => Matrix.from(z.map(([u, v]) => [u!, s * v!]));
    const hessian = (X: Matrix) => {
      const H = Matrix.zeros(2, 2);
      for (let i = 0; i < n; i++)
        for (let p = 0; p < 2; p++)
          for (let q = 0; q < 2; q++) H.data[2 * p + q]! += (X.data[2 * i + p]! * X.data[2 * i + q]!) / n;
      return H;
    };
    // Error of the coefficients from (1, 1), in the Hessian's own coordinates scaled to start at one each.
    const iterations = (X: Matrix) => {
      const H = hessian(X);
      const [low, high] = [...eighvals(H)].sort((p, q) => p - q) as [number, number];
      const problem = {
        value: (w: Float64Array) =>
          0.5 * (H.data[0]! * w[0]! ** 2 + 2 * H.data[1]! * w[0]! * w[1]! + H.data[3]! * w[1]! ** 2),
        gradient: (w: Float64Array) => [
          H.data[0]! * w[0]! + H.data[1]! * w[1]!,
          H.data[2]! * w[0]! + H.data[3]! * w[1]!,
        ],
      };
      const found = gradientDescent(problem, [1, 0.5], {
        learningRate: 2 / (low + high),
        maxIterations: 20_000,
        tolerance: 0,
        callback: ({ x }) => Math.hypot(x[0]!, x[1]!) < 1e-3,
      });
      return { kappa: high / low, iterations: found.iterations };
    };
    const scales = [1, 1.5, 2, 3, 4, 6, 8];
    const swept = scales.map((s) => iterations(features(s)));
    const here = iterations(features(scale));
    const standardised = iterations(features(1));
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "measured",
            x: swept.map((s) => s.kappa),
            y: swept.map((s) => Math.max(1, s.iterations)),
          },
          {
            type: "line",
            name: "κ/2 · ln 1000",
            x: swept.map((s) => s.kappa),
            y: swept.map((s) => Math.max(1, (s.kappa / 2) * Math.log(1000))),
          },
          { type: "points", name: "yours", x: [here.kappa], y: [Math.max(1, here.iterations)], size: 6 },
        ],
        {
          x: { label: "condition number", scale: "log" },
          y: { label: "iterations to an error of 1e-3", scale: "log" },
          alt: "Iterations against the condition number on log axes: a line of slope one.",
        },
      ),
    );
    const [first, last] = [swept[2]!, swept.at(-1)!];
    lab.check(
      "iterations per κ: at the largest κ over at a small one",
      last.iterations / last.kappa / (first.iterations / first.kappa),
      {
        between: [0.6, 1.5],
      },
    );
    lab.check(
      "iterations in units of κ/2 ln 1000, largest κ",
      last.iterations / ((last.kappa / 2) * Math.log(1000)),
      {
        between: [0.7, 1.2],
      },
    );
    lab.check("κ after standardising", standardised.kappa, {
      equals: (1 + correlation) / (1 - correlation),
      relative: 1e-6,
    });
    if (correlation === 0) {
      lab.check("uncorrelated: κ is the square of the ratio of scales", here.kappa, {
        equals: scale ** 2,
        relative: 1e-6,
      });
      lab.check("iterations after standardising", standardised.iterations, { atMost: 2 });
    } else if (correlation >= 0.5) {
      lab.check("correlated: standardising does not cure everything, iterations", standardised.iterations, {
        above: 2,
      });
    }

    // The optimizers on the scaled problem: SGD at its best rate against Adam, which scales coordinates itself.
    const H = hessian(features(8));
    const quadratic = Tensor.from(H.data, { shape: [2, 2] });
    const run = (make: (p: Tensor[]) => SGD | Adam) => {
      const w = Tensor.from([[1], [0.5]], { dtype: "f64", requiresGrad: true });
      const optimizer = make([w]);
      for (let t = 0; t < 60; t++) {
        optimizer.zeroGrad();
        w.mul(quadratic.matmul(w)).sum().mul(0.5).backward();
        optimizer.step();
      }
      return Math.hypot(...(w.data() as Float64Array));
    };
    const sgd = run((p) => new SGD(p, { lr: 1.9 / Math.max(...eighvals(H)) }));
    const adam = run((p) => new Adam(p, { lr: 0.1, betas: [0.8, 0.99] }));
    lab.note(
      `Feature scale 8, 60 steps: error ${sgd.toFixed(3)} with SGD at its best rate, ${adam.toFixed(3)} with Adam.`,
    );
    if (correlation < 0.5) lab.check("error of SGD over error of Adam", sgd / adam, { above: 2 });
  },
});

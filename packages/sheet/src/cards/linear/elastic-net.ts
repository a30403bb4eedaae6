import { ElasticNet, Lasso, lassoPath, Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/elastic-net",
  title: "Elastic net: select like the lasso, share like ridge",
  formula: String.raw`\min_w\tfrac1{2n}\lVert y-Xw\rVert^2+\lambda\big(\alpha\lVert w\rVert_1+\tfrac{1-\alpha}2\lVert w\rVert_2^2\big)`,
  ask: "Which two penalties does the elastic net join, what does each bring, and which prior does the sum stand for?",
  answer:
    "The L1 part makes exact zeros, the L2 part makes the objective strictly convex, so that correlated columns get similar coefficients instead of one taking all. α = 1 is the lasso, α = 0 ridge. As a prior it is the product of a Laplace and a Gaussian factor.",
  pitfall:
    "Penalties differ by factors of two and n between programs: glmnet and scikit-learn halve the L2 term. And it is no mixture prior: adding penalties multiplies densities.",
  level: "medium",
  whenNot:
    "If columns are few or nearly independent the second parameter buys nothing: use lasso or ridge. If groups are known, group lasso says so directly.",
  followUps: [
    {
      ask: "Describe data on which it beats both.",
      answer:
        "Groups of correlated columns that matter among many that do not, more columns than rows: lasso drops group members and stops at n, ridge keeps all the noise.",
    },
    {
      ask: "How do you tune two parameters cheaply?",
      answer:
        "A few values of α (0.1, 0.5, 0.9, 1), and for each a warm-started path over λ by cross-validation.",
    },
  ],
  derivation: String.raw`Minus the log of a prior $\propto e^{-a|w|}e^{-bw^2}$ is $a|w|+bw^2$ plus a constant: the two penalties add, so the densities multiply. A mixture's minus log would be $-\log(e^{-a|w|}+c\,e^{-bw^2})$, which is neither convex nor the penalty.

For two standardised columns with correlation $\rho$ and positive coefficients the conditions give $\lambda(1-\alpha)(w_1-w_2)=\tfrac1n(x_1-x_2)^\top r$, so $|w_1-w_2|\le\frac{\lVert r\rVert}{\sqrt n}\frac{\sqrt{2(1-\rho)}}{\lambda(1-\alpha)}$: as $\rho\to1$ they agree. At $\alpha=1$ the bound is void.`,
  covers: ["linear/elastic-net", "claim-b-038", "claim-b-274"],
  answers: ["q-a-316", "q-b-025", "q-b-028"],
  errata: [
    {
      claim: "claim-b-038",
      claimed: "The elastic net corresponds to a mixture prior.",
      truth:
        "Its prior is proportional to exp(−λ₁|w|)·exp(−λ₂w²), a product of a Laplace and a Gaussian factor. A mixture would add the two densities; its negative logarithm is another function.",
    },
  ],
  verifiedAgainst: ["scikit-learn 1.2 ElasticNet, zeros included", "a bound on the distance to the optimum"],
  budget: "quick",
  controls: {
    ratio: slider(0.05, 1, 0.5, { label: "α, the share of L1", step: 0.05 }),
    twin: slider(0, 0.99, 0.95, { label: "correlation within the three groups", step: 0.01 }),
  },
  run(lab, { ratio, twin }) {
    // Three groups of three columns with a common cause each, and three that do not matter.
    const groups = (n: number, rho: number, name: string) => {
      const random = lab.random(name);
      const X = Matrix.zeros(n, 12);
      const y = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        for (let g = 0; g < 4; g++) {
          const common = random.normal();
          for (let k = 0; k < 3; k++) {
            const v =
              g < 3 ? Math.sqrt(rho) * common + Math.sqrt(1 - rho) * random.normal() : random.normal();
            X.set(i, 3 * g + k, v);
            if (g < 3) y[i] = y[i]! + v;
          }
        }
        y[i] = y[i]! + 3 * random.normal();
      }
      return { X, y };
    };
    const shown = groups(60, twin, "shown");
    const path = lassoPath(shown.X, shown.y, { l1Ratio: ratio, tol: 1e-8 });
    lab.plot(
      figure(
        range(12).map((j) => ({
          type: "line" as const,
          name: ["group 1", "group 2", "group 3", "does not matter"][Math.floor(j / 3)]!,
          x: Array.from(path.alphas, (a) => Math.log10(a)),
          y: Array.from(path.coefs.col(j)),
        })),
        {
          title: `Path at α = ${ratio}`,
          x: { label: "log₁₀ λ" },
          y: { label: "coefficient" },
          alt: `Coefficients of 12 columns by strength at α = ${ratio}: ${ratio > 0.9 ? "within a group one column runs ahead of its twins" : "columns of one group run close together"}.`,
        },
      ),
    );
    const { X, y } = groups(60, 0.99, "twins");
    const tight = { tol: 1e-12, maxIter: 50_000 };
    const alpha = 0.5;
    const spread = (w: Float64Array) =>
      range(3).reduce(
        (s, g) => s + Math.max(...w.slice(3 * g, 3 * g + 3)) - Math.min(...w.slice(3 * g, 3 * g + 3)),
        0,
      ) / 3;
    const lasso = new Lasso({ alpha, ...tight }).fit(X, y).coef;
    const net = new ElasticNet({ alpha, l1Ratio: 0.3, ...tight }).fit(X, y).coef;
    lab.note(
      `Twins at correlation 0.99: coefficients of a group differ by ${spread(lasso).toFixed(2)} (lasso) and ${spread(net).toFixed(2)} (elastic net).`,
    );
    lab.check("difference within groups: elastic net over lasso", spread(net) / spread(lasso), {
      below: 0.6,
    });
    const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.max(...Array.from(a, (v, j) => Math.abs(v - b[j]!)));
    lab.check(
      "α = 1 is the lasso",
      largest(new ElasticNet({ alpha, l1Ratio: 1, ...tight }).fit(X, y).coef, lasso),
      { atMost: 1e-9 },
    );
    const ridge = new Ridge({ alpha: alpha * 60 }).fit(X, y).coef;
    const flat = new ElasticNet({ alpha, l1Ratio: 0, ...tight }).fit(X, y).coef;
    lab.check("α = 0 is ridge of strength nλ: the L2 term is halved", largest(flat, ridge), { atMost: 1e-4 });
    const unhalved = new Ridge({ alpha: 2 * alpha * 60 }).fit(X, y).coef;
    lab.check("and not that of an L2 term without the half", largest(flat, unhalved), { above: 1e-2 });
    const zeros = new ElasticNet({ alpha: 1.5, l1Ratio: 0.7, ...tight }).fit(X, y).coef;
    lab.check("exact zeros among those that do not matter", zeros.slice(9).filter((v) => v === 0).length, {
      atLeast: 1,
    });
    // The path starts where every coefficient is zero and ends near least squares; each point starts from the last.
    lab.check("largest gap to the optimum along the path", Math.max(...path.dualityGaps), { atMost: 1e-3 });
    // Prior: −log of a product is the sum of the penalties; −log of a mixture is not.
    const at = range(41).map((i) => -2 + i / 10);
    const penalty = (w: number) => Math.abs(w) + w * w;
    const less = (f: (w: number) => number) => Math.max(...at.map((w) => Math.abs(f(w) - f(0) - penalty(w))));
    lab.check(
      "−log of the product prior less the penalty",
      less((w) => -Math.log(Math.exp(-Math.abs(w)) * Math.exp(-w * w))),
      { atMost: 1e-12 },
    );
    lab.check(
      "−log of the mixture prior less the penalty",
      less(
        (w) => -Math.log(0.5 * (Math.exp(-Math.abs(w)) / 2) + 0.5 * (Math.exp(-w * w) / Math.sqrt(Math.PI))),
      ),
      { above: 1 },
    );
    // More columns than rows, three groups of twelve that matter among 264 columns that do not, each method at its
    // best strength: averages over four draws.
    const draw = (name: string, n: number) => {
      const random = lab.random(name);
      const X = Matrix.zeros(n, 300);
      const y = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const causes = [random.normal(), random.normal(), random.normal()];
        for (let j = 0; j < 300; j++) {
          const v = random.normal();
          X.set(i, j, j < 36 ? Math.SQRT1_2 * (causes[j % 3]! + v) : v);
          if (j < 36) y[i] = y[i]! + 0.25 * X.at(i, j);
        }
        y[i] = y[i]! + 1.5 * random.normal();
      }
      return { X, y };
    };
    const options = { onWarning() {} };
    const total = [0, 0, 0];
    for (let k = 0; k < 4; k++) {
      const few = draw(`few ${k}`, 50);
      const fresh = draw(`fresh ${k}`, 200);
      const error = (spec: ElasticNet | Lasso | Ridge) =>
        spec
          .fit(few.X, few.y, options)
          .predict(fresh.X)
          .reduce((s, p, i) => s + (p - fresh.y[i]!) ** 2, 0);
      const tol = 1e-3;
      total[0]! += Math.min(
        ...[0.4, 0.8, 1.6].map((a) => error(new ElasticNet({ alpha: a, l1Ratio: 0.2, tol }))),
      );
      total[1]! += Math.min(...[0.2, 0.4, 0.8].map((a) => error(new Lasso({ alpha: a, tol }))));
      total[2]! += Math.min(...[10, 30, 100, 300].map((a) => error(new Ridge({ alpha: a }))));
    }
    lab.check("50 rows, 300 columns: error on new rows over that of the lasso", total[0]! / total[1]!, {
      below: 1,
    });
    lab.check("and over that of ridge", total[0]! / total[2]!, { below: 1 });
  },
});

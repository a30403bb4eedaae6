import { Matrix } from "whetstone/math";
import { SVC } from "whetstone/svm";
import { card, field, figure, range, slider } from "../../index.ts";

export default card({
  id: "svm/soft-margin-smo",
  title: "The soft-margin dual: only support vectors carry weight",
  formula: String.raw`\max_\alpha\sum_i\alpha_i-\tfrac12\sum_{ij}\alpha_i\alpha_jy_iy_jx_i^\top x_j,\quad 0\le\alpha_i\le C,\ \sum_i\alpha_iy_i=0`,
  ask: "In the SVM dual, where do inner products enter, which points keep α > 0, and what does SMO do?",
  answer:
    "Rows enter only through x·x′, which is why a kernel can replace it; w = Σ αᵢyᵢxᵢ. Rows beyond the margin have α = 0, rows on it 0 < α < C, rows inside or wrong α = C. SMO moves the two most promising α at a time along Σ αᵢyᵢ = 0, by a closed form, until no pair violates optimality.",
  pitfall:
    "A row deleted far outside the margin changes nothing; a wrong label deep in the other class sits at α = C and pulls as hard as it can.",
  level: "hard",
  whenNot:
    "With many rows and a linear kernel solve the primal or use coordinate descent: SMO's cost grows between n² and n³. Without need for a kernel or sparsity, logistic regression.",
  followUps: [
    {
      ask: "How is b found once α is known?",
      answer:
        "From any row with 0 < α < C: it lies on the margin, so b = y − w·x. Average over all such rows; if there is none, take the middle of the interval the conditions allow.",
    },
    {
      ask: "What does a large C do to bias and variance?",
      answer:
        "It punishes slack more: a narrower margin that follows single rows, so less bias and more variance. Small C averages over many support vectors.",
    },
  ],
  derivation: String.raw`The Lagrangian of $\tfrac12\lVert w\rVert^2+C\sum_i\xi_i$ has multipliers $\alpha_i\ge0$ for $y_if(x_i)\ge1-\xi_i$ and $\mu_i\ge0$ for $\xi_i\ge0$. Zero derivatives give $w=\sum_i\alpha_iy_ix_i$, $\sum_i\alpha_iy_i=0$ and $\alpha_i=C-\mu_i\le C$. Put back, only $x_i^\top x_j$ is left.

Complementary slackness sorts the rows: $y_if>1$ forces $\alpha_i=0$; $y_if<1$ means $\xi_i>0$, so $\mu_i=0$ and $\alpha_i=C$; between the bounds $y_if=1$.

One $\alpha$ alone cannot move, since $\sum_i\alpha_iy_i=0$ fixes it. Two can: along that line the dual is a parabola whose top is known, clipped to the box.

At the best $w$ the slack is $\max(0,1-y_if)$, so the problem is hinge loss plus L2.`,
  covers: ["svm/soft-margin-smo"],
  answers: ["q-b-304", "q-b-305"],
  verifiedAgainst: [
    "libsvm through scikit-learn 1.2, dual within 1e-8",
    "KKT conditions and the duality gap",
  ],
  budget: "quick",
  controls: {
    logC: slider(-2, 3, 0, { label: "C = 10^k", step: 0.1 }),
    overlap: slider(0, 3, 1, { label: "overlap", step: 0.1 }),
  },
  run(lab, { logC, overlap }) {
    const random = lab.random();
    const n = 80;
    const y = range(n).map((i) => (i % 2 ? 1 : -1));
    const X = Matrix.from(
      y.map((s) => [s * (2.2 - overlap / 2) + (0.5 + overlap / 3) * random.normal(), 1.5 * random.normal()]),
    );
    const C = 10 ** logC;
    const model = new SVC({ kernel: "linear", C, tol: 1e-7 }).fit(X, y);
    const f = model.decisionFunction(X).data;
    const alpha = new Float64Array(n);
    model.support.forEach((row, q) => {
      alpha[row] = Math.abs(model.dualCoef.data[q]!);
    });
    const kind = range(n).map((i) =>
      alpha[i]! === 0 ? "α = 0" : alpha[i]! > C * (1 - 1e-9) ? "α = C" : "0 < α < C",
    );
    const w = model.coef.row(0);
    lab.plot(
      figure(
        [
          field((x, z) => w[0]! * x + w[1]! * z + model.intercept[0]!, [-5, 5], [-5, 5], {
            contours: [-1, 0, 1],
            resolution: 40,
          }),
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), group: kind, size: 3 },
        ],
        {
          title: `${model.support.length} of ${n} rows are support vectors, ${model.pairs[0]!.steps} steps`,
          square: true,
          alt: `The separating line with its margins for C = ${C.toPrecision(2)}; coloured rows carry weight.`,
        },
      ),
    );
    const bySum = [0, 1].map((j) => range(n).reduce((s, i) => s + alpha[i]! * y[i]! * X.at(i, j), 0));
    lab.check("w against Σ αᵢyᵢxᵢ", Math.hypot(bySum[0]! - w[0]!, bySum[1]! - w[1]!), {
      atMost: 1e-9 * Math.max(1, C),
    });
    lab.check("Σ αᵢyᵢ", Math.abs(alpha.reduce((s, a, i) => s + a * y[i]!, 0)), {
      atMost: 1e-9 * Math.max(1, C),
    });
    lab.check("largest α over C", Math.max(...alpha) / C, { atMost: 1 + 1e-12 });
    const margin = range(n).map((i) => y[i]! * f[i]!);
    lab.check(
      "rows beyond the margin with weight",
      range(n).filter((i) => margin[i]! > 1 + 1e-5 && alpha[i]! > 0).length,
      { equals: 0 },
    );
    lab.check(
      "rows inside the margin with less than C",
      range(n).filter((i) => margin[i]! < 1 - 1e-5 && alpha[i]! < C * (1 - 1e-9)).length,
      { equals: 0 },
    );
    const hinge = margin.reduce((s, m) => s + Math.max(0, 1 - m), 0);
    const primal = (w[0]! ** 2 + w[1]! ** 2) / 2 + C * hinge;
    lab.check("soft margin is hinge plus L2: primal against dual", primal, {
      equals: -model.pairs[0]!.objective,
      relative: 1e-4,
    });
    const kept = Array.from(model.support);
    const again = new SVC({ kernel: "linear", C, tol: 1e-7 }).fit(
      X.selectRows(kept),
      kept.map((i) => y[i]!),
    );
    lab.check(
      "fitted on the support vectors alone: change of w, relative",
      Math.hypot(...again.coef.row(0).map((v, j) => v - w[j]!)) / Math.hypot(...w),
      { atMost: 1e-3 },
    );
  },
});

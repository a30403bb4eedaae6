import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { Matrix, softplus } from "whetstone/math";
import { mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/newton-leaf",
  title: "The XGBoost leaf: a Newton step with a brake",
  formula: String.raw`w^\star=-\frac{G}{H+\lambda},\qquad \text{gain}=\tfrac12\Big[\frac{G_L^2}{H_L+\lambda}+\frac{G_R^2}{H_R+\lambda}-\frac{G^2}{H+\lambda}\Big]-\gamma`,
  ask: "What does XGBoost's second-order step do to a leaf's value, and what do λ and γ penalise?",
  answer:
    "Leaf values come from both derivatives: minus the summed gradient over the summed Hessian plus λ. That is one Newton step on the leaf's loss, so confident regions with small p(1−p) get larger steps. λ (and L1) act on leaf values; γ is paid once per leaf and so prunes the structure.",
  pitfall:
    "A Newton step can overshoot where the Hessian is tiny, as in a leaf of one class: that is why λ, a least Hessian per leaf and a learning rate exist.",
  errata: [
    {
      claim: "claim-b-067",
      claimed: "XGBoost applies L1 and L2 regularisation to the tree structure.",
      truth: "The L1 and L2 terms act on the leaf weights. Structure is penalised by γ, a price per leaf.",
    },
  ],
  covers: ["claim-a-044", "claim-b-067"],
  answers: ["q-a-321"],
  verifiedAgainst: [
    "XGBoost 1.7 and scikit-learn 1.2 through the library's own trees",
    "the leaf's loss minimised on a grid",
  ],
  budget: "quick",
  controls: {
    lambda: slider(0, 50, 1, { label: "λ" }),
    positives: slider(0.02, 0.5, 0.1, { label: "share of positives", step: 0.02 }),
  },
  run(lab, { lambda, positives }) {
    const random = lab.random();
    const n = 400;
    const x = range(n).map((i) => i / n);
    const y = x.map((v) => (random.bernoulli(v < 0.5 ? positives : Math.min(0.95, positives + 0.4)) ? 1 : 0));
    const X = Matrix.column(x);
    const share = mean(y);
    const logit = (p: number) => Math.log(p / (1 - p));
    const stump = (options: { l2Regularization?: number; minGainToSplit?: number }) =>
      new HistGradientBoostingClassifier({
        maxIter: 1,
        learningRate: 1,
        maxLeafNodes: 2,
        minSamplesLeaf: 20,
        earlyStopping: false,
        ...options,
      }).fit(X, y);
    const step = (l2Regularization: number) =>
      Array.from(stump({ l2Regularization }).predictProba(X).col(1), (p) => logit(p) - logit(share));
    const moved = step(lambda);
    const leaf = range(n).filter((i) => Math.abs(moved[i]! - moved[0]!) < 1e-9);
    const G = leaf.reduce((s, i) => s + share - y[i]!, 0);
    const H = leaf.length * share * (1 - share);
    // The leaf's loss as a function of its value, and its quadratic model.
    const loss = (w: number) =>
      leaf.reduce((s, i) => s + softplus((y[i] === 1 ? -1 : 1) * (logit(share) + w)), 0) +
      (lambda / 2) * w * w;
    const w = linspace(-3, 2, 201);
    const base = loss(0);
    lab.plot(
      figure(
        [
          { type: "line", name: "loss of the leaf", x: w, y: w.map((v) => loss(v) - base) },
          {
            type: "line",
            name: "second-order model",
            x: w,
            y: w.map((v) => G * v + ((H + lambda) * v * v) / 2),
            dashed: true,
          },
          { type: "points", name: "−G/(H + λ)", x: [moved[0]!], y: [loss(moved[0]!) - base], size: 6 },
          {
            type: "points",
            name: "gradient only: −G/n",
            x: [-G / leaf.length],
            y: [loss(-G / leaf.length) - base],
            size: 6,
          },
        ],
        {
          x: { label: "value of the leaf" },
          y: { label: "change of the loss" },
          alt: "The loss of a leaf as a function of its value with its parabola at 0: the Newton step lands near the minimum, the gradient step stays short of it.",
        },
      ),
    );
    lab.check("leaf value against −G/(H + λ)", moved[0]!, { equals: -G / (H + lambda), relative: 1e-3 });
    const plain = step(0);
    const [newton, gradient] = [loss0(plain[0]!), loss0(-G0(plain) / leafOf(plain).length)];
    lab.check("loss after the Newton step less that after the mean gradient", newton - gradient, {
      below: 0,
    });
    const sizes = [0, 1, 10, 100, 1000].map((l) => Math.abs(step(l)[0]!));
    lab.check(
      "leaf value shrinks with λ, every step",
      sizes.every((v, i) => i === 0 || v < sizes[i - 1]!),
      { equals: true },
    );
    const leaves = (options: Parameters<typeof stump>[0]) =>
      new Set(Array.from(stump(options).predictProba(X).col(1), (p) => p.toFixed(12))).size;
    lab.check("λ = 1000 keeps the split: leaves", leaves({ l2Regularization: 1000 }), { equals: 2 });
    lab.check("a price per leaf above the gain removes it: leaves", leaves({ minGainToSplit: 1e4 }), {
      equals: 1,
    });

    function leafOf(values: number[]) {
      return range(n).filter((i) => Math.abs(values[i]! - values[0]!) < 1e-9);
    }
    function G0(values: number[]) {
      return leafOf(values).reduce((s, i) => s + share - y[i]!, 0);
    }
    function loss0(value: number) {
      return leafOf(plain).reduce((s, i) => s + softplus((y[i] === 1 ? -1 : 1) * (logit(share) + value)), 0);
    }
  },
});

import { softplus } from "whetstone/math";
import { hingeLoss } from "whetstone/metrics";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "svm/hinge-loss",
  title: "Hinge loss: nothing to pay beyond the margin",
  formula: String.raw`\ell(y,f)=\max(0,\,1-y f),\qquad y\in\{-1,+1\}`,
  ask: "When is the hinge loss zero, and what does it punish?",
  answer:
    "Zero when y·f ≥ 1: right side, at least the margin away. Inside the margin, and for errors, it grows linearly with the distance to the margin, so even right answers with 0 < y·f < 1 pay. Such rows give gradient −y; all others give none. Logistic loss gives every row some.",
  pitfall: "It is no probability model, and it has a kink at y·f = 1: there only a subgradient exists.",
  level: "medium",
  whenNot:
    "When you need probabilities or costs that change later, take logistic loss. When labels are often wrong, a bounded loss is safer: hinge grows without end on each wrong row.",
  followUps: [
    {
      ask: "Why is hinge called a surrogate of the 0-1 loss?",
      answer:
        "It is convex and lies on or above the 0-1 loss, and its minimiser at each x has the sign of the Bayes rule, so a low hinge risk forces a low error rate.",
    },
    {
      ask: "What does squared hinge change?",
      answer:
        "It is smooth at the margin, so Newton-like solvers work, but it grows quadratically and a far wrong row pulls harder. LinearSVC uses it by default.",
    },
  ],
  derivation: String.raw`A score $f$ is right when $yf>0$. Asking only for that leaves $w$ free to shrink to nothing, so we ask for $yf\ge1$ and let each row fall short by a slack $\xi\ge0$.

The least slack that keeps $yf\ge1-\xi$ and $\xi\ge0$ is $\xi=\max(0,1-yf)$. That is the hinge: a constraint turned into a price.

Its slope in $f$ is $-y$ where $yf<1$ and $0$ where $yf>1$. At $yf=1$ every value between the two is a subgradient. Rows beyond the margin therefore do not enter the sum of gradients, and moving them a little changes nothing.

Where $yf\le0$ the hinge is at least $1$, and elsewhere at least $0$: it never lies below the 0-1 loss.`,
  covers: ["svm/hinge-loss"],
  answers: ["q-a-312"],
  verifiedAgainst: ["scikit-learn 1.2 hinge_loss", "its formula and finite differences"],
  budget: "quick",
  controls: { score: slider(-3, 3, 0.5, { label: "score f(x) for y = +1", step: 0.1 }) },
  run(lab, { score }) {
    const margins = linspace(-3, 3, 121);
    const loss = (m: number) => hingeLoss([1], [m]);
    lab.plot(
      figure(
        [
          { type: "line", name: "hinge", x: margins, y: margins.map(loss) },
          {
            type: "line",
            name: "logistic / ln 2",
            x: margins,
            y: margins.map((m) => softplus(-m) / Math.LN2),
          },
          { type: "step", name: "0-1", x: margins, y: margins.map((m) => (m <= 0 ? 1 : 0)) },
          { type: "points", name: "your score", x: [score], y: [loss(score)], size: 5 },
        ],
        {
          title: `loss ${loss(score).toFixed(2)}`,
          x: { label: "y f(x)" },
          y: { label: "loss" },
          alt: "Hinge loss falls in a straight line to zero at margin one; logistic loss stays above zero.",
        },
      ),
    );
    const random = lab.random();
    const y = range(200).map(() => (random.bernoulli() ? 1 : -1));
    const f = y.map(() => 2 * random.normal());
    const mean = y.reduce((s, v, i) => s + Math.max(0, 1 - v * f[i]!) / 200, 0);
    lab.check("mean over 200 rows against the formula", hingeLoss(y, f), { equals: mean, within: 1e-12 });
    lab.check("at margin 1 and beyond", Math.max(loss(1), loss(1.5), loss(9)), { equals: 0 });
    lab.check("right, but inside the margin (0.5)", loss(0.5), { equals: 0.5 });
    lab.check("wrong by 2", loss(-2), { equals: 3 });
    const slope = (m: number) => (loss(m + 1e-6) - loss(m - 1e-6)) / 2e-6;
    lab.check("slope at -3, 0 and 0.9", Math.max(...[-3, 0, 0.9].map((m) => Math.abs(slope(m) + 1))), {
      atMost: 1e-6,
    });
    lab.check("slope at 1.1", slope(1.1), { equals: 0 });
    lab.check(
      "above the 0-1 loss everywhere: smallest difference",
      Math.min(...margins.map((m) => loss(m) - (m <= 0 ? 1 : 0))),
      { atLeast: 0 },
    );
  },
});

import { crossEntropy, Linear, normalInit } from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "nn/label-smoothing",
  title: "Label smoothing: the best logit gap becomes finite",
  formula: String.raw`y'=(1-\varepsilon)\,y+\frac{\varepsilon}{K},\qquad z_y-z_k\to\log\frac{(1-\varepsilon)K+\varepsilon}{\varepsilon}`,
  ask: "Write label-smoothed targets for K classes. What does smoothing do to confidence and calibration?",
  answer:
    "(1−ε) on the label plus ε/K on every class. With hard targets the loss always falls as logits grow; smoothed targets have a finite optimum, so a net does not drift into certainty. On noisy labels, where a fit grows overconfident, held-out probabilities come out closer to the truth.",
  pitfall:
    "It lowers confidence whether that is called for or not: a net that is already underconfident gets worse, and a smoothed teacher distils less well.",
  level: "medium",
  whenNot:
    "Not for a teacher whose soft outputs a student shall learn. If certain classes are mistaken for each other, a uniform share is the wrong noise model: use a transition matrix. For calibration alone, scale the temperature afterwards.",
  followUps: [
    {
      ask: "How does it differ from a penalty on confidence?",
      answer:
        "Smoothing adds KL(u‖p) for the uniform u, up to constants: it grows without bound as any class nears 0. An entropy bonus adds KL(p‖u), which is never above log K.",
    },
    {
      ask: "Why does the training loss stop well above 0?",
      answer:
        "Its floor is the entropy of y′: for ε = 0.1 that is 0.50 at K = 10 and 1.01 at K = 1000. So do not compare it with an unsmoothed validation loss.",
    },
  ],
  derivation: String.raw`The gradient of cross-entropy by the logits is $p-y'$, so the optimum is $p=y'$: $1-\varepsilon+\frac\varepsilon K$ on the label and $\frac\varepsilon K$ elsewhere.

For a softmax $z_y-z_k=\log\frac{p_y}{p_k}$. Inserted: $\log\frac{1-\varepsilon+\varepsilon/K}{\varepsilon/K}=\log\frac{(1-\varepsilon)K+\varepsilon}\varepsilon$. For $K=10$ and $\varepsilon=0.1$ that is $\log91=4.5$.

With $\varepsilon=0$ the gradient by $z_y$ is $p_y-1<0$ at any finite logits: larger always pays, and the gap has no end. With smoothing, raising the gap $g$ costs $\varepsilon\frac{K-1}K$ per unit for the other classes, while what is gained on the label shrinks as $(K-1)e^{-g}$. Somewhere the two balance.`,
  covers: ["nn/label-smoothing", "claim-b-347"],
  answers: ["q-b-371"],
  verifiedAgainst: ["PyTorch 1.13 cross_entropy(label_smoothing), value and gradient, 1e-9"],
  budget: "quick",
  controls: {
    epsilon: slider(0.01, 0.5, 0.1, { label: "ε", step: 0.01 }),
    classes: slider(2, 10, 4, { label: "classes" }),
  },
  run(lab, { epsilon, classes: K }) {
    const label = Tensor.from(new Int32Array(1));
    const lossAt = (gap: number, e: number) =>
      crossEntropy(
        Tensor.from(
          Float64Array.from(range(K), (k) => (k === 0 ? gap : 0)),
          { shape: [1, K] },
        ),
        label,
        { labelSmoothing: e },
      ).item();
    const gaps = linspace(0, 12, 121);
    const [hard, smooth] = [0, epsilon].map((e) => gaps.map((g) => lossAt(g, e))) as [number[], number[]];
    const best = Math.log(((1 - epsilon) * K + epsilon) / epsilon);
    lab.plot(
      figure(
        [
          { type: "line", name: "hard", x: gaps, y: hard },
          { type: "line", name: `ε = ${epsilon}`, x: gaps, y: smooth },
          { type: "rule", x: best, label: "optimum" },
        ],
        {
          x: { label: "logit of the label above the others" },
          y: { label: "loss" },
          alt: `Loss against the logit gap: falling for ever with hard labels, with a minimum at ${best.toFixed(2)} with smoothing.`,
        },
      ),
    );
    lab.check("gap with the least smoothed loss", gaps[smooth.indexOf(Math.min(...smooth))]!, {
      equals: Math.min(best, 12),
      within: 0.06,
    });
    lab.check("hard labels: the least is at the end", gaps[hard.indexOf(Math.min(...hard))]!, { equals: 12 });
    const z = normalInit([5, K], { seed: lab.random("z") })
      .to("f64")
      .requireGrad();
    const y = Tensor.from(Int32Array.from(range(5), (i) => i % K));
    const soft = y
      .oneHot(K)
      .to("f64")
      .mul(1 - epsilon)
      .add(epsilon / K);
    const g = grad([crossEntropy(z, y, { labelSmoothing: epsilon, reduction: "sum" })], [z])[0]!;
    lab.check("gradient against p − y'", g.sub(z.softmax(1).sub(soft)).abs().max().item(), { atMost: 1e-14 });
    lab.check(
      "loss against that of the soft targets",
      crossEntropy(z, y, { labelSmoothing: epsilon }).item(),
      { equals: crossEntropy(z, soft).item(), within: 1e-13 },
    );
    // Few rows, many features, a fifth of the labels wrong: an overconfident fit.
    const [d, n] = [16, 24];
    const random = lab.random("flip");
    const data = (rows: number, name: string) => {
      const x = normalInit([rows, d], { seed: lab.random(name) });
      const first = x.at(null, 0).data();
      return { x, y: Tensor.from(Int32Array.from(first, (v) => (v > 0 === random.bernoulli(0.8) ? 1 : 0))) };
    };
    const [train, test] = [data(n, "train"), data(300, "test")];
    const heldOut = (e: number) => {
      const net = new Linear(d, 2, { seed: lab.random("net") });
      const optimizer = new SGD(net.parameters(), { lr: 1 });
      for (let i = 0; i < 60; i++) {
        optimizer.zeroGrad();
        crossEntropy(net.forward(train.x), train.y, { labelSmoothing: e }).backward();
        optimizer.step();
      }
      const p = net.forward(test.x).softmax(1);
      const gap = p.max(1).mean().item() - p.argmax(1).eq(test.y).to("f32").mean().item();
      return { gap, loss: crossEntropy(net.forward(test.x), test.y).item() };
    };
    const [without, with_] = [heldOut(0), heldOut(0.2)];
    lab.check("confidence above accuracy on held-out rows, hard labels", without.gap, { above: 0.05 });
    lab.check("the same with ε = 0.2", with_.gap, { below: without.gap });
    lab.check("held-out log loss, smoothed over hard", with_.loss / without.loss, { below: 1 });
  },
});

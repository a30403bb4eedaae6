import { BatchNorm1d, Dropout, Linear, normalInit } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/dropout",
  title: "Inverted dropout: the factor 1 / (1 − p) that some sheets forget",
  formula: String.raw`y=\frac{m\odot x}{1-p},\ m_i\sim\text{Bernoulli}(1-p);\qquad \operatorname{E}[y]=x,\quad \text{eval: }y=x`,
  ask: "How is dropout applied in training and at prediction, why the factor, and where does it go in a net with batch norm?",
  answer:
    "In training a share p of activations is zeroed and the rest multiplied by 1/(1−p), so that expected sums stay; in eval it does nothing. Left out, the factor halves activations at p = 0.5 against test time. Put it after batch norm: before it, its extra variance goes into running statistics that eval then finds too large.",
  pitfall:
    "Dropout left on at prediction makes one input give many answers. That is MC dropout when wanted, a forgotten eval() otherwise.",
  level: "easy",
  whenNot:
    "With few parameters or very many fresh data, where it only slows learning; in front of batch norm; on convolutional maps, whose neighbours tell what was dropped (drop whole channels). Else weight decay.",
  followUps: [
    {
      ask: "What is MC dropout?",
      answer:
        "Dropout left on at prediction, many passes, and their mean and spread taken. It is a rough picture of model uncertainty that depends on $p$.",
    },
    {
      ask: "Is one pass without dropout the exact average over all masks?",
      answer:
        "For a linear layer yes. Behind a non-linearity it is only an approximation, which is usually close.",
    },
  ],
  derivation: String.raw`A mask $m$ is 1 with probability $1-p$. The output $mx/(1-p)$ has mean $(1-p)\,x/(1-p)=x$, so a sum over many units keeps its expectation; that is why eval mode needs no factor.

Its second moment is $(1-p)\,x^2/(1-p)^2=x^2/(1-p)$. Subtracting $x^2$ leaves the variance $x^2\,p/(1-p)$.

So dropout keeps means but adds variance: at $p=\tfrac12$ each unit has variance $x^2$ more in training than in eval. A batch norm placed behind stores that larger variance.`,
  covers: ["nn/dropout", "claim-a-039", "claim-b-085", "claim-b-086", "claim-b-087"],
  answers: ["q-a-012", "q-a-201", "q-a-220", "q-a-317", "q-b-073", "q-b-075", "q-b-166"],
  verifiedAgainst: ["closed-form mean and variance", "all masks of a small layer enumerated"],
  budget: "quick",
  controls: { p: slider(0.1, 0.8, 0.5, { label: "p", step: 0.05 }) },
  run(lab, { p }) {
    const x = normalInit([400, 20], { mean: 2, std: 1, seed: lab.random("x") }).relu();
    const layer = new Dropout(p, { seed: lab.random("drop") });
    const y = layer.forward(x);
    const shares = range(9).map((i) => 0.1 * i);
    const means = (rescaled: boolean) =>
      shares.map((q) => {
        const out = new Dropout(q, { seed: lab.random(`d${q}`) }).forward(x).mean().item();
        return (rescaled ? out : out * (1 - q)) / x.mean().item();
      });
    lab.plot(
      figure(
        [
          { type: "line", name: "with 1/(1−p)", x: shares, y: means(true) },
          { type: "line", name: "without", x: shares, y: means(false) },
          { type: "rule", x: p },
        ],
        {
          x: { label: "p" },
          y: { label: "mean activation, train over eval", domain: [0, 1.2] },
          alt: "Mean activation in training over that in eval: 1 for every p with the factor, 1 − p without.",
        },
      ),
    );
    const mean = x.mean().item();
    lab.check("mean in training over mean in eval", y.mean().item() / mean, {
      equals: 1,
      within: 0.03 * Math.sqrt(p / (1 - p)),
    });
    lab.check("without the factor", (y.mean().item() * (1 - p)) / mean, { equals: 1 - p, within: 0.03 });
    lab.check(
      "zeroed share of positive entries",
      y.eq(0).and(x.gt(0)).to("f32").sum().item() / x.gt(0).to("f32").sum().item(),
      {
        equals: p,
        within: 0.03,
      },
    );
    // Every mask of a softmax layer of four inputs: the geometric mean of its outputs is the layer with halved weights.
    const head = new Linear(4, 3, { bias: false, seed: lab.random("head") }).to("f64");
    const z = normalInit([1, 4], { seed: lab.random("z") }).to("f64");
    const logs = range(16).map((code) => {
      const mask = Tensor.from(Float64Array.from(range(4), (i) => (code >> i) & 1));
      return head.forward(z.mul(mask)).logSoftmax(1);
    });
    const geometric = Tensor.stack(logs).mean(0).softmax(1);
    const scaled = head.forward(z.mul(0.5)).softmax(1);
    lab.check(
      "geometric mean over all 16 masks against halved weights",
      geometric.sub(scaled).abs().max().item(),
      { atMost: 1e-14 },
    );
    const shiftOf = (order: "before" | "after") => {
      const [drop, norm] = [new Dropout(p, { seed: lab.random("o") }), new BatchNorm1d(20, { momentum: 1 })];
      (order === "before" ? norm.forward(drop.forward(x)) : drop.forward(norm.forward(x))).realize();
      const seen = norm.runningVariance!.mean().item();
      return seen / x.variance(0).mean().item();
    };
    lab.check("running variance over the variance eval meets: dropout before batch norm", shiftOf("before"), {
      above: 1.1,
    });
    lab.check("dropout after batch norm", shiftOf("after"), { equals: 1, within: 1e-4 });
    lab.check("eval is the identity", layer.eval().forward(x).sub(x).abs().max().item(), { equals: 0 });
  },
});

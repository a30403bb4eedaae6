import { StandardScaler } from "whetstone/data";
import { loadBreastCancer } from "whetstone/datasets";
import { LogisticRegression } from "whetstone/linear";
import { rocAuc } from "whetstone/metrics";
import { crossEntropy, FTTransformer } from "whetstone/nn";
import { AdamW } from "whetstone/optim";
import { noGrad, Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/ft-transformer",
  title: "Columns as words: attention over a table",
  formula: String.raw`T_j=x_jW_j+b_j,\qquad \hat y=\mathrm{head}\big(\mathrm{Transformer}([\mathrm{cls};T_1;\dots;T_d])_{\mathrm{cls}}\big)`,
  ask: "How does an FT-Transformer read a table row?",
  answer:
    "Each column becomes a token: a number times its own vector plus a bias, a category its embedding. A class token joins them, attention lets columns look at each other, and the head reads the class token. Column order carries no meaning: the vectors say which column a token is.",
  pitfall:
    "It is no free lunch: on most medium-sized tables boosted trees need less tuning and less compute for the same score.",
  level: "medium",
  whenNot:
    "With thousands of columns attention's d² pairs per row cost too much: take boosted trees or an MLP. With a few hundred rows take a linear model, trees or a pretrained tabular model; for low latency an MLP.",
  followUps: [
    {
      ask: "How does it take a missing value?",
      answer:
        "Give the column a learned token for missing, or impute and add an indicator column. NaN must not reach x·w + b: attention would spread it to every token.",
    },
    {
      ask: "Why does a number need a bias besides its vector?",
      answer:
        "After standardising the mean is 0, and without b its token would be zero: it would not even say which column it is. b names the column, and w is the direction in which its value moves the token.",
    },
  ],
  derivation: String.raw`Stack the tokens as rows of $T$. Attention computes $\mathrm{softmax}\big(QK^\top/\sqrt k\big)V$ with $Q,K,V$ linear in each row of $T$.

Let a permutation $P$ reorder the column tokens. $Q,K,V$ become $PQ,PK,PV$, the scores $PSP^\top$, and a softmax over each row $PAP^\top$. The output is $PAP^\top PV=P(AV)$: the same rows in the new order. Layer norm and the feed-forward part act on each row alone and do the same.

The class token keeps its place, so its output is unchanged: the head sees a set of tokens. Which column a token is can only be said by $W_j$ and $b_j$; moved along with the column, they leave the prediction alone.

A layer compares all $(d+1)^2$ pairs of tokens: interactions of two columns are built in, at a quadratic price.`,
  covers: ["nn/ft-transformer"],
  verifiedAgainst: ["tokens by hand, 1e-6", "logistic regression on the same split"],
  budget: "costly",
  controls: {
    dim: slider(8, 32, 16, { label: "width of a token", step: 8 }),
    steps: slider(20, 120, 60, { label: "training steps", step: 20 }),
  },
  run(lab, { dim, steps }) {
    const { X, y } = loadBreastCancer();
    const columns = range(10); // the ten means
    const order = lab.random().permutation(X.rows);
    const rows = (from: number, to: number) => Array.from(order.slice(from, to));
    const table = (at: number[]) => at.map((i) => columns.map((j) => X.at(i, j)));
    const [trainAt, testAt] = [rows(0, 400), rows(400, X.rows)];
    const scaler = new StandardScaler().fit(table(trainAt));
    const toTensor = (at: number[]) => Tensor.from(scaler.transform(table(at))).to("f32");
    const label = (at: number[]) => at.map((i) => Number(y[i] === "malignant"));
    const [train, test] = [toTensor(trainAt).realize(), toTensor(testAt).realize()];
    const targets = Tensor.from(Int32Array.from(label(trainAt)));
    const net = new FTTransformer({
      numeric: 10,
      outputs: 2,
      dim,
      layers: 1,
      heads: 2,
      dropout: 0,
      seed: lab.random("net"),
    });
    const optimizer = new AdamW(net.parameters(), { lr: 5e-3 });
    const losses = range(steps).map((step) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(net.forward(train), targets);
      loss.backward();
      optimizer.step();
      lab.progress(step, steps);
      return loss.item();
    });
    net.eval();
    const score = (x: Tensor) => Array.from(noGrad(() => net.forward(x).softmax(-1).at(null, 1).data()));
    lab.plot(
      figure([{ type: "line", x: range(steps), y: losses }], {
        x: { label: "step" },
        y: { label: "cross-entropy" },
        alt: "Training loss of a transformer over ten columns falls.",
      }),
    );
    const auc = rocAuc(label(testAt), score(test));
    const linear = new LogisticRegression().fit(scaler.transform(table(trainAt)), label(trainAt));
    const linearAuc = rocAuc(
      label(testAt),
      Array.from(linear.predictProba(scaler.transform(table(testAt))).col(1)),
    );
    lab.table({
      columns: ["model", "held-out AUC"],
      rows: [
        ["FT-Transformer", auc],
        ["logistic regression", linearAuc],
      ],
    });
    lab.check("held-out AUC", auc, { atLeast: 0.93 });
    lab.check("loss at the end in units of the first", losses.at(-1)! / losses[0]!, { below: 0.6 });
    // Columns in another order, their vectors moved along: the same predictions.
    const turn = Tensor.from(Int32Array.from(columns.map((j) => (j + 3) % 10)));
    const before = score(test);
    const turned = test.take(turn, 1).realize();
    for (const p of [net.tokenizer.weight, net.tokenizer.bias]) p.assign(p.take(turn));
    const after = score(turned);
    lab.check(
      "largest change when columns and their vectors change places",
      Math.max(...before.map((p, i) => Math.abs(p - after[i]!))),
      {
        atMost: 1e-4,
      },
    );
  },
});

import { expect, test } from "vitest";
import { randomStream } from "../../math/index.ts";
import { AdamW } from "../../optim/index.ts";
import { grad, Tensor } from "../../tensor/index.ts";
import { bentLinePrior, FeatureTokenizer, FTTransformer, fitToPrior, InContextClassifier } from "../index.ts";

test("tokens: a number times its column's vector plus its bias; a category its vector", () => {
  const tokens = new FeatureTokenizer({ numeric: 2, categories: [3], dim: 4, seed: 1 });
  const x = Tensor.from([[2, -1]]);
  const out = tokens.forward(x, Tensor.from([[2]], { dtype: "i32" }));
  expect(out.shape).toEqual([1, 3, 4]);
  const [w, b] = [tokens.weight.data(), tokens.bias.data()];
  expect(out.at(0, 1, 3).item()).toBeCloseTo(-w[7]! + b[7]!, 6);
  expect([...out.at(0, 2).data()]).toEqual([...tokens.embeddings[0]!.weight.at(2).data()]);
  expect(() => tokens.forward(x)).toThrow("FeatureTokenizer.forward: categorical has 0 columns");
});

test("the order of columns does not matter to a row's prediction if their vectors move along", () => {
  const model = new FTTransformer({ numeric: 3, dim: 8, outputs: 2, layers: 1, heads: 2, seed: 3 }).eval();
  const before = model.forward(Tensor.from([[1, 2, 3]])).data();
  const order = Tensor.from([2, 0, 1], { dtype: "i32" });
  for (const p of [model.tokenizer.weight, model.tokenizer.bias]) p.assign(p.take(order));
  const after = model.forward(Tensor.from([[3, 1, 2]])).data();
  for (const [i, v] of after.entries()) expect(v).toBeCloseTo(before[i]!, 5);
});

test("queries see labelled rows only, whose order does not matter", () => {
  const model = new InContextClassifier({
    features: 2,
    classes: 2,
    dim: 16,
    layers: 2,
    heads: 2,
    seed: 1,
  }).eval();
  const { x, y } = bentLinePrior(randomStream(4), 1, 12);
  const logits = model.forward(x, y, 8).data();
  const last = model
    .forward(Tensor.concat([x.slice(1, 0, 8), x.slice(1, 11)], 1), y.slice(1, 0, 9), 8)
    .data();
  expect(last[0]).toBeCloseTo(logits[6]!, 5);
  const turned = Tensor.concat([x.slice(1, 0, 8).flip(1), x.slice(1, 8)], 1);
  const labels = Tensor.concat([y.slice(1, 0, 8).flip(1), y.slice(1, 8)], 1);
  for (const [i, v] of model.forward(turned, labels, 8).data().entries())
    expect(v).toBeCloseTo(logits[i]!, 4);
  expect(grad([model.forward(x, y, 8).sum()], [model.head.weight])[0]!.shape).toEqual([2, 16]);
});

test("fitted to a prior, it learns new tasks without a step", () => {
  const model = new InContextClassifier({ features: 2, classes: 2, dim: 32, layers: 2, heads: 2, seed: 1 });
  const losses = fitToPrior(model, new AdamW(model.parameters(), { lr: 2e-3 }), bentLinePrior, {
    steps: 250,
    seed: 1,
  });
  expect(losses.slice(-20).reduce((a, b) => a + b) / 20).toBeLessThan(0.45);
  const { x, y } = bentLinePrior(randomStream(99), 20, 60);
  let right = 0;
  for (let t = 0; t < 20; t++) {
    const found = model.predict(x.at(t, [0, 40]), y.at(t, [0, 40]), x.at(t, [40, 60])).data();
    const truth = y.at(t, [40, 60]).data();
    for (const [i, v] of found.entries()) right += v === truth[i] ? 1 : 0;
  }
  expect(right / 400).toBeGreaterThan(0.8);
});

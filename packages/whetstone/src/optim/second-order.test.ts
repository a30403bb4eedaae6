import { expect, test } from "vitest";
import { type Matrix, norm, randomStream, solve } from "../math/index.ts";
import { grad, Tensor } from "../tensor/index.ts";
import { KFAC, NaturalGradient, SGD, Shampoo } from "./index.ts";

const f64 = { dtype: "f64" } as const;
const leaf = { dtype: "f64", requiresGrad: true } as const;

function normals(
  shape: number[],
  seed: number,
  options: { dtype: "f64"; requiresGrad?: boolean } = f64,
): Tensor {
  const random = randomStream(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return Tensor.from(
    Float64Array.from({ length: size }, () => random.normal()),
    { shape, ...options },
  );
}

/** Mean negative log-likelihood of classes, from logits. */
const crossEntropy = (logits: Tensor, labels: Tensor) =>
  logits.logSoftmax(1).gather(1, labels.unsqueeze(1)).mean().neg();

/** A softmax net tanh(x W1^T + b1) W2^T + b2 with 3 inputs, 2 hidden units, 3 classes. */
function net() {
  const W1 = normals([2, 3], 1, leaf);
  const b1 = normals([2], 2, leaf);
  const W2 = normals([3, 2], 3, leaf);
  const b2 = normals([3], 4, leaf);
  return { W1, b1, W2, b2, params: [W1, b1, W2, b2] };
}

/** The Fisher matrix from its definition: the mean over rows of the expectation over labels of score score^T. */
function exactFisher(params: Tensor[], logits: (x: Tensor) => Tensor, x: Tensor): Float64Array[] {
  const [rows, n] = [x.shape[0]!, params.reduce((s, p) => s + p.size, 0)];
  const F = Array.from({ length: n }, () => new Float64Array(n));
  for (let r = 0; r < rows; r++) {
    const logP = logits(x.slice(0, r, r + 1)).logSoftmax(1);
    const p = logP.exp().data();
    for (let c = 0; c < p.length; c++) {
      const parts = grad([logP.at(0, c)], params).map((g) => g.detach().reshape([-1]));
      const score = Tensor.concat(parts).data();
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) F[i]![j]! += (p[c]! * score[i]! * score[j]!) / rows;
    }
  }
  return F;
}

test("natural gradient: products with the Fisher matrix of a softmax net are those of its definition", () => {
  const { W1, b1, W2, b2, params } = net();
  const x = normals([5, 3], 5);
  const logits = (at: Tensor) => at.matmul(W1.transpose()).add(b1).tanh().matmul(W2.transpose()).add(b2);
  const optimizer = new NaturalGradient(params, () => logits(x));
  const F = exactFisher(params, logits, x);
  const product = optimizer.fisherProduct();
  F.forEach((row, i) => {
    const e = new Float64Array(F.length);
    e[i] = 1;
    product(e).forEach((v, j) => {
      expect(v).toBeCloseTo(row[j]!, 12);
    });
  });
});

test("natural gradient: a step solves (F + damping I) d = g", () => {
  const { W1, b1, W2, b2, params } = net();
  const x = normals([6, 3], 6);
  const logits = () => x.matmul(W1.transpose()).add(b1).tanh().matmul(W2.transpose()).add(b2);
  const labels = Tensor.from([0, 1, 2, 0, 1, 2], { dtype: "i32" });
  const F = exactFisher(
    params,
    (at) => at.matmul(W1.transpose()).add(b1).tanh().matmul(W2.transpose()).add(b2),
    x,
  );
  const flat = (list: Tensor[]) => list.flatMap((t) => [...t.data()]);
  const before = flat(params);
  const g = flat(grad([crossEntropy(logits(), labels)], params));
  const optimizer = new NaturalGradient(params, logits, { lr: 0.5, damping: 0.1 });
  optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(logits(), labels);
    loss.backward();
    return loss;
  });
  const damped = F.map((row, i) => Array.from(row, (v, j) => v + (i === j ? 0.1 : 0)));
  const d = solve(damped, g);
  flat(params).forEach((v, i) => {
    expect(v).toBeCloseTo(before[i]! - 0.5 * d[i]!, 8);
  });
});

test("natural gradient of a Bernoulli model is Newton's step of logistic regression", () => {
  const w = Tensor.from([0.3, -0.2], leaf);
  const x = normals([8, 2], 7);
  const y = Tensor.from([[1], [0], [1], [1], [0], [0], [1], [0]], f64);
  const outputs = () => x.matmul(w.unsqueeze(1));
  const loss = () => {
    const z = outputs();
    return z.exp().log1p().sub(z.mul(y)).mean();
  };
  const optimizer = new NaturalGradient([w], outputs, { likelihood: "bernoulli", damping: 0 });
  for (let i = 0; i < 8; i++) {
    optimizer.step(() => {
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      return value;
    });
  }
  const [g] = grad([loss()], [w]);
  expect(g!.abs().max().item()).toBeLessThan(1e-12); // quadratic convergence in 8 steps
});

const kronecker = (A: Matrix, G: Matrix, i: number, j: number) => {
  const n = A.rows;
  return G.data[Math.floor(i / n) * G.rows + Math.floor(j / n)]! * A.data[(i % n) * n + (j % n)]!;
};

test("K-FAC: for one row the product of the factors is the Fisher block of a layer, exactly", () => {
  const { W1, b1, W2, b2 } = net();
  const x = normals([1, 3], 8);
  const optimizer = new KFAC(
    [
      { weight: W1, bias: b1 },
      { weight: W2, bias: b2 },
    ],
    { statDecay: 0.999 },
  );
  const forward = () => optimizer.linear(optimizer.linear(x, W1, b1).tanh(), W2, b2);
  // The expectation over labels, written as one loss: p-weighted squares need each label in turn.
  const p = forward().softmax(1).data();
  const logits = (at: Tensor) => at.matmul(W1.transpose()).add(b1).tanh().matmul(W2.transpose()).add(b2);
  const F = exactFisher([W1, b1], logits, x);
  // Labels in the proportions of their probabilities: the average of G over them is its expectation.
  const total = new Float64Array(4);
  for (let c = 0; c < 3; c++) {
    const one = new KFAC([
      { weight: W1, bias: b1 },
      { weight: W2, bias: b2 },
    ]);
    const y = one.linear(one.linear(x, W1, b1).tanh(), W2, b2);
    one.observe(crossEntropy(y, Tensor.from([c], { dtype: "i32" })));
    one.factors(0).G.data.forEach((v, i) => {
      total[i]! += p[c]! * v;
    });
  }
  optimizer.observe(crossEntropy(forward(), Tensor.from([0], { dtype: "i32" })));
  const { A, G } = optimizer.factors(0);
  G.data.set(total);
  // Parameters in the order W1 (row by row), b1; the factors' order: each row of W1 followed by its bias.
  const place = [0, 1, 2, 6, 3, 4, 5, 7];
  place.forEach((r, i) => {
    place.forEach((c, j) => {
      expect(kronecker(A, G, i, j)).toBeCloseTo(F[r]![c]!, 12);
    });
  });
});

test("K-FAC: the step is G^-1 (dL/dW) A^-1, with damping shared out between the factors", () => {
  const W = normals([2, 3], 1, leaf);
  const b = normals([2], 2, leaf);
  const x = normals([20, 3], 9);
  const target = normals([20, 2], 10);
  const optimizer = new KFAC([{ weight: W, bias: b }], { lr: 1, damping: 0.04 });
  const before = [...W.data(), ...b.data()];
  const y = optimizer.linear(x, W, b);
  const loss = y.sub(target).square().sum(1).mean().mul(0.5);
  optimizer.observe(
    y
      .sub(y.detach().add(normals([20, 2], 11)))
      .square()
      .sum(1)
      .mean()
      .mul(0.5),
  );
  loss.backward();
  const g = [...W.grad!.data(), ...b.grad!.data()];
  optimizer.step();
  const { A, G } = optimizer.factors(0);
  const mean = (M: Matrix) => M.diag().reduce((s, v) => s + v, 0) / M.rows;
  const pi = Math.sqrt(mean(A) / mean(G));
  const plus = (M: Matrix, d: number) => {
    const out = M.toArray();
    out.forEach((row, i) => {
      row[i]! += d;
    });
    return out;
  };
  const moved = [...W.data(), ...b.data()].map((v, i) => before[i]! - v);
  const matrix = (v: number[]) => [0, 1].map((r) => [...v.slice(3 * r, 3 * r + 3), v[6 + r]!]);
  // (G + d1 I) D (A + d2 I) = g
  const [left, D, right] = [plus(G, 0.2 / pi), matrix(moved), plus(A, 0.2 * pi)];
  const product = (a: number[][], c: number[][]) =>
    a.map((row) => c[0]!.map((_, j) => row.reduce((s, v, k) => s + v * c[k]![j]!, 0)));
  const back = product(product(left, D), right);
  matrix(g).forEach((row, i) => {
    row.forEach((v, j) => {
      expect(back[i]![j]!).toBeCloseTo(v, 10);
    });
  });
  expect(A.data[15]).toBeCloseTo(1, 12); // E[1 * 1]
});

test("K-FAC needs its layers noted and observed", () => {
  const W = normals([2, 3], 1, leaf);
  const optimizer = new KFAC([{ weight: W }]);
  const x = normals([4, 3], 3);
  expect(() => optimizer.observe(W.sum())).toThrow(/not run through linear or watch/);
  expect(() => optimizer.linear(x, normals([2, 3], 1, leaf))).toThrow(/weight of one of the layers/);
  W.sum().backward();
  expect(() => optimizer.step()).toThrow(/call observe\(loss\) before the first step/);
});

test("Shampoo's first step is the orthogonal factor of the gradient; long axes are left alone", () => {
  const g = normals([3, 4], 12);
  const W = Tensor.zeros([3, 4], leaf);
  const optimizer = new Shampoo([W], { lr: 1, eps: 1e-12 });
  W.mul(g).sum().backward();
  optimizer.step();
  const U = W.toMatrix(); // minus the factor: U U^T = I
  const gram = U.toArray().map((r) => U.toArray().map((s) => r.reduce((t, v, i) => t + v * s[i]!, 0)));
  gram.forEach((row, i) => {
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(i === j ? 1 : 0, 5);
    });
  });
  const V = Tensor.zeros([3, 4], leaf);
  const halves = new Shampoo([V], { lr: 1, eps: 1e-12, maxSize: 3 });
  V.mul(g).sum().backward();
  halves.step();
  // Only the short axis: (G G^T)^(-1/2) G is the same orthogonal factor.
  V.data().forEach((v, i) => {
    expect(v).toBeCloseTo(U.data[i]!, 5);
  });
});

test("Shampoo preconditions each axis of a tensor of three axes", () => {
  const g = normals([2, 3, 2], 13);
  const K = Tensor.zeros([2, 3, 2], leaf);
  const optimizer = new Shampoo([K], { lr: 1, eps: 1e-6 });
  K.mul(g).sum().backward();
  optimizer.step();
  expect(K.data().every(Number.isFinite)).toBe(true);
  // Scaling the gradient changes nothing: three axes share the inverse square root of its second moment.
  const L = Tensor.zeros([2, 3, 2], leaf);
  const scaled = new Shampoo([L], { lr: 1, eps: 100 * 1e-6 });
  L.mul(g.mul(10)).sum().backward();
  scaled.step();
  L.data().forEach((v, i) => {
    expect(v).toBeCloseTo(K.data()[i]!, 8);
  });
});

test("on a badly scaled least-squares problem K-FAC needs one step where SGD needs thousands", () => {
  const x = normals([50, 3], 14).mul(Tensor.from([1, 10, 100], f64));
  const truth = Tensor.from([[1, -2, 3]], f64);
  const y = x.matmul(truth.transpose());
  const distance = (W: Tensor) => norm(W.sub(truth).toMatrix());
  const W = Tensor.zeros([1, 3], leaf);
  const kfac = new KFAC([{ weight: W }], { lr: 1, damping: 1e-12 });
  const out = kfac.linear(x, W);
  kfac.observe(out.sub(out.detach().add(1)).square().sum(1).mean().mul(0.5));
  out.sub(y).square().sum(1).mean().mul(0.5).backward();
  kfac.step();
  expect(distance(W)).toBeLessThan(1e-4);
  const V = Tensor.zeros([1, 3], leaf);
  const sgd = new SGD([V], { lr: 1.5e-4 }); // near the largest that does not diverge
  for (let i = 0; i < 50; i++) {
    sgd.zeroGrad();
    x.matmul(V.transpose()).sub(y).square().sum(1).mean().mul(0.5).backward();
    sgd.step();
  }
  expect(distance(V)).toBeGreaterThan(0.5);
});

/** A net that gives rows back through a narrow code: its training in float32, and its use in float64. */
import { Matrix, randomStream } from "../math/index.ts";
import { Linear, ReLU, Sequential, Tanh } from "../nn/index.ts";
import { AdamW } from "../optim/index.ts";
import { Tensor } from "../tensor/index.ts";

export type Hidden = "relu" | "tanh" | "identity";

/** x -> x weight^T + bias */
export interface Dense {
  /** [out, in] */
  readonly weight: Matrix;
  readonly bias: Float64Array;
}

interface Settings {
  readonly hidden: number;
  readonly code: number;
  readonly activation: Hidden;
  readonly learningRateInit: number;
  readonly maxIter: number;
  readonly batchSize: number;
  readonly alpha: number;
  readonly seed: number;
}

const activations = { relu: () => [new ReLU()], tanh: () => [new Tanh()], identity: () => [] } as const;

/** Trains on standardised rows. `onPass` is told how many passes are done. */
export function train(
  Z: Matrix,
  weights: Float64Array,
  s: Settings,
  onPass: (done: number) => void,
): { layers: Dense[]; lossCurve: Float64Array } {
  const [n, d] = [Z.rows, Z.cols];
  const random = randomStream(s.seed);
  const widths = [d, s.hidden, s.code, s.hidden, d];
  const linears = widths
    .slice(1)
    .map((to, i) => new Linear(widths[i]!, to, { seed: random.split("layer").split(i) }));
  const [a, b, c, e] = linears as [Linear, Linear, Linear, Linear];
  const bend = activations[s.activation];
  const net = new Sequential(a, ...bend(), b, c, ...bend(), e);
  const optimizer = new AdamW(net.parameters(), { lr: s.learningRateInit, weightDecay: s.alpha });
  const total = weights.reduce((sum, w) => sum + w, 0);
  const lossCurve = new Float64Array(s.maxIter);
  const steps = s.maxIter * Math.ceil(n / s.batchSize);
  let done = 0;
  for (let pass = 0; pass < s.maxIter; pass++) {
    onPass(pass);
    const order = random.split("order").split(pass).permutation(n);
    for (let at = 0; at < n; at += s.batchSize) {
      const rows = order.subarray(at, at + s.batchSize);
      const x = Tensor.from(Z.selectRows(Array.from(rows)), { dtype: "f32" });
      const share = Float32Array.from(rows, (i) => ((weights[i]! / total) * n) / rows.length);
      optimizer.lr = s.learningRateInit * (0.1 + 0.45 * (1 + Math.cos((Math.PI * done++) / steps)));
      optimizer.zeroGrad();
      const error = net.forward(x).sub(x).square().mean(1);
      const loss = error.mul(Tensor.from(share)).sum();
      loss.backward();
      optimizer.step();
      lossCurve[pass]! += (loss.item() * rows.length) / n;
    }
  }
  onPass(s.maxIter);
  const layers = linears.map(({ weight, bias }) => ({
    weight: weight.toMatrix(),
    bias: Float64Array.from(bias!.data()),
  }));
  return { layers, lossCurve };
}

const functions = {
  relu: (v: number) => Math.max(v, 0),
  tanh: Math.tanh,
  identity: (v: number) => v,
} as const;

/** Rows after the given first layers: the first and the third are followed by the activation. */
export function forward(layers: readonly Dense[], activation: Hidden, Z: Matrix): Matrix {
  const f = functions[activation];
  return layers.reduce((x, { weight, bias }, k) => {
    const y = Matrix.zeros(x.rows, weight.rows);
    for (let i = 0; i < x.rows; i++) {
      const row = x.row(i);
      for (let o = 0; o < weight.rows; o++) {
        const w = weight.row(o);
        let sum = bias[o]!;
        for (let j = 0; j < row.length; j++) sum += w[j]! * row[j]!;
        y.set(i, o, k % 2 === 0 ? f(sum) : sum);
      }
    }
    return y;
  }, Z);
}

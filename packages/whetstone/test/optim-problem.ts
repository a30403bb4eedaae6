/** The small fixed problem of reference/torch/make_optim.py, in float64. */
import { Tensor } from "../src/tensor/index.ts";

const f64 = { dtype: "f64" } as const;
const leaf = { dtype: "f64", requiresGrad: true } as const;
const x = Tensor.from([[0.9], [-0.3], [1.4]], f64);
const c = Tensor.from([1, 2.5], f64);
const target = Tensor.from(
  [
    [1, -0.5, 0.25],
    [0, 2, -1],
  ],
  f64,
);
const stiffness = Tensor.from(
  [
    [1, 10, 0.1],
    [5, 0.5, 2],
  ],
  f64,
);

export function problem() {
  const W = Tensor.from(
    [
      [0.5, -1.2, 0.3],
      [1.5, 0.7, -0.4],
    ],
    leaf,
  );
  const b = Tensor.from([0.1, -0.6], leaf);
  const loss = () => {
    const h = W.matmul(x).reshape([2]).add(b).tanh();
    return c.mul(h.square()).sum().add(W.sub(target).square().mul(stiffness).sum().mul(0.1));
  };
  return { W, b, loss, values: () => [...W.data(), ...b.data()] };
}

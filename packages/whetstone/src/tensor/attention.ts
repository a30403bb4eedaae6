import { argumentError, shapeError } from "../errors.ts";
import { showShape } from "./graph/shape.ts";
import { einsum as einsumNodes } from "./ops/products.ts";
import { Tensor } from "./tensor.ts";

/** Where queries may look, and how weights are made. */
export interface AttentionOptions {
  /** Places after a query's own are hidden. Default false. */
  readonly causal?: boolean;
  /** bool, broadcast to [..., queries, keys]: true where a query may look. */
  readonly mask?: Tensor | null;
  /** Factor of the products. Default 1 / sqrt(d). */
  readonly scale?: number;
  /** Applied to the weights before they meet v: dropout, for instance, or a look at them. */
  readonly onWeights?: (weights: Tensor) => Tensor;
}

/**
 * softmax(q k^T / sqrt(d)) v for q [..., T, d], k [..., S, d], v [..., S, e] -> [..., T, e] (Vaswani et al. 2017, 3.2.1).
 * A query that may look nowhere gets zeros. With `causal`, the last query sees all keys.
 *
 * @example
 * const q = Tensor.from([[1, 0]]);
 * const k = Tensor.from([[5, 0], [0, 5]]);
 * const v = Tensor.from([[1], [0]]);
 * attention(q, k, v, { scale: 1 }).item(); // 0.9933 = sigmoid(5)
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const where = "attention";
  const d = q.shape.at(-1);
  if (q.rank < 2 || k.rank < 2 || v.rank < 2 || k.shape.at(-1) !== d || v.shape.at(-2) !== k.shape.at(-2)) {
    throw shapeError(
      where,
      "q, k, v",
      `have shapes ${showShape(q.shape)}, ${showShape(k.shape)}, ${showShape(v.shape)}`,
      "[..., T, d], [..., S, d], [..., S, e]",
    );
  }
  const scale = options.scale ?? 1 / Math.sqrt(d!);
  if (!Number.isFinite(scale)) throw argumentError(where, "scale", scale, "a finite number");
  let scores = q.mul(scale).matmul(k.transpose());
  const [queries, keys] = scores.shape.slice(-2) as [number, number];
  let allowed = options.mask?.to("bool") ?? null;
  if (options.causal) {
    const seen = Tensor.arange(keys)
      .unsqueeze(0)
      .le(Tensor.arange(keys - queries, keys).unsqueeze(1));
    allowed = allowed ? allowed.and(seen) : seen;
  }
  const { onWeights = (weights: Tensor) => weights } = options;
  if (!allowed) return onWeights(scores.softmax(-1)).matmul(v);
  // In float16 -1e30 is minus infinity, which a softmax of nothing else turns into NaN.
  scores = Tensor.where(allowed, scores, scores.dtype === "f16" ? -6e4 : -1e30);
  const weights = scores.softmax(-1);
  // Only a mask of the caller's can hide everything from a query.
  return onWeights(options.mask ? Tensor.where(allowed, weights, 0) : weights).matmul(v);
}

/**
 * Einstein sum, e.g. `einsum("bij,bjk->bik", x, y)`: letters that are not in the output are summed.
 *
 * @example
 * einsum("ij,jk->ik", Tensor.from([[1, 2]]), Tensor.from([[3], [4]])).toArray(); // [[11]]
 */
export const einsum = (equation: string, ...operands: Tensor[]): Tensor =>
  new Tensor(
    einsumNodes(
      equation,
      operands.map((o) => o.node),
    ),
  );

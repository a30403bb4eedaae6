/** Losses on distances and similarities of embeddings, [N, D] each. */
import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type LossOptions, reduce, requireSame } from "./reduction.ts";

/**
 * Vectors of the last axis divided by their length.
 *
 * @example
 * normalize(Tensor.from([3, 4])).toArray(); // [0.6, 0.8]
 */
export const normalize = (x: Tensor, eps = 1e-12): Tensor =>
  x.div(
    x
      .square()
      .sum(-1, true)
      .add(eps * eps)
      .sqrt(),
  );

/**
 * Cosine of the angle between the vectors of the last axis.
 *
 * @example
 * cosineSimilarity(Tensor.from([1, 0]), Tensor.from([1, 1])).item(); // 0.7071
 */
export const cosineSimilarity = (a: Tensor, b: Tensor, eps = 1e-8): Tensor => {
  const length = (x: Tensor) => x.square().sum(-1).sqrt().maximum(eps);
  return a
    .mul(b)
    .sum(-1)
    .div(length(a).mul(length(b)));
};

/** Euclidean distance, with eps added to each difference so that its derivative exists at 0. */
const distance = (a: Tensor, b: Tensor, eps = 1e-6): Tensor => a.sub(b).add(eps).square().sum(-1).sqrt();

/**
 * 1 - cos for pairs with target 1, max(0, cos - margin) for pairs with target -1.
 *
 * @example
 * cosineEmbedding(Tensor.from([[1, 0]]), Tensor.from([[0, 1]]), Tensor.from([1])).item(); // 1
 */
export function cosineEmbedding(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  requireSame("cosineEmbedding", "b", b, a);
  const cos = cosineSimilarity(a, b);
  const losses = Tensor.where(target.gt(0), cos.neg().add(1), cos.sub(options.margin ?? 0).relu());
  return reduce("cosineEmbedding", losses, options.reduction);
}

/**
 * d^2 / 2 for pairs that belong together (target 1), max(0, margin - d)^2 / 2 for others (Hadsell et al.
 * 2006).
 *
 * @example
 * const [a, b] = [Tensor.from([[0, 0]]), Tensor.from([[0.6, 0.8]])];
 * contrastive(a, b, Tensor.from([1])).item(); // 0.5: one apart and should be together
 */
export function contrastive(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  requireSame("contrastive", "b", b, a);
  const { margin = 1 } = options;
  if (!(margin > 0)) throw argumentError("contrastive", "margin", margin, "a number > 0");
  const d = distance(a, b);
  const losses = Tensor.where(target.gt(0), d.square(), d.neg().add(margin).relu().square()).mul(0.5);
  return reduce("contrastive", losses, options.reduction);
}

/**
 * max(0, |anchor - positive| - |anchor - negative| + margin) (Schroff et al. 2015).
 *
 * @example
 * const [anchor, near, far] = [[0], [1], [3]].map((v) => Tensor.from([v]));
 * triplet(anchor, near, far, { margin: 2.5 }).item(); // 0.5 = 1 - 3 + 2.5
 */
export function triplet(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  requireSame("triplet", "positive", positive, anchor);
  requireSame("triplet", "negative", negative, anchor);
  const losses = distance(anchor, positive)
    .sub(distance(anchor, negative))
    .add(options.margin ?? 1)
    .relu();
  return reduce("triplet", losses, options.reduction);
}

/**
 * Cross-entropy of finding each query's key among all keys by cosine similarity / temperature (van den Oord et al.
 * 2018): row i of `keys` belongs to row i of `queries`, the others are its negatives. Default temperature 0.1.
 *
 * @example
 * const eye = Tensor.eye(2);
 * infoNce(eye, eye, { temperature: 1 }).item(); // 0.3133 = log(1 + exp(-1))
 */
export function infoNce(
  queries: Tensor,
  keys: Tensor,
  options: LossOptions & { readonly temperature?: number } = {},
): Tensor {
  requireSame("infoNce", "keys", keys, queries);
  const { temperature = 0.1, reduction = "mean" } = options;
  if (!(temperature > 0)) throw argumentError("infoNce", "temperature", temperature, "a number > 0");
  const logits = normalize(queries).matmul(normalize(keys).transpose()).div(temperature);
  return crossEntropy(logits, Tensor.arange(queries.shape[0]!), { reduction });
}

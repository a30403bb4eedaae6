import { argumentError } from "../../errors.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";

/**
 * Euclidean norm of all gradients together, as a tensor; parameters without a gradient count 0.
 *
 * @example
 * const w = parameter(Tensor.from([0, 0]));
 * w.mul(Tensor.from([3, 4])).sum().backward();
 * gradientNorm([w]).item(); // 5
 */
export function gradientNorm(parameters: readonly Tensor[]): Tensor {
  return noGrad(() => {
    const squares = parameters.flatMap((p) => (p.grad ? [p.grad.to("f32").square().sum()] : []));
    return squares.length === 0 ? Tensor.zeros([]) : Tensor.stack(squares).sum().sqrt();
  });
}

/**
 * Scales all gradients by one factor so that their common norm is at most `maxNorm`: their direction stays. Returns the
 * norm before.
 *
 * @example
 * const w = parameter(Tensor.from([0, 0]));
 * w.mul(Tensor.from([3, 4])).sum().backward();
 * clipGradients([w], 1).item(); // 5
 * w.grad.toArray(); // [0.6, 0.8]
 */
export function clipGradients(parameters: readonly Tensor[], maxNorm: number): Tensor {
  if (!(maxNorm > 0)) throw argumentError("clipGradients", "maxNorm", maxNorm, "a number > 0");
  return noGrad(() => {
    const norm = gradientNorm(parameters);
    const factor = Tensor.full([], maxNorm).div(norm.add(1e-6)).minimum(1);
    for (const p of parameters) if (p.grad) p.grad = p.grad.mul(factor.to(p.grad.dtype));
    return norm.keep();
  });
}

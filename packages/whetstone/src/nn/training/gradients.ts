import { argumentError } from "../../errors.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";

/** Euclidean norm of all gradients together, as a tensor; parameters without a gradient count 0. */
export function gradientNorm(parameters: readonly Tensor[]): Tensor {
  return noGrad(() => {
    const squares = parameters.flatMap((p) => (p.grad ? [p.grad.to("f32").square().sum()] : []));
    return squares.length === 0 ? Tensor.zeros([]) : Tensor.stack(squares).sum().sqrt();
  });
}

/**
 * Scales all gradients by one factor so that their common norm is at most `maxNorm`: their direction stays. Returns the
 * norm before.
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

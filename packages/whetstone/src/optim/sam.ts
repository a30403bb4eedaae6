import { argumentError, requireFunction } from "../errors.ts";
import { flush, noGrad, Tensor } from "../tensor/index.ts";
import { copyOf, filled, Optimizer, type OptimizerState } from "./optimizer.ts";
import type { RateTable } from "./parameters.ts";

/**
 * Sharpness-aware minimisation: the inner optimizer steps along the gradient taken at the worst nearby point,
 * rho away along the normalised gradient. Two evaluations of the closure per step.
 *
 * @param inner Any optimizer that steps without a closure of its own.
 * @param options `rho`: radius of the neighbourhood, default 0.05.
 *
 * Source: Foret et al., "Sharpness-aware minimization" (2021), algorithm 1.
 * @example
 * const x = Tensor.from(1, { requiresGrad: true });
 * const optimizer = new SAM(new SGD([x], { lr: 0.25 }), { rho: 0.5 });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = x.mul(x);
 *   loss.backward();
 *   return loss;
 * });
 * // the gradient is that of 1.5
 * x.item(); // 0.25
 */
export class SAM<T extends RateTable> extends Optimizer<T> {
  readonly inner: Optimizer<T>;
  readonly #rho: number;

  constructor(inner: Optimizer<T>, { rho = 0.05 }: { readonly rho?: number } = {}) {
    if (!(inner instanceof Optimizer)) throw argumentError("SAM", "inner", inner, "an optimizer");
    super("SAM", inner.groups);
    if (!(rho >= 0)) throw argumentError("SAM", "rho", rho, "a number >= 0");
    this.inner = inner;
    this.#rho = rho;
    for (const p of this.params) {
      this.memory.set(p, { step: 0, state: { home: filled(p.shape, 0, p.dtype) } });
    }
  }

  override get needsClosure(): boolean {
    return true;
  }

  override step(closure?: () => Tensor): Tensor {
    requireFunction("SAM.step", "closure", closure);
    const loss = closure!().keep();
    const moving = this.params.filter((p) => p.grad !== null);
    noGrad(() => {
      const squares = moving.map((p) => p.grad!.to("f64").square().sum());
      const norm = squares.reduce((a, b) => a.add(b), Tensor.zeros([], { dtype: "f64" })).sqrt();
      const factor = Tensor.from(this.#rho, { dtype: "f64" }).div(norm.add(1e-12));
      for (const p of moving) {
        const old = p.detach();
        this.memory.get(p)!.state.home!.assign(copyOf(old));
        p.assign(old.add(p.grad!.mul(factor.to(p.dtype))));
      }
    });
    flush();
    closure!().keep();
    for (const p of moving) p.grad?.keep();
    flush();
    noGrad(() => {
      for (const p of moving) p.assign(copyOf(this.memory.get(p)!.state.home!));
    });
    flush();
    this.inner.step();
    return loss;
  }

  protected override saveExtra(): OptimizerState {
    return this.inner.stateDict();
  }

  protected override loadExtra(extra: unknown): void {
    this.inner.loadStateDict(extra as OptimizerState);
  }
}

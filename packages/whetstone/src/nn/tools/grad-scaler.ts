import { argumentError } from "../../errors.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";

/** How the scale of a loss follows what float16 can hold. */
export interface GradScalerOptions {
  /** First scale. Default 65536. */
  readonly initialScale?: number;
  /** Factor after `growthInterval` good steps. Default 2. */
  readonly growth?: number;
  /** Factor after an overflow. Default 0.5. */
  readonly backoff?: number;
  /** Steps without overflow after which the scale grows. Default 2000. */
  readonly growthInterval?: number;
}

/**
 * Dynamic loss scaling (Micikevicius et al. 2018): the loss is multiplied so that small float16 gradients do not
 * vanish; gradients are divided before the step; a step with an infinity or NaN is skipped and the scale lowered.
 * The order is `scale(loss).backward()`, `unscale` (only to look at gradients or clip them), `step`, `update`. Several
 * optimizers may share a scaler: each steps, then one `update`.
 */
export class GradScaler {
  readonly growth: number;
  readonly backoff: number;
  readonly growthInterval: number;
  #scale: number;
  #good = 0;
  /** Parameters whose gradients are divided since the last update, and whether those of their call were finite. */
  readonly #finite = new Map<Tensor, boolean>();
  readonly #stepped = new Set<object>();
  /** Steps not taken so far. */
  skipped = 0;

  constructor(options: GradScalerOptions = {}) {
    const { initialScale = 65536, growth = 2, backoff = 0.5, growthInterval = 2000 } = options;
    const where = "GradScaler";
    if (!(initialScale > 0)) throw argumentError(where, "initialScale", initialScale, "a number > 0");
    if (!(growth > 1)) throw argumentError(where, "growth", growth, "a number > 1");
    if (!(backoff > 0 && backoff < 1))
      throw argumentError(where, "backoff", backoff, "a number between 0 and 1");
    if (!Number.isSafeInteger(growthInterval) || growthInterval < 1) {
      throw argumentError(where, "growthInterval", growthInterval, "a whole number >= 1");
    }
    this.growth = growth;
    this.backoff = backoff;
    this.growthInterval = growthInterval;
    this.#scale = initialScale;
  }

  get scaleFactor(): number {
    return this.#scale;
  }

  /** The loss times the scale. */
  scale(loss: Tensor): Tensor {
    return loss.mul(Tensor.from(this.#scale).to(loss.dtype));
  }

  /** Divides the gradients by the scale, once before each update. Whether all of them are finite. */
  unscale(parameters: readonly Tensor[]): boolean {
    const grads = parameters.filter((p) => p.grad && !this.#finite.has(p));
    if (grads.length > 0) {
      noGrad(() => {
        const inverse = Tensor.from(1 / this.#scale);
        for (const p of grads) p.grad = p.grad!.to("f32").mul(inverse).to(p.dtype).keep();
        const sums = grads.map((p) => p.grad!.to("f32").mul(0).sum()); // 0, or NaN
        const finite = !Number.isNaN(Tensor.stack(sums).sum().item());
        for (const p of grads) this.#finite.set(p, finite);
      });
    }
    return parameters.every((p) => this.#finite.get(p) !== false);
  }

  /**
   * The optimizer's step, unless its gradients overflowed. Whether it was taken. Throws where this optimizer has stepped
   * since the last `update`, whose scale would be out of date.
   */
  step(
    optimizer: { readonly params?: readonly Tensor[]; step(): unknown },
    parameters?: readonly Tensor[],
  ): boolean {
    const all = parameters ?? optimizer.params;
    if (!all) throw argumentError("GradScaler.step", "parameters", parameters, "the optimizer's parameters");
    if (this.#stepped.has(optimizer))
      throw new Error(
        "GradScaler.step: this optimizer has stepped since the last update(); call update() first",
      );
    this.#stepped.add(optimizer);
    if (!this.unscale(all)) {
      this.skipped++;
      return false;
    }
    optimizer.step();
    return true;
  }

  /** Lowers the scale after an overflow, raises it after enough good steps. Call once for each step. */
  update(): void {
    if ([...this.#finite.values()].includes(false)) {
      this.#scale *= this.backoff;
      this.#good = 0;
    } else if (++this.#good >= this.growthInterval) {
      this.#scale *= this.growth;
      this.#good = 0;
    }
    this.#finite.clear();
    this.#stepped.clear();
  }

  get state(): { scale: number; good: number; skipped: number } {
    return { scale: this.#scale, good: this.#good, skipped: this.skipped };
  }
  set state({ scale, good, skipped }: { scale: number; good: number; skipped: number }) {
    this.#scale = scale;
    this.#good = good;
    this.skipped = skipped;
  }
}

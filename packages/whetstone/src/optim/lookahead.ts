import { argumentError } from "../errors.ts";
import { flush, noGrad, Tensor } from "../tensor/index.ts";
import { copyOf, Optimizer, type OptimizerState, workType } from "./optimizer.ts";
import type { RateTable } from "./parameters.ts";

/** How far and how often slow weights follow fast ones. */
export interface LookaheadOptions {
  /** Steps of the inner optimizer between synchronisations. Default 5. */
  readonly k?: number;
  /** How far the slow weights then move towards the fast ones, in (0, 1]. Default 0.5. */
  readonly alpha?: number;
}

/**
 * Lookahead: every k steps of the inner optimizer, slow weights move a share alpha of the way to where it got, and it
 * starts again from there. Its own averages go on.
 *
 * Source: Zhang et al., "Lookahead optimizer: k steps forward, 1 step back" (2019), algorithm 1.
 * @example
 * const x = Tensor.from(4, { requiresGrad: true });
 * const optimizer = new Lookahead(new SGD([x], { lr: 0.5 }), { k: 1, alpha: 0.5 });
 * x.mul(x).backward();
 * optimizer.step();
 * // half of the way from 4 to 0
 * x.item(); // 2
 */
export class Lookahead<T extends RateTable> extends Optimizer<T> {
  readonly inner: Optimizer<T>;
  readonly #k: number;
  readonly #alpha: number;
  #count = 0;

  constructor(inner: Optimizer<T>, { k = 5, alpha = 0.5 }: LookaheadOptions = {}) {
    if (!(inner instanceof Optimizer)) throw argumentError("Lookahead", "inner", inner, "an optimizer");
    super("Lookahead", inner.groups);
    if (!(Number.isSafeInteger(k) && k >= 1)) throw argumentError("Lookahead", "k", k, "an integer >= 1");
    if (!(alpha > 0 && alpha <= 1)) {
      throw argumentError("Lookahead", "alpha", alpha, "a number > 0 and <= 1");
    }
    this.inner = inner;
    this.#k = k;
    this.#alpha = alpha;
    for (const p of this.params) {
      this.memory.set(p, { step: 0, state: { slow: p.detach().to(workType(p)).clone() } });
    }
  }

  override get needsClosure(): boolean {
    return this.inner.needsClosure;
  }

  override step(closure?: () => Tensor): Tensor | undefined {
    const loss = this.inner.step(closure);
    if (++this.#count % this.#k !== 0) return loss;
    noGrad(() => {
      for (const p of this.params) {
        const { slow } = this.memory.get(p)!.state;
        const type = workType(p);
        const next = slow!.add(
          p
            .to(type)
            .sub(slow!)
            .mul(Tensor.from(this.#alpha, { dtype: type })),
        );
        slow!.assign(next);
        p.assign(copyOf(next).to(p.dtype));
      }
    });
    flush();
    return loss;
  }

  protected override saveExtra(): { count: number; inner: OptimizerState } {
    return { count: this.#count, inner: this.inner.stateDict() };
  }

  protected override loadExtra(extra: unknown): void {
    const { count, inner } = extra as { count: number; inner: OptimizerState };
    this.inner.loadStateDict(inner);
    this.#count = count;
  }
}

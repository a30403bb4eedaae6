import { argumentError } from "../../errors.ts";
import { flush, noGrad, type Tensor } from "../../tensor/index.ts";
import type { AnyModule, StateDict } from "../module.ts";
import { substitute } from "../substitute.ts";

/** Running average of a net's weights: average' = decay average + (1 - decay) weights, after each step. */
export class WeightAverage {
  readonly decay: number;
  readonly net: AnyModule;
  readonly #average: Map<Tensor, Tensor>;

  constructor(net: AnyModule, decay = 0.999) {
    if (!(decay >= 0 && decay < 1))
      throw argumentError("WeightAverage", "decay", decay, "a number >= 0 and < 1");
    this.net = net;
    this.decay = decay;
    this.#average = new Map(net.parameters().map((p) => [p, p.clone()]));
  }

  /** Takes in the weights as they are now: call it after `optimizer.step()`. */
  update(): void {
    noGrad(() => {
      for (const [p, a] of this.#average) a.assign(a.mul(this.decay).add(p.detach().mul(1 - this.decay)));
    });
  }

  /** Runs `fn` with the averages in the places of the weights. */
  with<R>(fn: () => R): R {
    const byName = new Map(this.net.namedParameters().map(([name, p]) => [name, this.#average.get(p)!]));
    return substitute(this.net, (name) => byName.get(name)!, fn);
  }

  /** The averages by parameter name. */
  stateDict(): Record<string, Tensor> {
    flush();
    return Object.fromEntries(
      this.net.namedParameters().map(([name, p]) => [name, this.#average.get(p)!.clone()]),
    );
  }

  loadStateDict(state: StateDict): void {
    flush();
    for (const [name, p] of this.net.namedParameters()) {
      if (!state[name])
        throw argumentError("WeightAverage.loadStateDict", "state", state, `an entry ${name}`);
      this.#average.get(p)!.become(state[name]);
    }
  }
}

/** Maximal update parametrisation: learning rates that stay right when a net gets wider (Yang et al. 2021). */
import { argumentError } from "../errors.ts";
import type { Tensor } from "../tensor/index.ts";
import { Linear, type LinearOptions } from "./layers/linear.ts";
import type { AnyModule } from "./module.ts";

/** A head whose output is divided by its width multiplier: it starts, and stays, of one size for all widths. */
export class MuReadout extends Linear {
  static override readonly typeName: string = "MuReadout";
  readonly multiplier: number;

  /** `baseFeatures`: inFeatures of the narrow net whose rates were tuned. */
  constructor(
    inFeatures: number,
    outFeatures: number,
    options: LinearOptions & { readonly baseFeatures: number },
  ) {
    super(inFeatures, outFeatures, options);
    if (!(options.baseFeatures > 0)) {
      throw argumentError("MuReadout", "baseFeatures", options.baseFeatures, "a number > 0");
    }
    this.multiplier = inFeatures / options.baseFeatures;
    // With the division below, outputs start with a deviation that falls as 1 / width.
    this.weight.become(this.weight.mul(Math.sqrt(this.multiplier)), true);
  }

  override forward(x: Tensor): Tensor {
    return super.forward(x.div(this.multiplier));
  }
}

/** Parameters with one learning rate, as optimizers take groups. */
export interface MuGroup {
  readonly params: Tensor[];
  readonly lr: number;
}

/**
 * Groups for an optimizer, with rates tuned on `base` (the same net, narrower) scaled for `net`, which is m times as
 * wide (their Table 8). By Adam: matrices that grew on both sides get lr / m, all else lr. By SGD: matrices that grew on
 * both sides get lr, all else lr m. The last layer must be a {@link MuReadout}; other initial values need variance
 * 1 / fan-in, which the layers here have.
 *
 * @example
 * const net = (width) => new Sequential(new Linear(2, width), new Linear(width, width), new MuReadout(width, 1, { baseFeatures: 4 }));
 * muGroups(net(8), net(4), { lr: 0.1 }).map((g) => g.lr).sort(); // [0.05, 0.1]
 */
export function muGroups(
  net: AnyModule,
  base: AnyModule,
  options: { readonly lr: number; readonly optimizer?: "adam" | "sgd" },
): MuGroup[] {
  const where = "muGroups";
  const { lr, optimizer = "adam" } = options;
  if (!(lr > 0)) throw argumentError(where, "lr", lr, "a number > 0");
  if (optimizer !== "adam" && optimizer !== "sgd") {
    throw argumentError(where, "optimizer", optimizer, '"adam" or "sgd"');
  }
  const narrow = new Map(base.namedParameters());
  const groups = new Map<number, Tensor[]>();
  for (const [name, p] of net.namedParameters()) {
    const from = narrow.get(name);
    if (!from || from.rank !== p.rank)
      throw argumentError(where, "base", base, `a net with a parameter ${name} of ${p.rank} axes`);
    const out = p.shape[0]! / from.shape[0]!;
    const into = p.rank > 1 ? p.shape[1]! / from.shape[1]! : 1;
    const factor = optimizer === "adam" ? 1 / into : out / into;
    const rate =
      lr * (optimizer === "adam" ? (out === 1 ? 1 : factor) : into !== 1 && out === 1 ? into : factor);
    groups.set(rate, [...(groups.get(rate) ?? []), p]);
  }
  return [...groups].map(([rate, params]) => ({ params, lr: rate }));
}

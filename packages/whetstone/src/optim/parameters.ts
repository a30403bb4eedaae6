/** Tables of options that several optimizers share, and groups of parameters. */
import {
  custom,
  type Param,
  type ParamInput,
  type ParamTable,
  type ParamValues,
  real,
} from "../contract/params.ts";
import { argumentError, requireList, shapeError, show } from "../errors.ts";
import { Tensor } from "../tensor/index.ts";

export const rate = (byDefault: number): Param<number> =>
  real({ min: 0, default: byDefault, doc: "Learning rate" });

export const decay = (byDefault = 0): Param<number> =>
  real({ min: 0, default: byDefault, doc: "Strength of weight decay" });

export const epsilon = (byDefault: number): Param<number> =>
  real({ min: 0, default: byDefault, doc: "Keeps the divisor from zero" });

export const share = (byDefault: number, doc: string): Param<number> =>
  real({ min: 0, max: 1, exclusiveMax: true, default: byDefault, doc });

/** Two decay rates in [0, 1): of the average of gradients and of the average of their squares. */
export const betas = (first: number, second: number): Param<readonly [number, number]> =>
  custom({
    default: [first, second],
    doc: "Decay rates of the averages of the gradient and of its square",
    expected: "two numbers >= 0 and < 1",
    accepts: (v) =>
      Array.isArray(v) && v.length === 2 && v.every((b) => typeof b === "number" && b >= 0 && b < 1),
  });

/** Every optimizer has a rate. */
export type RateTable = ParamTable & { readonly lr: Param<number> };

/** Parameters with options of their own; what is not given is as for the optimizer. */
export type ParamGroup<T extends RateTable = RateTable> = ParamInput<T> & {
  readonly params: readonly Tensor[];
};

export type Parameters<T extends RateTable> = readonly Tensor[] | readonly ParamGroup<T>[];

/** Options of a group as they are now: schedules change them. */
export type Options<T extends RateTable> = {
  -readonly [K in keyof ParamValues<T> as Exclude<K, "lr">]: ParamValues<T>[K];
} & {
  lr: number;
};

export function groupsOf<T extends RateTable>(
  where: string,
  params: Parameters<T>,
): { params: readonly Tensor[]; given: ParamInput<T> }[] {
  requireList(where, "params", params, "an array of tensors or of groups { params, ... }");
  if (params.length === 0) throw shapeError(where, "params", "is empty", "at least one tensor");
  const tensors = params.filter((p) => p instanceof Tensor);
  if (tensors.length !== 0 && tensors.length !== params.length) {
    throw argumentError(where, "params", "a mixture of tensors and groups", "one or the other");
  }
  const groups = (tensors.length > 0 ? [{ params: tensors }] : params) as readonly ParamGroup<T>[];
  const seen = new Set<Tensor>();
  return groups.map(({ params, ...given }, g) => {
    requireList(where, `params[${g}].params`, params, "an array of tensors");
    params.forEach((p, i) => {
      const name = tensors.length > 0 ? `params[${i}]` : `params[${g}].params[${i}]`;
      if (!(p instanceof Tensor)) throw argumentError(where, name, p, "a tensor");
      // After an update a leaf is a "detach" of its new value.
      if (!p.requiresGrad || !(p.node.op === "buffer" || p.node.op === "detach")) {
        throw argumentError(where, name, show(p.toString()), "a leaf made with requiresGrad: true");
      }
      if (seen.has(p)) throw argumentError(where, name, "a tensor that is listed before", "each tensor once");
      seen.add(p);
    });
    return { params, given: given as unknown as ParamInput<T> };
  });
}

/**
 * Two groups: matrices and kernels (two axes or more), which decay, and biases and gains of normalisation (one axis or
 * none), which do not.
 *
 * @example
 * const weight = Tensor.ones([2, 3], { requiresGrad: true });
 * const bias = Tensor.zeros([2], { requiresGrad: true });
 * splitForDecay([weight, bias], 0.01).map((g) => [g.params.length, g.weightDecay]); // [[1, 0.01], [1, 0]]
 */
export function splitForDecay(
  params: readonly Tensor[],
  weightDecay: number,
): { params: Tensor[]; weightDecay: number }[] {
  requireList("splitForDecay", "params", params, "an array of tensors");
  for (let i = 0; i < params.length; i++) {
    if (!(params[i] instanceof Tensor))
      throw argumentError("splitForDecay", `params[${i}]`, params[i], "a tensor");
  }
  if (!(weightDecay >= 0)) throw argumentError("splitForDecay", "weightDecay", weightDecay, "a number >= 0");
  const groups = [
    { params: params.filter((p) => p.rank >= 2), weightDecay },
    { params: params.filter((p) => p.rank < 2), weightDecay: 0 },
  ];
  return groups.filter((g) => g.params.length > 0);
}

import * as anomaly from "../anomaly/index.ts";
import * as bayes from "../bayes/index.ts";
import * as calibration from "../calibration/index.ts";
import * as cluster from "../cluster/index.ts";
import * as contract from "../contract/index.ts";
import { decode, type EncodableType, formatError, type SpecClass } from "../contract/index.ts";
import * as data from "../data/index.ts";
import * as decomposition from "../decomposition/index.ts";
import * as dummy from "../dummy/index.ts";
import * as ensemble from "../ensemble/index.ts";
import * as gaussianProcess from "../gaussian-process/index.ts";
import * as interchange from "../interchange/index.ts";
import * as linear from "../linear/index.ts";
import * as manifold from "../manifold/index.ts";
import * as math from "../math/index.ts";
import * as mixture from "../mixture/index.ts";
import * as neighbors from "../neighbors/index.ts";
import * as selection from "../selection/index.ts";
import * as svm from "../svm/index.ts";
import * as text from "../text/index.ts";
import * as tree from "../tree/index.ts";

/** An estimator and what its `fit` gives. */
export interface RegistryEntry {
  readonly spec: SpecClass & EncodableType;
  readonly model: EncodableType;
}

/**
 * Every estimator of the library, family by family: each `Name` is exported beside its model `NameModel`.
 *
 * @example
 * estimators().length > 100; // true
 */
export function estimators(): readonly RegistryEntry[] {
  return families().flatMap((family) =>
    Object.entries(family).flatMap(([name, spec]) => {
      const model = family[`${name}Model`];
      return isType(spec) && isType(model) ? [{ spec: spec as RegistryEntry["spec"], model }] : [];
    }),
  );
}

type Exports = Readonly<Record<string, unknown>>;
const families = (): readonly Exports[] => [
  dummy,
  linear,
  bayes,
  tree,
  ensemble,
  anomaly,
  neighbors,
  cluster,
  svm,
  decomposition,
  mixture,
  manifold,
  gaussianProcess,
  data,
  text,
  selection,
];

function isType(value: unknown): value is EncodableType {
  return typeof value === "function" && "typeName" in value && "fromState" in value;
}

let types: ReadonlyMap<string, EncodableType> | null = null;

/**
 * Finds any class that can be saved (estimators, models, matrices, tables) by its `typeName`.
 *
 * @example
 * typeByName("Ridge").typeName; // "Ridge"
 */
export function typeByName(name: string): EncodableType | undefined {
  types ??= new Map(
    [contract, math, calibration, interchange, ...families()]
      .flatMap((module) => Object.values(module as Exports))
      .filter(isType)
      .map((type) => [type.typeName, type]),
  );
  return types.get(name);
}

/**
 * Rebuilds a saved model. No code from the file runs; a damaged or foreign file is refused with a sentence.
 *
 * @param bytes what `model.save()` gave
 * @example
 * const model = new Ridge().fit([[1], [2], [3]], [1, 2, 3]);
 * const again = load(model.save());
 * again.predict([[4]])[0] === model.predict([[4]])[0]; // true
 */
export function load(bytes: Uint8Array): unknown {
  const value = decode(bytes, typeByName);
  if (value === null || typeof value !== "object") throw formatError("load", "the file holds no model");
  return value;
}

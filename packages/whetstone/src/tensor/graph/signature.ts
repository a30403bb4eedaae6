/**
 * Numbers for what a node computes of its inputs: primitive, attributes, shape and dtype. They are found by walking
 * through a tree along the sizes of the shape and the numbers of the attributes, which makes no text and no garbage: a
 * training step asks for hundreds.
 */
import { type DType, dtypes } from "../dtype.ts";
import { type Primitive, primitiveNumber } from "./primitives.ts";
import type { Shape } from "./shape.ts";

type Key = number | string | boolean;

class Place {
  /** Signature of the node whose attributes end here; -1: none yet. */
  signature = -1;
  readonly #next = new Map<Key, Place>();

  at(key: Key): Place {
    let place = this.#next.get(key);
    if (place === undefined) this.#next.set(key, (place = new Place()));
    return place;
  }
}

/** A shape, with the signatures of nodes without attributes by primitive and dtype. */
class ShapePlace {
  readonly plain = new Int32Array(8 * (primitiveNumber.size + 1)).fill(-1);
  readonly withAttributes = new Place();
}

const shapes = new Map<Place, ShapePlace>();
const root = new Place();
const dtypeNumbers = Object.fromEntries(Object.keys(dtypes).map((d, i) => [d, i])) as Record<DType, number>;
let count = 0;

/** Shapes are passed on from node to node, so the next one asked for is often the same array. */
let lastShape: Shape | null = null;
let lastPlace: ShapePlace;

function placeOf(shape: Shape): ShapePlace {
  if (shape === lastShape) return lastPlace;
  let place = root.at(shape.length);
  for (let i = 0; i < shape.length; i++) place = place.at(shape[i]!);
  let found = shapes.get(place);
  if (found === undefined) shapes.set(place, (found = new ShapePlace()));
  lastShape = shape;
  lastPlace = found;
  return found;
}

function along(place: Place, value: unknown): Place {
  if (!Array.isArray(value)) return place.at(Object.is(value, -0) ? "-0" : (value as Key));
  let at = place.at(value.length);
  for (let i = 0; i < value.length; i++) at = along(at, value[i]);
  return at;
}

/** Equal for nodes that compute the same function of their inputs. */
export function signatureOf(op: Primitive, attrs: object, shape: Shape, dtype: DType): number {
  const place = placeOf(shape);
  const kind = 8 * primitiveNumber.get(op)! + dtypeNumbers[dtype];
  let at: Place | undefined;
  // A buffer is what its storage holds; a custom node computes its first input.
  if (op !== "custom" && op !== "buffer") {
    for (const name in attrs) {
      at = along(at ?? place.withAttributes.at(kind), (attrs as Record<string, unknown>)[name]);
    }
  }
  if (at === undefined) return plainOf(place, kind);
  if (at.signature < 0) at.signature = count++;
  return at.signature;
}

/** Equal for nodes of equal shape and dtype whose value is there already. */
export function leafSignatureOf(shape: Shape, dtype: DType): number {
  return plainOf(placeOf(shape), 8 * primitiveNumber.size + dtypeNumbers[dtype]);
}

function plainOf({ plain }: ShapePlace, kind: number): number {
  if (plain[kind]! < 0) plain[kind] = count++;
  return plain[kind]!;
}

/** Elements from what callers hand in, and back as nested arrays. */
import { argumentError, shapeError, show } from "../../errors.ts";
import { Matrix } from "../../math/index.ts";
import { type DType, dtypes, makeArray, readElement, type TypedArray, writeElement } from "../dtype.ts";
import type { Shape } from "../graph/shape.ts";

/** Numbers in rows, as deep as there are axes. */
export type Nested = number | boolean | readonly Nested[];

interface Elements {
  readonly array: ArrayLike<number>;
  readonly shape: number[];
  readonly type: DType;
}

/** Those that a typed array's class says. */
const plainTypes = (Object.keys(dtypes) as DType[]).filter(
  (d) => d !== "bool" && d !== "f16" && d !== "bf16",
);

/** The elements in row-major order, with the shape and dtype they come with. */
export function elementsOf(where: string, values: Matrix | TypedArray | Nested): Elements {
  if (values instanceof Matrix) {
    const type = values.data instanceof Float32Array ? "f32" : "f64";
    return { array: values.data, shape: [values.rows, values.cols], type };
  }
  if (typeof values === "number") return { array: [values], shape: [], type: "f32" };
  if (!ArrayBuffer.isView(values)) return flatten(where, values);
  const found = plainTypes.find((d) => values instanceof dtypes[d].View);
  if (!found) {
    throw argumentError(where, "values", values, "a Float32Array, Float64Array, Int32Array or Uint8Array");
  }
  return { array: values, shape: [values.length], type: found };
}

function flatten(where: string, values: Nested): Elements {
  const shape: number[] = [];
  let probe: unknown = values;
  while (Array.isArray(probe)) {
    shape.push(probe.length);
    probe = probe[0];
  }
  const flat: number[] = [];
  let bools = 0;
  const visit = (value: unknown, axis: number, path: string) => {
    if (axis === shape.length) {
      if (typeof value === "boolean") bools++;
      else if (typeof value !== "number") throw argumentError(where, `values${path}`, value, "a number");
      flat.push(Number(value));
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) {
      const what = Array.isArray(value) ? `has ${value.length} entries` : `is ${show(value)}`;
      throw shapeError(where, `values${path}`, what, `an array of ${shape[axis]}, as its neighbours`);
    }
    for (let i = 0; i < value.length; i++) visit(value[i], axis + 1, `${path}[${i}]`);
  };
  visit(values, 0, "");
  return { array: flat, shape, type: bools > 0 && bools === flat.length ? "bool" : "f32" };
}

/** A copy of the elements as an array of `dtype`; they come as `from`. */
export function convert(array: ArrayLike<number>, from: DType, dtype: DType): TypedArray {
  const host = makeArray(dtype, array.length);
  if (from === dtype && "buffer" in array) host.set(array as TypedArray);
  else for (let i = 0; i < host.length; i++) writeElement(dtype, host, i, array[i]!);
  return host;
}

export function nestedOf(array: TypedArray, shape: Shape, dtype: DType): Nested {
  let at = 0;
  const build = (axis: number): Nested => {
    if (axis === shape.length) {
      const value = readElement(dtype, array, at++);
      return dtype === "bool" ? value !== 0 : value;
    }
    return Array.from({ length: shape[axis]! }, () => build(axis + 1));
  };
  return build(0);
}

/** What the scheduler works on: values that kernels compute, and references to them through views. */
import type { DType } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import type { Shape } from "../graph/shape.ts";
import type { Level } from "./kernel.ts";
import type { View } from "./view.ts";

/** A value under a view whose shape is that of the graph node it stands for. */
export interface Ref {
  readonly value: Value;
  readonly view: View;
}

export interface Value {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly what:
    | { readonly kind: "leaf"; readonly leaf: number }
    | { readonly kind: "const"; readonly value: number }
    | { readonly kind: "iota" }
    /** An elementwise primitive, gather or a reduction of other values. */
    | { readonly kind: "node"; readonly node: Node; readonly inputs: readonly Ref[] }
    /** A conversion of dtype, or (same dtype) a copy that makes a view contiguous. */
    | { readonly kind: "copy"; readonly from: Ref }
    /** The output of a call kernel. */
    | { readonly kind: "call" };
  /** Number of the group that computes it; -1 for leaves and what is computed in place (const, iota). */
  group: number;
  level: Level;
  /** Whether it has memory of its own. */
  stored: boolean;
}

/** Values computed by one kernel. */
export interface Group {
  readonly index: number;
  readonly call: null | { readonly node: Node; readonly inputs: readonly Ref[]; readonly dtype: DType };
  readonly space: Shape;
  /** Reduced axes of the space, or null while the group reduces nothing. */
  reduced: readonly number[] | null;
  readonly values: Value[];
  /** Id of the newest graph node in it. */
  newest: number;
}

/** The reduced axes count 1. */
export const outerShape = (space: Shape, reduced: readonly number[]): number[] =>
  space.map((n, i) => (reduced.includes(i) ? 1 : n));

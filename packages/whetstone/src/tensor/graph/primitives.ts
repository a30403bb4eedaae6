/**
 * The closed set of primitives. Every operation of a tensor is a graph of these; gradient rules, the reference
 * backend and every code generator are tables over this set, so that a missing rule does not compile.
 *
 * All elementwise operands have the node's shape; broadcasting is an explicit `expand`.
 */
import type { Storage } from "./storage.ts";

type None = Readonly<Record<never, never>>;

/** One operand, elementwise. `round` goes to even; `sign` of 0 is 0; `not` takes and gives bool. */
export interface UnaryAttrs {
  neg: None;
  abs: None;
  sign: None;
  floor: None;
  round: None;
  sqrt: None;
  exp: None;
  expm1: None;
  log: None;
  log1p: None;
  sin: None;
  cos: None;
  atan: None;
  tanh: None;
  sigmoid: None;
  erf: None;
  not: None;
  /** To the node's dtype. Floats to integers: towards zero, clamped, NaN to 0; to bool: is it not 0. */
  cast: None;
}

/** Two operands of one dtype, elementwise. `mod` takes the sign of the divisor; integer `div` truncates. */
export interface BinaryAttrs {
  add: None;
  sub: None;
  mul: None;
  div: None;
  mod: None;
  pow: None;
  /** NaN if either is NaN. */
  maximum: None;
  minimum: None;
  /** Comparisons give bool. */
  lt: None;
  le: None;
  eq: None;
  /** On bool and integers. */
  and: None;
  or: None;
  xor: None;
}

export interface TernaryAttrs {
  /** condition (bool), then, else. */
  where: None;
  /** counter, key0, key1 (i32): 32 random bits as i32; see graph/random-bits.ts. */
  random: None;
}

export interface MovementAttrs {
  reshape: None;
  /** Output axis i is input axis order[i]. */
  permute: { readonly order: readonly number[] };
  /** Axes of size 1 become the node's size. */
  expand: None;
  /** Elements start, start + step, ... of each axis, as many as the node's size; step may be negative. */
  slice: { readonly starts: readonly number[]; readonly steps: readonly number[] };
  /** Zeros before and after. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Axis of size n becomes count windows, and a last axis of size `size` is added: out[.., i, .., j] = in[.., i stride + j dilation, ..]. */
  window: {
    readonly axis: number;
    readonly size: number;
    readonly stride: number;
    readonly dilation: number;
  };
}

/** Axes are kept with size 1. */
export interface ReduceAttrs {
  sum: { readonly axes: readonly number[] };
  /** NaN if any is NaN; of nothing: -Infinity, or the least integer. */
  max: { readonly axes: readonly number[] };
  /** Place of the first greatest along one axis, i32; NaN counts as greatest. */
  argmax: { readonly axes: readonly [number] };
}

/** Size and geometry of a 2-d convolution; pairs are [height, width]. */
export interface ConvGeometry {
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Zeros before and after: [top, bottom, left, right]. */
  readonly padding: readonly [number, number, number, number];
  readonly groups: number;
}

export interface StructuredAttrs {
  /** Adjoint of `window`: sums windows back to an axis of size `length`. */
  fold: {
    readonly axis: number;
    readonly length: number;
    readonly stride: number;
    readonly dilation: number;
  };
  /** [..., m, k] x [..., k, n]; leading axes agree. */
  matmul: None;
  /** x [N, C, H, W], w [O, C / groups, KH, KW] -> [N, O, OH, OW]. */
  conv: ConvGeometry;
  /** Gradient of conv for x: g [N, O, OH, OW], w -> the node's shape [N, C, H, W]. A transposed convolution. */
  convInput: ConvGeometry;
  /** Gradient of conv for w: x, g -> the node's shape [O, C / groups, KH, KW]. */
  convWeight: ConvGeometry;
  /** x, index (i32, the node's shape): out[i0, .., ia, ..] = x[i0, .., index[i], ..]; negative or too large: 0. */
  gather: { readonly axis: number };
  /** source, index (same shape): out[i0, .., index[i], ..] += source[i], out of the node's shape, zeros before; in order. */
  scatterAdd: { readonly axis: number };
  /** Running sum along an axis, from its end if reverse. */
  cumsum: { readonly axis: number; readonly reverse: boolean };
  /** i32 places that sort an axis, stable; NaN last. */
  argsort: { readonly axis: number; readonly descending: boolean };
}

export interface SourceAttrs {
  buffer: { readonly storage: Storage };
  const: { readonly value: number };
  /** 0, 1, 2, ... as i32, shape [n]. */
  iota: None;
}

/** Identities that matter to differentiation only; schedulers look through them. */
export interface MarkerAttrs {
  /** Stops gradients. */
  detach: None;
  /** Gradients come from the given function instead (custom gradients, checkpointing). Inputs: the value, then what it depends on. */
  custom: { readonly rule: CustomRule };
}

/** Gradients for the inputs after the first, given the node's own gradient and the node (which may be a copy). */
export type CustomRule = (gradient: unknown, node: unknown) => readonly unknown[];

export interface AttrsOf
  extends SourceAttrs,
    UnaryAttrs,
    BinaryAttrs,
    TernaryAttrs,
    MovementAttrs,
    ReduceAttrs,
    StructuredAttrs,
    MarkerAttrs {}

export type Primitive = keyof AttrsOf;
export type Unary = keyof UnaryAttrs;
export type Binary = keyof BinaryAttrs;
export type Ternary = keyof TernaryAttrs;
export type Elementwise = Unary | Binary | Ternary;
export type Movement = keyof MovementAttrs;
export type Reduce = keyof ReduceAttrs;

type Kind = "source" | "unary" | "binary" | "ternary" | "movement" | "reduce" | "structured" | "marker";

const kinds: { readonly [P in Primitive]: Kind } = {
  buffer: "source",
  const: "source",
  iota: "source",
  neg: "unary",
  abs: "unary",
  sign: "unary",
  floor: "unary",
  round: "unary",
  sqrt: "unary",
  exp: "unary",
  expm1: "unary",
  log: "unary",
  log1p: "unary",
  sin: "unary",
  cos: "unary",
  atan: "unary",
  tanh: "unary",
  sigmoid: "unary",
  erf: "unary",
  not: "unary",
  cast: "unary",
  add: "binary",
  sub: "binary",
  mul: "binary",
  div: "binary",
  mod: "binary",
  pow: "binary",
  maximum: "binary",
  minimum: "binary",
  lt: "binary",
  le: "binary",
  eq: "binary",
  and: "binary",
  or: "binary",
  xor: "binary",
  where: "ternary",
  random: "ternary",
  reshape: "movement",
  permute: "movement",
  expand: "movement",
  slice: "movement",
  pad: "movement",
  window: "movement",
  sum: "reduce",
  max: "reduce",
  argmax: "reduce",
  fold: "structured",
  matmul: "structured",
  conv: "structured",
  convInput: "structured",
  convWeight: "structured",
  gather: "structured",
  scatterAdd: "structured",
  cumsum: "structured",
  argsort: "structured",
  detach: "marker",
  custom: "marker",
};

export const kindOf = (op: Primitive): Kind => kinds[op];

export const primitives = Object.keys(kinds) as readonly Primitive[];

/** Number of a primitive, for compact keys. */
export const primitiveNumber: ReadonlyMap<Primitive, number> = new Map(primitives.map((p, i) => [p, i]));

import { argumentError, requireList } from "../errors.ts";

/** Where a hyperparameter may move; `"fixed"` keeps it. */
export type KernelBounds = readonly [low: number, high: number] | "fixed";

/** A covariance function as data: leaves with hyperparameters, sums and products of kernels. */
export type GpKernel =
  | { readonly kind: "constant"; readonly value: number; readonly bounds: KernelBounds }
  | { readonly kind: "white"; readonly noise: number; readonly bounds: KernelBounds }
  | { readonly kind: "rbf"; readonly lengthScale: readonly number[]; readonly bounds: KernelBounds }
  | {
      readonly kind: "matern";
      readonly lengthScale: readonly number[];
      readonly nu: 0.5 | 1.5 | 2.5;
      readonly bounds: KernelBounds;
    }
  | {
      readonly kind: "rationalQuadratic";
      readonly lengthScale: number;
      readonly alpha: number;
      readonly bounds: KernelBounds;
    }
  | {
      readonly kind: "periodic";
      readonly lengthScale: number;
      readonly period: number;
      readonly bounds: KernelBounds;
    }
  | { readonly kind: "dotProduct"; readonly sigma0: number; readonly bounds: KernelBounds }
  | { readonly kind: "sum"; readonly parts: readonly GpKernel[] }
  | { readonly kind: "product"; readonly parts: readonly GpKernel[] };

const WIDE: KernelBounds = [1e-5, 1e5];

function positive(where: string, name: string, value: number): number {
  if (!(typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, name, value, "a number > 0");
  return value;
}

function bounded(where: string, bounds: KernelBounds): KernelBounds {
  const pair = Array.isArray(bounds) && bounds.length === 2 && bounds[0] > 0 && bounds[1] >= bounds[0];
  if (bounds !== "fixed" && !(pair && Number.isFinite(bounds[1])))
    throw argumentError(where, "bounds", bounds, '[low, high] with 0 < low <= high, or "fixed"');
  return bounds;
}

function scales(where: string, given: number | readonly number[]): number[] {
  if (typeof given === "number") return [positive(where, "lengthScale", given)];
  requireList(where, "lengthScale", given, "a number > 0, or one per column");
  if (given.length === 0) throw argumentError(where, "lengthScale", given, "a number > 0, or one per column");
  return Array.from(given, (v, j) => positive(where, `lengthScale[${j}]`, v));
}

/**
 * k = value: scales what it multiplies.
 *
 * @example
 * new GaussianProcessRegressor({ kernel: productKernel(constantKernel(4), rbf(1)) }).fit([[0]], [1]).predict([[0]]); // about [1]
 */
export function constantKernel(value = 1, bounds: KernelBounds = WIDE): GpKernel {
  return {
    kind: "constant",
    value: positive("constantKernel", "value", value),
    bounds: bounded("constantKernel", bounds),
  };
}

/** Noise of that variance on each row, independent of all others; 0 between training rows and new ones. */
export function whiteKernel(noise = 1, bounds: KernelBounds = WIDE): GpKernel {
  return {
    kind: "white",
    noise: positive("whiteKernel", "noise", noise),
    bounds: bounded("whiteKernel", bounds),
  };
}

/**
 * exp(-sum ((x - y) / lengthScale)^2 / 2); one scale for all columns or one each. Infinitely smooth.
 *
 * @example
 * const kernel = productKernel(constantKernel(2), rbf(0.5));
 * new GaussianProcessRegressor({ kernel }).fit([[0], [1]], [0, 1]).predict([[1]]); // about [1]
 */
export function rbf(lengthScale: number | readonly number[] = 1, bounds: KernelBounds = WIDE): GpKernel {
  return { kind: "rbf", lengthScale: scales("rbf", lengthScale), bounds: bounded("rbf", bounds) };
}

/** Matern covariance of smoothness nu: 0.5 is exp(-r), 1.5 once and 2.5 twice differentiable. */
export function matern(
  lengthScale: number | readonly number[] = 1,
  nu: 0.5 | 1.5 | 2.5 = 1.5,
  bounds: KernelBounds = WIDE,
): GpKernel {
  if (![0.5, 1.5, 2.5].includes(nu)) throw argumentError("matern", "nu", nu, "0.5, 1.5 or 2.5");
  return {
    kind: "matern",
    lengthScale: scales("matern", lengthScale),
    nu,
    bounds: bounded("matern", bounds),
  };
}

/** (1 + r^2 / (2 alpha lengthScale^2))^-alpha: a mixture of rbf kernels of many scales. */
export function rationalQuadratic(lengthScale = 1, alpha = 1, bounds: KernelBounds = WIDE): GpKernel {
  const where = "rationalQuadratic";
  positive(where, "lengthScale", lengthScale);
  return { kind: where, lengthScale, alpha: positive(where, "alpha", alpha), bounds: bounded(where, bounds) };
}

/** exp(-2 (sin(pi r / period) / lengthScale)^2), r the Euclidean distance: positive definite for one column. */
export function periodicKernel(lengthScale = 1, period = 1, bounds: KernelBounds = WIDE): GpKernel {
  const where = "periodicKernel";
  positive(where, "lengthScale", lengthScale);
  return {
    kind: "periodic",
    lengthScale,
    period: positive(where, "period", period),
    bounds: bounded(where, bounds),
  };
}

/** sigma0^2 + x . y: Bayesian linear regression. */
export function dotProduct(sigma0 = 1, bounds: KernelBounds = WIDE): GpKernel {
  return {
    kind: "dotProduct",
    sigma0: positive("dotProduct", "sigma0", sigma0),
    bounds: bounded("dotProduct", bounds),
  };
}

function parts(where: string, given: readonly GpKernel[]): readonly GpKernel[] {
  if (given.length === 0 || !given.every(isKernel))
    throw argumentError(where, "kernels", given, "one kernel or more");
  return given;
}

/** Sum of kernels: of independent functions. */
export const sumKernel = (...kernels: GpKernel[]): GpKernel => ({
  kind: "sum",
  parts: parts("sumKernel", kernels),
});
/** Product of kernels: near where all are near. */
export const productKernel = (...kernels: GpKernel[]): GpKernel => ({
  kind: "product",
  parts: parts("productKernel", kernels),
});

const KINDS = [
  "constant",
  "white",
  "rbf",
  "matern",
  "rationalQuadratic",
  "periodic",
  "dotProduct",
  "sum",
  "product",
];

export function isKernel(value: unknown): value is GpKernel {
  if (value === null || typeof value !== "object") return false;
  const k = value as { kind?: unknown; parts?: unknown };
  if (!KINDS.includes(k.kind as string)) return false;
  return k.kind !== "sum" && k.kind !== "product" ? true : Array.isArray(k.parts) && k.parts.every(isKernel);
}

/** Names of the hyperparameters of a leaf, in the order of theta. */
function leafNames(k: GpKernel): readonly string[] {
  switch (k.kind) {
    case "constant":
      return ["value"];
    case "white":
      return ["noise"];
    case "rbf":
    case "matern":
      return ["lengthScale"];
    case "rationalQuadratic":
      return ["alpha", "lengthScale"];
    case "periodic":
      return ["lengthScale", "period"];
    case "dotProduct":
      return ["sigma0"];
    default:
      return [];
  }
}

function leafValues(k: GpKernel): number[] {
  return leafNames(k).flatMap((name) => (k as unknown as Record<string, number | number[]>)[name]!);
}

/** Logarithms of the free hyperparameters, leaf by leaf. */
export function thetaOf(k: GpKernel): number[] {
  if (k.kind === "sum" || k.kind === "product") return k.parts.flatMap(thetaOf);
  return k.bounds === "fixed" ? [] : leafValues(k).map(Math.log);
}

/** Bounds of theta. */
export function thetaBounds(k: GpKernel): { lower: number[]; upper: number[] } {
  if (k.kind === "sum" || k.kind === "product") {
    const all = k.parts.map(thetaBounds);
    return { lower: all.flatMap((b) => b.lower), upper: all.flatMap((b) => b.upper) };
  }
  const { bounds } = k;
  if (bounds === "fixed") return { lower: [], upper: [] };
  const count = leafValues(k);
  return { lower: count.map(() => Math.log(bounds[0])), upper: count.map(() => Math.log(bounds[1])) };
}

/** The kernel with other free hyperparameters; takes them from the front of `theta`. */
export function withTheta(k: GpKernel, theta: readonly number[]): GpKernel {
  const left = [...theta];
  const visit = (node: GpKernel): GpKernel => {
    if (node.kind === "sum" || node.kind === "product") return { ...node, parts: node.parts.map(visit) };
    if (node.bounds === "fixed") return node;
    const changed: Record<string, number | number[]> = {};
    for (const name of leafNames(node)) {
      const old = (node as unknown as Record<string, number | number[]>)[name]!;
      changed[name] = Array.isArray(old) ? old.map(() => Math.exp(left.shift()!)) : Math.exp(left.shift()!);
    }
    return { ...node, ...changed } as GpKernel;
  };
  return visit(k);
}

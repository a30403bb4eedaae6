import { custom, type FitOptions, int, oneOf, seed } from "../contract/index.ts";
import { shapeError } from "../errors.ts";
import { lbfgsb, randomStream } from "../math/index.ts";
import {
  constantKernel,
  type GpKernel,
  isKernel,
  productKernel,
  rbf,
  thetaBounds,
  thetaOf,
  withTheta,
} from "./kernels.ts";

/** Parameters that say what the kernel is and how it is fitted. */
export const kernelParams = {
  kernel: custom<GpKernel | null>({
    default: null,
    doc: "Covariance function; null is the squared exponential with variance and length scale 1, held fixed",
    expected: "a kernel made by rbf, matern, sumKernel, ..., or null",
    accepts: (v) => v === null || isKernel(v),
  }),
  optimizer: oneOf(["lbfgsb", "none"], {
    default: "lbfgsb",
    doc: "lbfgsb raises the log marginal likelihood over the free hyperparameters; none keeps them",
  }),
  nRestartsOptimizer: int({
    min: 0,
    default: 0,
    doc: "Further starts, drawn log-uniformly between the bounds",
  }),
  seed: seed(),
} as const;

/** The kernel to start from, checked against the columns. */
export function startKernel(given: GpKernel | null, d: number, where: string): GpKernel {
  const kernel = given ?? productKernel(constantKernel(1, "fixed"), rbf(1, "fixed"));
  const check = (k: GpKernel): void => {
    if (k.kind === "sum" || k.kind === "product") k.parts.forEach(check);
    else if ((k.kind === "rbf" || k.kind === "matern") && ![1, d].includes(k.lengthScale.length))
      throw shapeError(
        where,
        "kernel",
        `has ${k.lengthScale.length} length scales`,
        `1 or ${d} (columns of X)`,
      );
  };
  check(kernel);
  return kernel;
}

/**
 * The kernel whose free hyperparameters make the log evidence largest, from `first` and from random places between their
 * bounds.
 *
 * @param evidence value and gradient at a kernel; null where it cannot be computed
 */
export function fitKernel(
  first: GpKernel,
  evidence: (kernel: GpKernel) => { value: number; gradient: readonly number[] } | null,
  params: {
    readonly optimizer: "lbfgsb" | "none";
    readonly nRestartsOptimizer: number;
    readonly seed: number;
  },
  options: FitOptions,
  onStart: (run: number, runs: number) => void,
): GpKernel {
  const theta = thetaOf(first);
  if (params.optimizer === "none" || theta.length === 0) return first;
  const bounds = thetaBounds(first);
  const random = randomStream(params.seed);
  const runs = params.nRestartsOptimizer + 1;
  let best: { theta: number[]; value: number } | null = null;
  for (let run = 0; run < runs; run++) {
    const start = run === 0 ? theta : bounds.lower.map((low, j) => random.uniform(low, bounds.upper[j]!));
    const valueAndGradient = (x: Float64Array, out: Float64Array): number => {
      const found = evidence(withTheta(first, Array.from(x)));
      // Where the covariance cannot be factored there is no density: as bad as can be.
      if (!found) {
        out.fill(0);
        return 1e100;
      }
      found.gradient.forEach((g, j) => {
        out[j] = -g;
      });
      return -found.value;
    };
    const { x, value } = lbfgsb({ valueAndGradient }, start, {
      bounds,
      tolerance: { gradient: 1e-5, value: 2.2e-9 },
      ...(options.signal && { signal: options.signal }),
    });
    if (!best || value < best.value) best = { theta: Array.from(x), value };
    onStart(run + 1, runs);
  }
  return withTheta(first, best!.theta);
}

import { argumentError, shapeError, show, valueError } from "../../errors.ts";

/** How raw predictions become predictions: as they are, their exponential, or 1 / (1 + exp(-raw)). */
export type LinkName = "identity" | "exp" | "sigmoid";

/** First and second derivatives of a loss, one number per row. */
export interface Derivatives {
  readonly gradient: ArrayLike<number>;
  readonly hessian: ArrayLike<number>;
}

/**
 * A loss of one's own: what boosting needs of it. Derivatives are taken with respect to the raw prediction of each row;
 * weights are multiplied on afterwards. Leaves take the value -sum(gradient) / (sum(hessian) + l2Regularization), so a
 * hessian of ones gives plain gradient boosting with leaf means.
 */
export interface BoostingObjective {
  /** Name under which the model keeps it. */
  readonly name: string;
  /**
   * Gradient and hessian (>= 0) of each row at its raw prediction; both finite, as long as `y`. The arrays passed are
   * copies.
   */
  derivatives(y: Float64Array, raw: Float64Array): Derivatives;
  /** Raw prediction before the first tree, or a function of the targets and weights (null: ones) that gives it. Default 0. */
  readonly baseline?: number | ((y: Float64Array, weights: Float64Array | null) => number);
  /** How the model turns raw predictions into predictions. Default: as they are. */
  readonly link?: LinkName;
  /** Mean loss, which early stopping watches; needed only there. */
  meanLoss?(y: Float64Array, raw: Float64Array, weights: Float64Array | null): number;
}

/** Derivatives of the rows of one training run. */
export interface RowDerivatives {
  /** Writes the derivatives at these raw predictions. */
  update(raw: Float64Array, gradient: Float64Array, hessian: Float64Array): void;
  meanLoss(raw: Float64Array, weights: Float64Array | null): number;
}

export const links: Readonly<Record<LinkName, (raw: number) => number>> = {
  identity: (raw) => raw,
  exp: Math.exp,
  sigmoid: (raw) => 1 / (1 + Math.exp(-raw)),
};

export function isObjective(v: unknown): v is BoostingObjective {
  if (typeof v !== "object" || v === null) return false;
  const o = v as Partial<Record<keyof BoostingObjective, unknown>>;
  return (
    typeof o.name === "string" &&
    typeof o.derivatives === "function" &&
    (o.baseline === undefined || typeof o.baseline === "function" || Number.isFinite(o.baseline)) &&
    (o.link === undefined || Object.hasOwn(links, o.link as string)) &&
    (o.meanLoss === undefined || typeof o.meanLoss === "function")
  );
}

/** The objective's baseline, checked. */
export function objectiveBaseline(
  objective: BoostingObjective,
  y: Float64Array,
  weights: Float64Array | null,
  where: string,
): number {
  const { baseline = 0 } = objective;
  if (typeof baseline === "number") return baseline;
  const value = baseline(y.slice(), weights?.slice() ?? null);
  if (Number.isFinite(value)) return value;
  throw valueError(where, "loss", `gives the baseline ${show(value)}, expected a finite number`);
}

/** The objective on these rows, with what it returns checked. */
export function objectiveRows(objective: BoostingObjective, y: Float64Array, where: string): RowDerivatives {
  return {
    update(raw, gradient, hessian) {
      const given = objective.derivatives(y.slice(), raw.slice()) as unknown;
      if (typeof given !== "object" || given === null) {
        throw argumentError(where, "loss.derivatives(y, raw)", given, "an object of gradient and hessian");
      }
      const { gradient: g, hessian: h } = given as Derivatives;
      copyChecked(gradient, g, "gradient", "a finite number", Number.isFinite, where);
      copyChecked(
        hessian,
        h,
        "hessian",
        "a finite number >= 0",
        (v) => v >= 0 && v < Number.POSITIVE_INFINITY,
        where,
      );
    },
    meanLoss(raw, weights) {
      const value = objective.meanLoss!(y.slice(), raw.slice(), weights?.slice() ?? null);
      if (typeof value === "number" && !Number.isNaN(value)) return value;
      throw valueError(where, "loss", `gives the mean loss ${show(value)}, expected a number`);
    },
  };
}

function copyChecked(
  to: Float64Array,
  from: ArrayLike<number> | undefined,
  name: string,
  expected: string,
  accepts: (v: number) => boolean,
  where: string,
): void {
  if (typeof from !== "object" || from === null || from.length !== to.length) {
    const came = typeof from === "object" && from !== null ? `${from.length} entries` : show(from);
    throw shapeError(where, "loss", `gives a ${name} of ${came}`, `${to.length} entries (training rows)`);
  }
  for (let i = 0; i < to.length; i++) {
    const v = from[i]!;
    if (typeof v !== "number" || !accepts(v)) {
      throw valueError(
        where,
        "loss",
        `gives the ${name} ${show(v)} at training row ${i}, expected ${expected}`,
      );
    }
    to[i] = v;
  }
}

import { logit, sigmoid } from "../math/special/logistic.ts";
import { normalCdf, normalPdf, normalQuantile } from "../math/special/normal.ts";

/** How a mean depends on the linear predictor eta. */
export interface Link {
  /** eta of a mean. */
  readonly of: (mu: number) => number;
  /** Mean of an eta. */
  readonly mean: (eta: number) => number;
  /** d mean / d eta. */
  readonly slope: (eta: number) => number;
}

export const LINKS = {
  identity: { of: (mu) => mu, mean: (eta) => eta, slope: () => 1 },
  log: { of: Math.log, mean: Math.exp, slope: Math.exp },
  logit: {
    of: logit,
    mean: sigmoid,
    slope: (eta) => sigmoid(eta) * sigmoid(-eta),
  },
  probit: { of: normalQuantile, mean: (eta) => normalCdf(eta), slope: (eta) => normalPdf(eta) },
  cloglog: {
    of: (mu) => Math.log(-Math.log1p(-mu)),
    mean: (eta) => -Math.expm1(-Math.exp(eta)),
    slope: (eta) => Math.exp(eta - Math.exp(eta)),
  },
  inverse: { of: (mu) => 1 / mu, mean: (eta) => 1 / eta, slope: (eta) => -1 / (eta * eta) },
  sqrt: { of: Math.sqrt, mean: (eta) => eta * eta, slope: (eta) => 2 * eta },
} as const satisfies Record<string, Link>;

/**
 * The function g with g(mean) = x.w: `"identity"`, `"log"`, `"logit"` log(mu / (1 - mu)), `"probit"` the
 * normal quantile, `"cloglog"` log(-log(1 - mu)), `"inverse"` 1 / mu, `"sqrt"`.
 */
export type LinkName = keyof typeof LINKS;

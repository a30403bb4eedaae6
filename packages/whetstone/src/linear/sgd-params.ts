/** Parameters of linear models by stochastic gradient descent, and what every fit of them checks. */
import { argumentError, bool, int, numericalError, oneOf, optional, real, seed } from "../contract/index.ts";
import { lossOf, type SgdLossName } from "./sgd-loss.ts";
import type { SgdSettings, SgdState } from "./sgd-run.ts";

type Penalty = "l2" | "l1" | "elasticnet";

const SHARED = {
  penalty: optional<Penalty>(
    oneOf(["l2", "l1", "elasticnet"], {
      default: "l2",
      doc: "What holds coefficients small; null for nothing",
    }),
    { default: "l2" },
  ),
  alpha: real({
    min: 0,
    exclusiveMin: true,
    default: 1e-4,
    doc: "Strength of the penalty beside the mean loss; also sets the learning rate where that is optimal",
    search: { low: 1e-6, high: 1, scale: "log" },
  }),
  l1Ratio: real({ min: 0, max: 1, default: 0.15, doc: "Share of L1 where penalty is elasticnet" }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  eta0: real({
    min: 0,
    exclusiveMin: true,
    default: 0.01,
    doc: "Learning rate of constant; first one of invscaling",
  }),
  powerT: real({ min: 0, default: 0.25, doc: "Exponent of invscaling" }),
  shuffle: bool({ default: true, doc: "Whether every pass takes the rows in a new random order" }),
  maxIter: int({ min: 1, default: 1000, doc: "Most passes over the rows; stopping there gives a warning" }),
  tol: optional(
    real({
      min: 0,
      default: 1e-3,
      doc: "Passes that lower the mean loss by less count as no change; null runs them all",
    }),
    { default: 1e-3 },
  ),
  nIterNoChange: int({ min: 1, default: 5, doc: "Passes without change after which to stop" }),
  seed: seed(),
};

const rates = (byDefault: "optimal" | "invscaling") =>
  oneOf(["constant", "optimal", "invscaling"], {
    default: byDefault,
    doc: "Step length: eta0; 1 / (alpha (t0 + t)); or eta0 / t^powerT, at row t",
  });

export const classifierParams = {
  loss: oneOf(["hinge", "logLoss", "modifiedHuber", "perceptron"], {
    default: "hinge",
    doc: "hinge is a linear support vector machine, logLoss logistic regression",
  }),
  learningRate: rates("optimal"),
  ...SHARED,
};
export const regressorParams = {
  loss: oneOf(["squaredError", "huber", "epsilonInsensitive"], {
    default: "squaredError",
    doc: "What is minimised",
  }),
  epsilon: real({
    min: 0,
    default: 0.1,
    doc: "Residual at which huber turns linear, or up to which epsilonInsensitive is 0",
  }),
  learningRate: rates("invscaling"),
  ...SHARED,
};
export const perceptronParams = {
  eta0: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Step length; it scales the coefficients, and with a penalty matters",
  }),
  penalty: optional<Penalty>(
    oneOf(["l2", "l1", "elasticnet"], {
      default: "l2",
      doc: "What holds coefficients small; null for nothing",
    }),
  ),
  alpha: SHARED.alpha,
  l1Ratio: SHARED.l1Ratio,
  fitIntercept: SHARED.fitIntercept,
  shuffle: SHARED.shuffle,
  maxIter: SHARED.maxIter,
  tol: SHARED.tol,
  nIterNoChange: SHARED.nIterNoChange,
  seed: seed(),
};

export interface SharedValues {
  readonly penalty: Penalty | null;
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  readonly eta0: number;
  readonly shuffle: boolean;
  readonly maxIter: number;
  readonly tol: number | null;
  readonly nIterNoChange: number;
  readonly seed: number;
}
export type Method = Pick<SgdSettings, "learningRate" | "powerT"> & {
  readonly loss: SgdLossName;
  readonly epsilon: number;
};

export const settingsOf = (p: SharedValues, m: Method): SgdSettings => ({
  loss: lossOf(m.loss, m.epsilon),
  penalty: p.penalty,
  alpha: p.alpha,
  l1Ratio: p.l1Ratio,
  fitIntercept: p.fitIntercept,
  learningRate: m.learningRate,
  eta0: p.eta0,
  powerT: m.powerT,
});

export function checkFinite(states: readonly SgdState[], where: string): void {
  if (!states.every((s) => Number.isFinite(s.intercept) && s.coef.every(Number.isFinite))) {
    throw numericalError(where, "the coefficients grew without bound: scale X or lower eta0");
  }
}

export function refuseInfinite(where: string, params: Readonly<Record<string, unknown>>): void {
  for (const key of ["alpha", "eta0", "powerT", "epsilon"]) {
    const value = params[key];
    if (value === Number.POSITIVE_INFINITY) throw argumentError(where, key, value, "a finite number");
  }
}

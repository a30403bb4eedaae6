export {
  besselI0,
  besselI0Scaled,
  besselI1,
  besselI1Scaled,
  besselJ0,
  besselJ1,
  besselK,
  besselK0,
  besselK0Scaled,
  besselK1,
  besselK1Scaled,
  besselKScaled,
  besselY0,
  besselY1,
} from "./bessel.ts";
export { erf, erfc, erfcInv, erfcx, erfInv } from "./erf.ts";
export { expIntegralE1, expIntegralEi } from "./exponential-integral.ts";
export {
  beta,
  digamma,
  factorial,
  gamma,
  logBeta,
  logBinomial,
  logFactorial,
  logGamma,
  multivariateLogGamma,
  trigamma,
} from "./gamma.ts";
export {
  betaInc,
  betaIncComplement,
  betaIncInv,
  betaPrefix,
  betaTail,
  betaTailInv,
  logBetaPrefix,
} from "./incomplete-beta.ts";
export { gammaP, gammaPInv, gammaPrefix, gammaQ, gammaQInv, logGammaPrefix } from "./incomplete-gamma.ts";
export { lambertW } from "./lambert-w.ts";
export {
  log1mexp,
  log1pmx,
  logAddExp,
  logit,
  logSigmoid,
  sigmoid,
  softplus,
  xlog1py,
  xlogy,
} from "./logistic.ts";
export { normalCdf, normalLogCdf, normalPdf, normalQuantile } from "./normal.ts";
export { zeta } from "./zeta.ts";

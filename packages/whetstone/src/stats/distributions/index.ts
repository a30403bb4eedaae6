export { bernoulli, binomial, geometric, hypergeometric, negativeBinomial, poisson } from "./discrete.ts";
export type { Distribution } from "./distribution.ts";
export { cauchy, laplace, logistic, logNormal, normal, studentT } from "./location-scale.ts";
export { type MatrixInput, MultivariateNormal, multivariateNormal } from "./multivariate-normal.ts";
export {
  betaDistribution,
  chiSquare,
  exponential,
  fDistribution,
  gammaDistribution,
  uniform,
  weibull,
} from "./positive.ts";
export { categorical, type Dirichlet, dirichlet, type Multinomial, multinomial } from "./simplex.ts";

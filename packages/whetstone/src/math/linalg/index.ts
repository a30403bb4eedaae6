export type { DenseInput, RightHandSide } from "./check.ts";
export { Cholesky, cholesky } from "./cholesky.ts";
export { Eig, type Eigenvalues, eig, eigvals } from "./eig.ts";
export { Eigh, type EighOptions, type EighVectorOptions, eigh, eighvals } from "./eigh.ts";
export { expm } from "./expm.ts";
export {
  effectiveRank,
  type LowRankApproximation,
  lowRankApproximation,
  mergeLowRank,
  rankForEnergy,
  spectralEnergyShare,
} from "./low-rank.ts";
export { Lu, lu } from "./lu.ts";
export { logm, powm, sqrtm, symmetricFunction } from "./matrix-functions.ts";
export { cond, type MatrixNorm, norm, nullSpace, pinv, rank } from "./norms.ts";
export { kronecker, type MultiplyOptions, multiply, outer } from "./operations.ts";
export { Qr, type QrOptions, qr } from "./qr.ts";
export {
  det,
  inverse,
  type LstsqOptions,
  type LstsqResult,
  lstsq,
  type SolveOptions,
  slogdet,
  solve,
} from "./solve.ts";
export { Svd, type SvdMethod, type SvdOptions, svd, svdvals } from "./svd.ts";
export { type SolveTriangularOptions, solveTriangular } from "./triangular.ts";
export { type RandomizedSvdOptions, randomizedSvd, truncatedSvd } from "./truncated-svd.ts";

/** Derivative and value of a loss in the score; y is -1 or 1 for classifiers. */
export interface SgdLoss {
  value(score: number, y: number): number;
  slope(score: number, y: number): number;
}

export function lossOf(name: SgdLossName, epsilon: number): SgdLoss {
  switch (name) {
    case "logLoss":
      return {
        value: (p, y) => (y * p > -30 ? Math.log1p(Math.exp(-y * p)) : -y * p),
        slope: (p, y) => -y / (1 + Math.exp(y * p)),
      };
    case "hinge":
      return { value: (p, y) => Math.max(0, 1 - y * p), slope: (p, y) => (y * p < 1 ? -y : 0) };
    case "perceptron":
      return { value: (p, y) => Math.max(0, -y * p), slope: (p, y) => (y * p <= 0 ? -y : 0) };
    case "modifiedHuber":
      return {
        value: (p, y) => (y * p >= 1 ? 0 : y * p >= -1 ? (1 - y * p) ** 2 : -4 * y * p),
        slope: (p, y) => (y * p >= 1 ? 0 : y * p >= -1 ? -2 * y * (1 - y * p) : -4 * y),
      };
    case "squaredError":
      return { value: (p, y) => 0.5 * (p - y) ** 2, slope: (p, y) => p - y };
    case "huber":
      return {
        value: (p, y) => {
          const r = Math.abs(p - y);
          return r <= epsilon ? 0.5 * r * r : epsilon * r - 0.5 * epsilon * epsilon;
        },
        slope: (p, y) => Math.max(-epsilon, Math.min(epsilon, p - y)),
      };
    case "epsilonInsensitive":
      return {
        value: (p, y) => Math.max(0, Math.abs(p - y) - epsilon),
        slope: (p, y) => (Math.abs(p - y) <= epsilon ? 0 : Math.sign(p - y)),
      };
  }
}

export type SgdLossName =
  | "logLoss"
  | "hinge"
  | "perceptron"
  | "modifiedHuber"
  | "squaredError"
  | "huber"
  | "epsilonInsensitive";

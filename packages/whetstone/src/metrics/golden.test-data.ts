import { readFileSync } from "node:fs";
import { expect } from "vitest";

interface Labels {
  confusion: number[][];
  confusionTrue: number[][];
  accuracy: number;
  balancedAccuracy: number;
  balancedAdjusted: number;
  matthews: number;
  kappa: number;
  kappaLinear: number;
  kappaQuadratic: number;
  prfmacro: number[];
  prfmicro: number[];
  prfweighted: number[];
}

/** What `reference/metrics/make_metrics.py` wrote. */
export const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/metrics/metrics.json", import.meta.url), "utf8"),
) as Record<"w" | "yb" | "sb" | "prob" | "pred" | "ym" | "pm" | "yr" | "pr" | "y0", number[]> &
  Record<"Pm" | "logits", number[][]> &
  Record<"binary" | "multi", Record<"plain" | "weighted", Labels>> &
  Record<"binaryPRF" | "zeroDivisionOne" | "labelsSubset" | "logLoss" | "brier" | "hinge", number[]> & {
    curves: Record<
      "plain" | "weighted",
      Record<
        "fpr" | "tpr" | "thresholds" | "fprAll" | "tprAll" | "precision" | "recall" | "prThresholds",
        number[]
      > &
        Record<"auc" | "ap", number>
    >;
    aucMulti: Record<string, number>;
    aucMultiWeighted: number;
    regression: Record<"plain" | "weighted" | "zeros", Record<string, number>>;
    ranking: Record<"rel" | "score", number[][]> &
      Record<"ndcgLinear" | "ndcgExp" | "dcgExp" | "ap" | "rr", number[]>;
    topk: Record<string, number>;
  };

/** Equal to 1e-12, relative above 1. */
export function close(actual: number | ArrayLike<number>, expected: number | ArrayLike<number>): void {
  const a = typeof actual === "number" ? [actual] : Array.from(actual);
  const e = typeof expected === "number" ? [expected] : Array.from(expected);
  expect(a).toHaveLength(e.length);
  a.forEach((v, i) => {
    expect(Math.abs(v - e[i]!), `entry ${i}: ${v} against ${e[i]}`).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(e[i]!)),
    );
  });
}

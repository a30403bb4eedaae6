import type { Label } from "../contract/index.ts";
import { getMetric, type MetricInput, metricNames } from "../metrics/index.ts";
import type { Scorer } from "./scoring.ts";

export const scorerNames = metricNames;

/** The metric of that name as a scorer, or undefined when there is none. */
export function namedScorer(name: string): Scorer | undefined {
  if (!metricNames().includes(name)) return undefined;
  const metric = getMetric(name);
  return {
    name,
    greaterIsBetter: metric.greaterIsBetter,
    score(e) {
      const input: MetricInput = {
        yTrue: e.y as ArrayLike<Label>,
        ...(metric.needs === "probabilities"
          ? { proba: e.probabilities, classes: e.classes }
          : {
              yPred: e.predictions as ArrayLike<Label>,
              ...(metric.needs === "labels" && { classes: e.classes }),
            }),
        ...(e.sampleWeight && { sampleWeight: e.sampleWeight }),
      };
      return metric.evaluate(input);
    },
  };
}

import type { Label } from "../contract/input.ts";
import { argumentError } from "../errors.ts";
import { type Calibration, type CalibrationOptions, readBinary, readUnit } from "./input.ts";
import { binOf, quantileEdges } from "./reliability.ts";

/** A step function on [0, 1]; made by {@link histogramBinning}. */
export class HistogramCalibration implements Calibration {
  static readonly typeName = "HistogramCalibration";
  /** Bin b holds scores in (edges[b], edges[b + 1]]. */
  readonly edges: Float64Array;
  readonly probabilities: Float64Array;

  constructor(edges: Float64Array, probabilities: Float64Array) {
    this.edges = edges;
    this.probabilities = probabilities;
  }

  transform(scores: ArrayLike<number>): Float64Array {
    const s = readUnit("HistogramCalibration.transform", "scores", scores);
    return s.map((v) => this.probabilities[binOf(this.edges, v)]!);
  }

  toState(): unknown {
    return { edges: this.edges, probabilities: this.probabilities };
  }

  static fromState(state: unknown): HistogramCalibration {
    const { edges, probabilities } = state as { edges: Float64Array; probabilities: Float64Array };
    return new HistogramCalibration(edges, probabilities);
  }
}

/**
 * Histogram binning: every score is replaced by the positive rate of its bin on held-out data. Not monotone, and as
 * coarse as its bins. An empty bin keeps its midpoint.
 *
 * @param scores Probabilities in [0, 1].
 * @param options.bins Default 10.
 * @param options.strategy Equal width (default) or equal mass.
 * Source: Zadrozny and Elkan (ICML 2001).
 * @example
 * histogramBinning([0.1, 0.2, 0.7, 0.9], [0, 1, 1, 1], { bins: 2 }).transform([0.3, 0.8]); // [0.5, 1]
 */
export function histogramBinning<L extends Label>(
  scores: ArrayLike<number>,
  yTrue: ArrayLike<L>,
  options: CalibrationOptions<L> & { bins?: number; strategy?: "uniform" | "quantile" } = {},
): HistogramCalibration {
  const where = "histogramBinning";
  const { bins = 10, strategy = "uniform" } = options;
  if (!(Number.isSafeInteger(bins) && bins >= 1)) throw argumentError(where, "bins", bins, "an integer >= 1");
  if (strategy !== "uniform" && strategy !== "quantile") {
    throw argumentError(where, "strategy", strategy, '"uniform" or "quantile"');
  }
  const data = readBinary(where, readUnit(where, "scores", scores), yTrue, options);
  const edges =
    strategy === "uniform"
      ? Float64Array.from({ length: bins + 1 }, (_, i) => i / bins)
      : quantileEdges(data.scores, data.weight, bins);
  const k = edges.length - 1;
  const hits = new Float64Array(k);
  const mass = new Float64Array(k);
  for (let i = 0; i < data.scores.length; i++) {
    const b = binOf(edges, data.scores[i]!);
    mass[b]! += data.weight[i]!;
    hits[b]! += data.weight[i]! * data.truth[i]!;
  }
  return new HistogramCalibration(
    edges,
    hits.map((h, b) => (mass[b]! > 0 ? h / mass[b]! : (edges[b]! + edges[b + 1]!) / 2)),
  );
}

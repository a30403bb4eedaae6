/** Do stated probabilities come true, and maps that make them. Fit the maps on held-out data, never on training data. */
export { BetaCalibration, betaCalibration } from "./beta.ts";
export { HistogramCalibration, histogramBinning } from "./histogram.ts";
export type { Calibration, CalibrationOptions } from "./input.ts";
export { IsotonicCalibration, isotonicCalibration, isotonicRegression } from "./isotonic.ts";
export { PlattCalibration, plattScaling } from "./platt.ts";
export {
  expectedCalibrationError,
  type ReliabilityBin,
  type ReliabilityDiagram,
  type ReliabilityOptions,
  reliabilityDiagram,
} from "./reliability.ts";
export { TemperatureCalibration, temperatureScaling } from "./temperature.ts";

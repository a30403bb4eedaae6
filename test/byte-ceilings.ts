/**
 * What importing everything of one chapter may cost a page: kilobytes of minified, gzipped script, measured + 12 %
 * (`node scripts/chapter-bytes.mjs --write`). The core kernels are 5 of them, all kernels 30; the data are 118 of
 * `datasets`.
 */
export const CEILINGS_KB: Readonly<Record<string, number>> = {
  anomaly: 136, // nn and optim come along
  bayes: 98,
  calibration: 32,
  capacity: 6,
  cluster: 113,
  contract: 29,
  data: 150, // leakage, label quality, samplers and their measures come along
  datasets: 159,
  decomposition: 71,
  dummy: 44,
  ensemble: 153, // the metrics and linear models come along
  "gaussian-process": 59,
  information: 29,
  interchange: 54,
  explain: 49,
  kernels: 53,
  "learning-theory": 66,
  linear: 136,
  math: 91,
  metrics: 42,
  neighbors: 83,
  nn: 122,
  optim: 102,
  registry: 480,
  manifold: 110,
  mixture: 89,
  selection: 67, // the metrics come along
  stats: 46,
  tensor: 92,
  svm: 105,
  text: 33,
  tree: 81,
  lake: 60,
};

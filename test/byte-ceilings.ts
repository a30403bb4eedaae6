/**
 * What importing everything of one chapter may cost a page: kilobytes of minified, gzipped script, measured + 12 %
 * (`node scripts/chapter-bytes.mjs --write`). The core kernels are 5 of them, all kernels 30; the data are 118 of
 * `datasets`.
 */
export const CEILINGS_KB: Readonly<Record<string, number>> = {
  anomaly: 132, // nn and optim come along
  bayes: 95,
  calibration: 32,
  cluster: 108,
  contract: 29,
  data: 145, // leakage, label quality, samplers and their measures come along
  datasets: 159,
  decomposition: 71,
  dummy: 43,
  ensemble: 144, // the metrics and linear models come along
  "gaussian-process": 59,
  information: 29,
  interchange: 52,
  explain: 47,
  kernels: 50,
  lake: 59,
  "learning-theory": 64,
  linear: 129,
  math: 91,
  metrics: 42,
  neighbors: 79,
  nn: 121,
  optim: 101,
  registry: 432,
  manifold: 104,
  mixture: 86,
  selection: 67, // the metrics come along
  stats: 46,
  tensor: 91,
  svm: 102,
  tree: 78,
};

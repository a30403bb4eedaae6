/**
 * What importing everything of one chapter may cost a page: kilobytes of minified, gzipped script. About 40 of them
 * are the kernels, 126 of `datasets` the data.
 */
export const CEILINGS_KB: Readonly<Record<string, number>> = {
  anomaly: 113,
  bayes: 125,
  calibration: 58,
  cluster: 110,
  contract: 54,
  data: 180,
  datasets: 175,
  decomposition: 144,
  dummy: 68,
  ensemble: 170, // the metrics and linear models come along
  "gaussian-process": 131,
  information: 55,
  kernels: 54,
  "learning-theory": 88,
  linear: 167,
  math: 112,
  metrics: 63,
  neighbors: 75,
  nn: 150,
  optim: 140,
  registry: 317,
  manifold: 152,
  mixture: 127,
  selection: 80, // the metrics come along
  stats: 71,
  tensor: 160,
  svm: 95,
  tree: 115,
};

/**
 * What importing everything of one chapter may cost a page: kilobytes of minified, gzipped script. About 75 of them
 * are the kernels, 126 of `datasets` the data.
 */
export const CEILINGS_KB: Readonly<Record<string, number>> = {
  anomaly: 113,
  bayes: 129, // the kernels of Shapley values come along with all others
  calibration: 104,
  cluster: 142,
  contract: 101,
  data: 180,
  datasets: 231,
  decomposition: 144,
  dummy: 116,
  ensemble: 170, // the metrics and linear models come along
  "gaussian-process": 131,
  information: 101,
  interchange: 116, // the trees, ensembles and the isolation forest come along
  interpret: 110,
  kernels: 93,
  "learning-theory": 136,
  linear: 167,
  math: 162,
  metrics: 114,
  neighbors: 124,
  nn: 184,
  optim: 168,
  registry: 381,
  manifold: 152,
  mixture: 127,
  selection: 128, // the metrics come along
  stats: 117,
  tensor: 160,
  svm: 145,
  tree: 115,
};

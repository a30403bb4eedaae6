/**
 * What importing everything of one chapter may cost a page: kilobytes of minified, gzipped script. About 40 of them
 * are the kernels, 126 of `datasets` the data.
 */
export const CEILINGS_KB: Readonly<Record<string, number>> = {
  calibration: 58,
  contract: 54,
  data: 116,
  datasets: 175,
  decomposition: 100,
  dummy: 68,
  ensemble: 80,
  information: 55,
  kernels: 44,
  "learning-theory": 88,
  linear: 100,
  manifold: 110,
  math: 112,
  metrics: 63,
  mixture: 70,
  registry: 192,
  selection: 80, // the metrics come along
  stats: 71,
};

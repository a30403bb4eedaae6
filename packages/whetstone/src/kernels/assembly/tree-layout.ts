/**
 * Where the tree kernels find things. One block describes the job, one slot per tree its own memory; both are
 * written by `tree/grow/job.ts`, which must agree with this file.
 */

// Job: i32 and pointers.
export const jobRows: usize = 0;
export const jobCols: usize = 4;
/** Classes, or 1 for numbers. */
export const jobOutputs: usize = 8;
/** 0 gini, 1 entropy, 2 squared error, 3 absolute error, 4 poisson. */
export const jobCriterion: usize = 12;
export const jobMaxFeatures: usize = 16;
export const jobMaxDepth: usize = 20;
export const jobMinSplit: usize = 24;
export const jobMinLeaf: usize = 28;
/** 0: no limit, trees grow depth first. */
export const jobMaxLeaves: usize = 32;
/** 1: one random threshold per feature. */
export const jobRandom: usize = 36;
/** u32[cols][rows]: rank of the value among the column's distinct ones; `missing` for NaN. */
export const jobCodes: usize = 40;
/** f64: distinct values of all columns; column f starts at i32 `jobStarts[f]`. */
export const jobValues: usize = 44;
export const jobStarts: usize = 48;
/** f64[rows] targets, or i32[rows] classes. */
export const jobTargets: usize = 52;
/** f64[rows] weights. */
export const jobWeights: usize = 56;
/** Rows drawn with replacement; 0: every row of positive weight. */
export const jobDraws: usize = 60;
/** u32[rows] rank of the target among the distinct ones, for the absolute error. */
export const jobTargetRanks: usize = 64;
export const jobTargetRankCount: usize = 68;
/** 1: weights are whole numbers below 2^16: slots keep class << 16 | weight, which travels inside the sort keys. */
export const jobPacked: usize = 72;
export const jobSlots: usize = 76;
/** f64: distinct targets, ascending, for the absolute error. */
export const jobDistinct: usize = 96;
// Job: f64 (and `jobDistinct` after them).
export const jobMinDecrease: usize = 80;
export const jobMinWeight: usize = 88;

// Slot: pointers, then counts.
export const slotBytes: usize = 80;
export const slotRows: usize = 0;
export const slotWeights: usize = 4;
export const slotTargets: usize = 8;
export const slotKeys: usize = 12;
export const slotSpare: usize = 16;
export const slotRandom: usize = 20;
export const slotFeatures: usize = 24;
/** f64[3 * outputs]: class weights of the node, left, right. */
export const slotCounts: usize = 28;
export const slotNodes: usize = 32;
/** f64[nodes][outputs]. */
export const slotValues: usize = 36;
export const slotFrontier: usize = 40;
/** f64[4 * (ranks + 1)]: Fenwick trees of weights and weighted targets, of the node and of the left side. */
export const slotFenwick: usize = 44;
export const slotDigits: usize = 48;
export const slotBest: usize = 52;
/** f64[rows]: weight of every row in this tree. */
export const slotDrawn: usize = 56;
/** Out: nodes grown, rows used. */
export const slotNodeCount: usize = 60;
export const slotRowCount: usize = 64;

// Node, 64 bytes. A node of which feature is -1 is a leaf.
export const nodeBytes: usize = 64;
export const nodeThreshold: usize = 0;
export const nodeImpurity: usize = 8;
export const nodeWeight: usize = 16;
/** Decrease of weight times impurity by the split. */
export const nodeGain: usize = 24;
export const nodeFeature: usize = 32;
export const nodeLeft: usize = 36;
/** Bit 1: missing values go left. */
export const nodeFlags: usize = 40;
export const nodeStart: usize = 44;
export const nodeEnd: usize = 48;
export const nodeDepth: usize = 52;
/** Rows with a code up to this one go left. */
export const nodeCut: usize = 56;

// The best split found so far for a node, and what the sweeps need of the node.
export const bestScore: usize = 0;
/** Score a better split must exceed: ties within rounding go to the first. */
export const bestBar: usize = 8;
/** Tolerance of ties. */
export const bestSlack: usize = 16;
export const bestFeature: usize = 24;
export const bestCut: usize = 28;
/** Code after the cut; `missing` where only missing values go right. */
export const bestNext: usize = 32;
export const bestMissingLeft: usize = 36;
/** Weight and mean (or sum) of the node. */
export const bestWeight: usize = 40;
export const bestMean: usize = 48;
/** Set by a sweep that found a better split. */
export const bestFound: usize = 56;
export const bestBytes: usize = 64;

export const missing: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
export function ptr(base: usize, field: usize): usize {
  return <usize>load<u32>(base + field);
}

// @ts-ignore: decorator
@inline
export function int(base: usize, field: usize): i32 {
  return load<i32>(base + field);
}

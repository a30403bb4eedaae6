import type { Tensor } from "../../tensor/index.ts";

/** What is known of one epoch. */
export interface EpochRecord {
  readonly epoch: number;
  /** Optimizer steps taken so far. */
  readonly steps: number;
  /** Mean training loss over the epoch, while the weights moved. */
  readonly loss: number;
  /** Mean and largest gradient norm before clipping, where norms were watched. */
  readonly gradientNorm?: number;
  readonly gradientNormMax?: number;
  /** Mean loss on validation batches, in eval mode. */
  readonly validationLoss?: number;
  /** Metrics on validation batches. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly lr: number;
}

/** What a trainer needs of an optimizer: those of `whetstone/optim` have it. */
export interface OptimizerLike {
  lr: number;
  readonly params: readonly Tensor[];
  zeroGrad(): void;
  /** Whether `step` asks for a function that computes the loss anew. */
  readonly needsClosure?: boolean;
  step(closure?: () => Tensor): unknown;
  stateDict(): unknown;
  loadStateDict(state: never): void;
}

/** What a trainer needs of a learning-rate schedule. */
export interface ScheduleLike {
  step(metric?: number): unknown;
  stateDict?(): unknown;
  loadStateDict?(state: never): void;
}

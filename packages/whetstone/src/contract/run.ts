import { AbortError } from "../errors.ts";

/** How far a long computation has come. */
export interface Progress {
  /** Units finished; `total` of them make all. */
  readonly done: number;
  readonly total: number;
  /** What is being counted, e.g. `"trees"`. */
  readonly phase: string;
}

/** Options of every `fit`. */
export interface FitOptions {
  /** One weight per row; a weight of k counts as k copies of the row. */
  readonly sampleWeight?: ArrayLike<number>;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the work with an `AbortError`, at the next progress step. */
  readonly signal?: AbortSignal;
  /** Receives sentences such as "did not converge"; by default they go to `console.warn`. */
  readonly onWarning?: (sentence: string) => void;
}

/** Throws the signal's abort as an {@link AbortError}. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted) throw new AbortError(where, signal.reason);
}

/** Reports progress and stops when aborted; call it once per tree, epoch or iteration. */
export function step(where: string, options: FitOptions, done: number, total: number, phase: string): void {
  throwIfAborted(options.signal, where);
  if (options.onProgress) {
    options.onProgress({ done, total, phase });
    throwIfAborted(options.signal, where);
  }
}

/** Passes a warning on. */
export function warn(where: string, options: FitOptions, sentence: string): void {
  (options.onWarning ?? console.warn)(`${where}: ${sentence}`);
}

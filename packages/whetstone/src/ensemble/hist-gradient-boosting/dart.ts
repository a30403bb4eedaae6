import type { RandomStream } from "../../math/random/index.ts";
import { addTree } from "./add-trees.ts";
import type { GradientRows } from "./gradients.ts";
import type { TreeArrays } from "./trees.ts";

/** How trees are dropped while later ones are learned. */
export interface Dropout {
  readonly normalization: "tree" | "forest";
  /** Numbers of the iterations to drop of the `done` so far, ascending. */
  draw(done: number, random: RandomStream): number[];
}

/** Draws each iteration with probability `rate`, none at all with probability `skip`; with `atLeastOne` never none otherwise. */
export function randomDropout(
  rate: number,
  skip: number,
  atLeastOne: boolean,
  normalization: "tree" | "forest",
): Dropout {
  return {
    normalization,
    draw(done, random) {
      if (done === 0 || (skip > 0 && random.uniform() < skip)) return [];
      const dropped = Array.from({ length: done }, (_, t) => t).filter(() => random.uniform() < rate);
      return dropped.length === 0 && atLeastOne ? [random.int(done)] : dropped;
    },
  };
}

/**
 * Dropouts meet multiple additive regression trees (Rashmi and Gilad-Bachrach, AISTATS 2015, algorithm 1): an
 * iteration learns from the gradients of the ensemble without the k dropped ones. The new tree then counts 1 / (k + r)
 * and the dropped ones k / (k + r), so that together they weigh as much as the dropped ones did; r is 1 in the paper
 * and the learning rate in XGBoost, as here. Normalization "forest" counts the dropped ones as one: 1 / (1 + r) for all.
 */
export class Dropouts {
  readonly #how: Dropout;
  /** All trees so far; dropped ones are replaced by scaled ones. */
  readonly #trees: TreeArrays[];
  readonly #outputs: number;
  readonly #rate: number;
  #dropped: number[] = [];

  constructor(how: Dropout, trees: TreeArrays[], outputs: number, rate: number) {
    this.#how = how;
    this.#trees = trees;
    this.#outputs = outputs;
    this.#rate = rate;
  }

  /** Takes the dropped trees off the raw predictions. */
  drop(random: RandomStream, bins: number, state: GradientRows): void {
    this.#dropped = this.#how.draw(this.#trees.length / this.#outputs, random);
    this.#each((tree, k) => addTree(times(tree, -1), bins, state, k));
  }

  /** The new tree at its weight. */
  scaled(tree: TreeArrays): TreeArrays {
    const k = this.#dropped.length;
    if (k === 0) return tree;
    return times(tree, 1 / ((this.#how.normalization === "tree" ? k : 1) + this.#rate));
  }

  /** Puts the dropped trees back at their new weights, for the training rows and those held out. */
  restore(
    bins: number,
    state: GradientRows,
    held: { readonly state: GradientRows; readonly bins: number } | null,
  ): void {
    const k = this.#dropped.length;
    const factor = this.#how.normalization === "tree" ? k / (k + this.#rate) : 1 / (1 + this.#rate);
    this.#each((tree, output, at) => {
      const back = times(tree, factor);
      this.#trees[at] = back;
      addTree(back, bins, state, output);
      if (held) addTree(times(tree, factor - 1), held.bins, held.state, output);
    });
  }

  #each(visit: (tree: TreeArrays, output: number, at: number) => void): void {
    for (const t of this.#dropped) {
      for (let k = 0; k < this.#outputs; k++) {
        const at = t * this.#outputs + k;
        visit(this.#trees[at]!, k, at);
      }
    }
  }
}

const times = (tree: TreeArrays, factor: number): TreeArrays => ({
  ...tree,
  value: tree.value.map((v) => v * factor),
});

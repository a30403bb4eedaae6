import { formatError } from "../contract/index.ts";
import { TreeEnsemble } from "../ensemble/index.ts";
import type { ColumnCode } from "./plain-trees.ts";

/** A split by categories: which values it names, and whether these go left (else right). */
export interface CategorySplit {
  readonly named: ArrayLike<number>;
  readonly namedLeft: boolean;
}

/** A node as a file describes it; a leaf has feature -1. */
export interface SourceNode {
  readonly feature: number;
  /** A value <= threshold goes left. */
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  readonly missingLeft: boolean;
  readonly category: CategorySplit | null;
  readonly value: number;
  readonly cover: number;
  readonly gain: number;
}

/** A tree's nodes from the root down, level by level, so that children are neighbours; `left` counts in that order. */
export interface Arranged {
  readonly nodes: readonly SourceNode[];
  readonly left: Int32Array;
  /** Number of each node in the file. */
  readonly origin: Int32Array;
}

/** Walks a tree of a file. Nodes that no path reaches are left out; a walk that meets a node twice is refused. */
export function arrange(
  size: number,
  node: (i: number) => SourceNode,
  nFeatures: number,
  where: string,
  name: string,
): Arranged {
  if (size < 1) throw formatError(where, `${name} has no nodes`);
  const origin = [0];
  const nodes: SourceNode[] = [];
  const left: number[] = [];
  const met = new Uint8Array(size);
  met[0] = 1;
  for (let at = 0; at < origin.length; at++) {
    const found = node(origin[at]!);
    nodes.push(found);
    if (found.feature < 0) {
      left.push(0);
      continue;
    }
    if (!(found.feature < nFeatures))
      throw formatError(where, `${name} splits on feature ${found.feature}, expected 0 to ${nFeatures - 1}`);
    left.push(origin.length);
    for (const child of [found.left, found.right]) {
      if (!(Number.isInteger(child) && child >= 0 && child < size) || met[child])
        throw formatError(where, `${name} is no tree: node ${origin[at]} has the child ${child}`);
      met[child] = 1;
      origin.push(child);
    }
  }
  return { nodes, left: Int32Array.from(left), origin: Int32Array.from(origin) };
}

/** Codes for the columns that splits ask for categories: all values they name, and one code for others. */
export function columnCodes(
  trees: readonly Arranged[],
  nFeatures: number,
  where: string,
): (ColumnCode | null)[] {
  const named = new Map<number, Set<number>>();
  const numeric = new Set<number>();
  for (const { nodes } of trees) {
    for (const { feature, category } of nodes) {
      if (feature < 0) continue;
      if (category === null) numeric.add(feature);
      else {
        const values = named.get(feature) ?? new Set<number>();
        for (let i = 0; i < category.named.length; i++) values.add(category.named[i]!);
        named.set(feature, values);
      }
    }
  }
  return Array.from({ length: nFeatures }, (_, j) => {
    const values = named.get(j);
    if (values === undefined) return null;
    if (numeric.has(j))
      throw formatError(where, `feature ${j} is split by numbers in one place and by categories in another`);
    if (values.size > 255)
      throw formatError(where, `feature ${j} has ${values.size} categories in its splits, at most 255 fit`);
    return { values: Float64Array.from(values).sort(), others: true, zeroIsMissing: false };
  });
}

/** The trees in the form that boosted models predict from. */
export function ensembleOf(
  trees: readonly Arranged[],
  columns: readonly (ColumnCode | null)[],
): TreeEnsemble {
  return TreeEnsemble.join(
    trees.map(({ nodes, left }) => {
      const sets: Uint8Array[] = [];
      const bin = Int32Array.from(nodes, ({ feature, category }) => {
        if (feature < 0 || category === null) return 0;
        return sets.push(bitsOf(category, columns[feature]!)) - 1;
      });
      const bitsets = new Uint8Array(32 * sets.length);
      sets.forEach((set, i) => void bitsets.set(set, 32 * i));
      return {
        feature: Int32Array.from(nodes, (n) => n.feature),
        threshold: Float64Array.from(nodes, (n) => n.threshold),
        left,
        bin,
        flags: Uint8Array.from(nodes, (n) =>
          n.feature < 0 ? 0 : (n.missingLeft ? 1 : 0) | (n.category === null ? 0 : 2),
        ),
        value: Float64Array.from(nodes, (n) => n.value),
        gain: Float64Array.from(nodes, (n) => n.gain),
        count: Float64Array.from(nodes, (n) => n.cover),
        bitsets,
      };
    }),
  );
}

function bitsOf({ named, namedLeft }: CategorySplit, column: ColumnCode): Uint8Array {
  const bits = new Uint8Array(32);
  const set = new Set(Array.from(named));
  const values = column.values!;
  const goesLeft = (code: number) =>
    code < values.length && set.has(values[code]!) ? namedLeft : !namedLeft;
  const codes = values.length + (column.others ? 1 : 0);
  for (let code = 0; code < codes; code++)
    if (goesLeft(code)) bits[code >> 3] = bits[code >> 3]! | (1 << (code & 7));
  return bits;
}

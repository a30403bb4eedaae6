/** The clustering-feature tree of BIRCH. Zhang, Ramakrishnan and Livny (1996), SIGMOD, section 4. */

/** How groups are told apart: largest radius of one, most entries of a node. */
export interface TreeShape {
  readonly d: number;
  readonly threshold: number;
  readonly branching: number;
}

/**
 * A node: per entry the number of rows, their sum and the sum of their squared norms, from which centre and radius follow.
 * An entry of an inner node sums up its child.
 */
export interface FeatureNode {
  size: number;
  readonly counts: Float64Array; // branching + 1
  readonly sums: Float64Array; // (branching + 1) x d
  readonly squares: Float64Array;
  readonly centres: Float64Array; // (branching + 1) x d
  /** Squared norms of the centres. */
  readonly norms: Float64Array;
  /** Null in a leaf. */
  readonly children: FeatureNode[] | null;
}

export function emptyNode({ d, branching }: TreeShape, leaf: boolean): FeatureNode {
  const room = branching + 1;
  return {
    size: 0,
    counts: new Float64Array(room),
    sums: new Float64Array(room * d),
    squares: new Float64Array(room),
    centres: new Float64Array(room * d),
    norms: new Float64Array(room),
    children: leaf ? null : [],
  };
}

export function copyNode(node: FeatureNode): FeatureNode {
  return {
    size: node.size,
    counts: node.counts.slice(),
    sums: node.sums.slice(),
    squares: node.squares.slice(),
    centres: node.centres.slice(),
    norms: node.norms.slice(),
    children: node.children === null ? null : node.children.map(copyNode),
  };
}

/** The tree with one more row; the root is another node when it had to be split. */
export function insertRow(root: FeatureNode, row: Float64Array, shape: TreeShape): FeatureNode {
  let square = 0;
  for (const v of row) square += v * v;
  if (!insert(root, row, square, shape)) return root;
  const top = emptyNode(shape, false);
  for (const half of split(root, shape)) append(top, half, shape.d);
  return top;
}

/** Whether the node then holds too many entries. */
function insert(node: FeatureNode, row: Float64Array, square: number, shape: TreeShape): boolean {
  const { d, threshold, branching } = shape;
  if (node.size > 0) {
    const at = nearestEntry(node, row, d);
    if (node.children !== null) {
      const child = node.children[at]!;
      if (!insert(child, row, square, shape)) {
        addRow(node, at, row, square, d);
        return false;
      }
      const [one, other] = split(child, shape);
      place(node, at, one, d);
      append(node, other, d);
      return node.size > branching;
    }
    if (squaredRadiusWith(node, at, row, square, d) <= threshold * threshold) {
      addRow(node, at, row, square, d);
      return false;
    }
  }
  const at = node.size++;
  node.counts[at] = 0;
  node.squares[at] = 0;
  node.sums.fill(0, at * d, (at + 1) * d);
  addRow(node, at, row, square, d);
  return node.size > branching;
}

function nearestEntry({ size, centres, norms }: FeatureNode, row: Float64Array, d: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let e = 0, at = 0; e < size; e++) {
    let dot = 0;
    for (let j = 0; j < d; j++) dot += centres[at++]! * row[j]!;
    const v = norms[e]! - 2 * dot;
    if (v < least) {
      least = v;
      best = e;
    }
  }
  return best;
}

/** Mean squared distance of the rows of an entry to their centre, once `row` is one of them. */
function squaredRadiusWith(
  { counts, sums, squares }: FeatureNode,
  at: number,
  row: Float64Array,
  square: number,
  d: number,
): number {
  const n = counts[at]! + 1;
  let norm = 0;
  for (let j = 0; j < d; j++) norm += ((sums[at * d + j]! + row[j]!) / n) ** 2;
  return (squares[at]! + square) / n - norm;
}

function addRow(node: FeatureNode, at: number, row: Float64Array, square: number, d: number): void {
  node.counts[at] = node.counts[at]! + 1;
  node.squares[at] = node.squares[at]! + square;
  for (let j = 0; j < d; j++) node.sums[at * d + j] = node.sums[at * d + j]! + row[j]!;
  centre(node, at, d);
}

function centre({ counts, sums, centres, norms }: FeatureNode, at: number, d: number): void {
  let norm = 0;
  for (let j = at * d; j < (at + 1) * d; j++) {
    const v = sums[j]! / counts[at]!;
    centres[j] = v;
    norm += v * v;
  }
  norms[at] = norm;
}

/** Makes entry `at` of a node the sum of a child. */
function place(node: FeatureNode, at: number, child: FeatureNode, d: number): void {
  node.children![at] = child;
  node.counts[at] = 0;
  node.squares[at] = 0;
  node.sums.fill(0, at * d, (at + 1) * d);
  for (let e = 0; e < child.size; e++) {
    node.counts[at] = node.counts[at]! + child.counts[e]!;
    node.squares[at] = node.squares[at]! + child.squares[e]!;
    for (let j = 0; j < d; j++) node.sums[at * d + j] = node.sums[at * d + j]! + child.sums[e * d + j]!;
  }
  centre(node, at, d);
}

function append(node: FeatureNode, child: FeatureNode, d: number): void {
  place(node, node.size++, child, d);
}

/** Two nodes around the two entries that lie furthest apart. */
function split(node: FeatureNode, shape: TreeShape): readonly [FeatureNode, FeatureNode] {
  const { d } = shape;
  const { size, centres } = node;
  const gap = (a: number, b: number) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (centres[a * d + j]! - centres[b * d + j]!) ** 2;
    return sum;
  };
  let [one, other, most] = [0, 0, -1];
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size; b++) {
      const v = gap(a, b);
      if (v > most) [one, other, most] = [a, b, v];
    }
  const halves = [0, 1].map(() => emptyNode(shape, node.children === null)) as [FeatureNode, FeatureNode];
  for (let e = 0; e < size; e++) {
    // Where all centres are equal, the first of the pair still goes to its own side.
    const to = halves[e === one || gap(e, one) < gap(e, other) ? 0 : 1];
    const at = to.size++;
    to.counts[at] = node.counts[e]!;
    to.squares[at] = node.squares[e]!;
    to.sums.set(node.sums.subarray(e * d, (e + 1) * d), at * d);
    to.centres.set(node.centres.subarray(e * d, (e + 1) * d), at * d);
    to.norms[at] = node.norms[e]!;
    if (to.children !== null) to.children.push(node.children![e]!);
  }
  return halves;
}

/** The entries of all leaves, as they stand in the tree from left to right. */
export function leafEntries(root: FeatureNode, d: number): { counts: number[]; centres: number[] } {
  const out = { counts: [] as number[], centres: [] as number[] };
  const visit = (node: FeatureNode): void => {
    if (node.children !== null) {
      for (const child of node.children) visit(child);
      return;
    }
    for (let e = 0; e < node.size; e++) out.counts.push(node.counts[e]!);
    for (let j = 0; j < node.size * d; j++) out.centres.push(node.centres[j]!);
  };
  visit(root);
  return out;
}

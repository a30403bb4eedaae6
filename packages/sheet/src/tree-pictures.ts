import { Matrix } from "whetstone/math";
import type { TreeSet } from "whetstone/tree";
import { type Figure, figure, type Mark } from "./figure.ts";

/** What a model says on a grid over the plane, as a layer. */
export function region(
  predict: (X: Matrix) => ArrayLike<number>,
  x: readonly [number, number],
  y: readonly [number, number],
  options: {
    readonly resolution?: number;
    readonly centre?: number;
    readonly contours?: readonly number[];
  } = {},
): Mark {
  const n = options.resolution ?? 60;
  const at = (k: number, [low, high]: readonly [number, number]) => low + ((k + 0.5) / n) * (high - low);
  const X = Matrix.zeros(n * n, 2);
  for (let i = 0; i < n * n; i++) X.data.set([at(i % n, x), at(Math.floor(i / n), y)], 2 * i);
  const { centre, contours } = options;
  return {
    type: "field",
    x,
    y,
    cols: n,
    rows: n,
    values: Array.from(predict(X)),
    ...(centre !== undefined && { centre }),
    ...(contours && { contours }),
  };
}

/** The first levels of a tree: conditions at inner nodes, `leaf` at the ends; yes goes left. */
export function drawnTree(
  tree: Pick<TreeSet, "feature" | "threshold" | "left">,
  name: (feature: number, node: number) => string,
  leaf: (node: number) => string,
  options: { readonly levels?: number; readonly alt: string; readonly title?: string },
): Figure {
  const levels = options.levels ?? 3;
  const spots: { x: number; y: number; text: string }[] = [];
  const edges = { x1: [] as number[], y1: [] as number[], x2: [] as number[], y2: [] as number[] };
  let next = 0;
  const place = (node: number, depth: number): number => {
    const end = tree.feature[node]! < 0;
    const cut = !end && depth === levels;
    if (end || cut) {
      const x = next++;
      spots.push({ x, y: -depth, text: cut ? "…" : leaf(node) });
      return x;
    }
    const left = place(tree.left[node]!, depth + 1);
    const right = place(tree.left[node]! + 1, depth + 1);
    const x = (left + right) / 2;
    for (const child of [left, right]) {
      edges.x1.push(x);
      edges.y1.push(-depth - 0.12);
      edges.x2.push(child);
      edges.y2.push(-depth - 0.85);
    }
    const threshold = tree.threshold[node]!;
    const asked = threshold === Number.POSITIVE_INFINITY ? "known" : `≤ ${threshold.toFixed(2)}`;
    spots.push({ x, y: -depth, text: `${name(tree.feature[node]!, node)} ${asked}` });
    return x;
  };
  place(0, 0);
  const deepest = Math.max(...spots.map((s) => -s.y));
  return figure(
    [
      { type: "arrows", ...edges },
      { type: "text", x: spots.map((s) => s.x), y: spots.map((s) => s.y), text: spots.map((s) => s.text) },
    ],
    {
      ...(options.title !== undefined && { title: options.title }),
      x: { label: "", domain: [-0.6, next - 0.4] },
      y: { label: "depth", domain: [-deepest - 0.4, 0.4] },
      alt: options.alt,
    },
  );
}

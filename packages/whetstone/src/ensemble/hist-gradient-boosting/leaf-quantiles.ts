import type { GradientRows } from "./gradients.ts";
import type { TreeGrower } from "./grower.ts";
import type { GrownNode, GrowthLimits, LeafUpdate } from "./grown-node.ts";
import { quantileReader, sortWeighted } from "./quantile.ts";

/**
 * Leaf values of absolute and quantile losses: the quantile of the residuals in the leaf. Where a constraint is in
 * force, the quantiles of the two sides of every constrained split bound what lies below them.
 */
export function leafQuantiles(
  p: number,
  grower: TreeGrower,
  state: GradientRows,
  weights: Float64Array | null,
  limits: GrowthLimits,
): LeafUpdate {
  const quantile = (node: GrownNode): number => {
    const rows = grower.list.view.subarray(node.start, node.end);
    const residuals = Float64Array.from(rows, (i) => state.y[i]! - state.raw[i]!);
    const own = weights && Float64Array.from(rows, (i) => weights[i]!);
    return quantileReader(sortWeighted(residuals, own))(p);
  };
  return (root, setValue) => {
    const visit = (node: GrownNode, lower: number, upper: number): void => {
      const { left, right } = node;
      if (!left || !right) {
        setValue(node.node, Math.min(upper, Math.max(lower, quantile(node))));
        return;
      }
      const direction = limits.monotonic?.[node.splitFeature] ?? 0;
      if (direction === 0) {
        visit(left, lower, upper);
        visit(right, lower, upper);
        return;
      }
      const middle = Math.min(upper, Math.max(lower, (quantile(left) + quantile(right)) / 2));
      const [low, high] = direction > 0 ? [left, right] : [right, left];
      visit(low, lower, middle);
      visit(high, middle, upper);
    };
    // A root without split keeps the prediction as it is.
    if (root.left) visit(root, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    else setValue(root.node, 0);
  };
}

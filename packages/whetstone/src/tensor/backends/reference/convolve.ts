/** The three convolution primitives as sums over one set of index pairs. */
import type { Node } from "../../graph/node.ts";
import type { ConvGeometry } from "../../graph/primitives.ts";
import { type Shape, sizeOf } from "../../graph/shape.ts";

type Values = Float64Array;

/** Calls `visit` with the places of each (input, weight, output) triple that meets in a convolution. */
function forEachTerm(
  x: Shape, // [N, C, H, W]
  w: Shape, // [O, C / groups, KH, KW]
  y: Shape, // [N, O, OH, OW]
  g: ConvGeometry,
  visit: (xAt: number, wAt: number, yAt: number) => void,
): void {
  const [, C, H, W] = x as [number, number, number, number];
  const [O, CG, KH, KW] = w as [number, number, number, number];
  const [N, , OH, OW] = y as [number, number, number, number];
  const perGroup = O / g.groups;
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let i = 0; i < OH; i++)
        for (let j = 0; j < OW; j++) {
          const yAt = ((n * O + o) * OH + i) * OW + j;
          for (let c = 0; c < CG; c++) {
            const channel = Math.floor(o / perGroup) * CG + c;
            for (let p = 0; p < KH; p++) {
              const row = i * g.stride[0] + p * g.dilation[0] - g.padding[0];
              if (row < 0 || row >= H) continue;
              for (let q = 0; q < KW; q++) {
                const column = j * g.stride[1] + q * g.dilation[1] - g.padding[2];
                if (column < 0 || column >= W) continue;
                visit(((n * C + channel) * H + row) * W + column, ((o * CG + c) * KH + p) * KW + q, yAt);
              }
            }
          }
        }
}

export function convolve(node: Node<"conv">, x: Values, w: Values): Values {
  const out = new Float64Array(sizeOf(node.shape));
  forEachTerm(node.inputs[0]!.shape, node.inputs[1]!.shape, node.shape, node.attrs, (i, j, k) => {
    out[k]! += x[i]! * w[j]!;
  });
  return out;
}

export function convolveInput(node: Node<"convInput">, g: Values, w: Values): Values {
  const out = new Float64Array(sizeOf(node.shape));
  forEachTerm(node.shape, node.inputs[1]!.shape, node.inputs[0]!.shape, node.attrs, (i, j, k) => {
    out[i]! += g[k]! * w[j]!;
  });
  return out;
}

export function convolveWeight(node: Node<"convWeight">, x: Values, g: Values): Values {
  const out = new Float64Array(sizeOf(node.shape));
  forEachTerm(node.inputs[0]!.shape, node.shape, node.inputs[1]!.shape, node.attrs, (i, j, k) => {
    out[j]! += x[i]! * g[k]!;
  });
  return out;
}

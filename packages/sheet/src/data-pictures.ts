import { StandardScaler } from "whetstone/data";
import { PCA } from "whetstone/decomposition";
import type { Matrix } from "whetstone/math";
import type { LabData } from "./controls.ts";
import { type Figure, figure } from "./figure.ts";

/** Columns with mean 0 and deviation 1, so that no unit decides alone. */
export const scaled = (data: LabData): Matrix => new StandardScaler().fit(data.X).transform(data.X);

/** Rows of a table on their first two principal axes, coloured by a label; `ringed` are drawn larger. */
export function tableMap(
  Z: Matrix,
  group: readonly string[],
  options: {
    readonly title: string;
    readonly alt: string;
    readonly ringed?: readonly number[];
    readonly ring?: string;
  },
): Figure {
  const map = new PCA({ nComponents: 2 }).fit(Z).transform(Z);
  const [x, y] = [Array.from(map.col(0)), Array.from(map.col(1))];
  const ringed = options.ringed ?? [];
  return figure(
    [
      { type: "points", x, y, group, size: 3 },
      ...(ringed.length > 0
        ? [
            {
              type: "points" as const,
              name: options.ring ?? "marked",
              x: ringed.map((i) => x[i]!),
              y: ringed.map((i) => y[i]!),
              size: 5,
            },
          ]
        : []),
    ],
    {
      title: options.title,
      x: { label: "first principal axis" },
      y: { label: "second" },
      alt: options.alt,
    },
  );
}

/** Labels of a table whose control asks for classes. */
export const labelsOf = (data: LabData): string[] => (data.y ?? []).map(String);

import { StandardScaler } from "whetstone/data";
import { PCA } from "whetstone/decomposition";
import type { Matrix } from "whetstone/math";
import type { LabData } from "./controls.ts";
import { type Figure, figure, range } from "./figure.ts";
import type { Lab } from "./lab.ts";

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

/** Targets of a table whose control asks for numbers. */
export const targetsOf = (data: LabData): Float64Array => Float64Array.from(data.y ?? [], Number);

/**
 * What a classifier says of the rows of a table: a map with its mistakes and, of its probabilities, that they are
 * some. Returns how many rows it gets wrong.
 */
export function mistakesOnTable(
  lab: Lab,
  data: LabData,
  said: ArrayLike<unknown>,
  about: string,
  proba?: Matrix,
): number {
  const y = labelsOf(data);
  const wrong = range(y.length).filter((i) => said[i] !== y[i]);
  lab.plot(
    tableMap(scaled(data), y, {
      title: `${data.name}: ${about}, ${wrong.length} of ${y.length} training rows wrong`,
      alt: `Rows of ${data.name} on two principal axes, coloured by ${data.target}; rows that the model gets wrong are larger.`,
      ringed: wrong,
      ring: "wrong",
    }),
  );
  if (proba)
    lab.check(
      "probabilities of a row add to 1, largest gap",
      Math.max(...range(proba.rows).map((i) => Math.abs(proba.row(i).reduce((a, b) => a + b, 0) - 1))),
      { atMost: 1e-9 },
    );
  return wrong.length;
}

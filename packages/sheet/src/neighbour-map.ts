import { PCA } from "whetstone/decomposition";
import { trustworthiness } from "whetstone/manifold";
import type { Matrix } from "whetstone/math";
import type { LabData } from "./controls.ts";
import { labelsOf, scaled } from "./data-pictures.ts";
import { scatter } from "./figure.ts";
import type { Lab } from "./lab.ts";

/**
 * What a method that keeps neighbours makes of a table's scaled rows: its map, how many neighbours that keeps beside
 * two principal axes and its own rows shuffled, and that it is the same twice.
 */
export function neighbourMap(
  lab: Lab,
  data: LabData,
  { name, setting, embed }: { readonly name: string; readonly setting: string; embed(Z: Matrix): Matrix },
): void {
  const Z = scaled(data);
  const map = embed(Z);
  const group = labelsOf(data);
  lab.plot(
    scatter(map.col(0), map.col(1), {
      ...(group.length > 0 && { group }),
      title: `${data.name}, ${setting}`,
      alt: `A ${name} map of the ${Z.rows} rows of ${data.name}${data.target === null ? "" : `, coloured by ${data.target}`}.`,
      x: { label: "" },
      y: { label: "" },
    }),
  );
  const kept = (M: Matrix) => trustworthiness(Z, M, { nNeighbors: 5 });
  const own = kept(map);
  const shuffled = kept(map.selectRows(lab.random().permutation(Z.rows)));
  lab.table({
    columns: ["map", "neighbours kept, k = 5"],
    rows: [
      [name, own],
      ["two principal axes", kept(new PCA({ nComponents: 2 }).fit(Z).transform(Z))],
      [`${name} with its rows shuffled`, shuffled],
    ],
    caption: "Trustworthiness of the map",
  });
  lab.check("neighbours kept, more than with its rows shuffled, by", own - shuffled, { above: 0 });
  lab.check(
    "the same seed, the same map: largest difference",
    Math.max(...embed(Z).sub(map).data.map(Math.abs)),
    { equals: 0 },
  );
}

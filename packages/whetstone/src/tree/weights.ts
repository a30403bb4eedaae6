import { type Label, show, valueError } from "../contract/index.ts";
import type { ClassWeight } from "./params.ts";

/**
 * Weight of each row: its own (1 where absent) times that of its class. `"balanced"` gives every class the same total.
 *
 * @param codes position of each row's label in `classes`
 * @example
 * rowWeights("balanced", ["a", "b"], Int32Array.of(0, 0, 0, 1), null, "f")[3]; // 2: as much as the three "a" together
 */
export function rowWeights(
  rule: ClassWeight,
  classes: readonly Label[],
  codes: Int32Array,
  sampleWeight: Float64Array | null,
  where: string,
): Float64Array {
  const weights = sampleWeight?.slice() ?? new Float64Array(codes.length).fill(1);
  if (rule === null) return weights;
  const perClass = new Float64Array(classes.length).fill(1);
  if (rule === "balanced") {
    const totals = new Float64Array(classes.length);
    for (let i = 0; i < codes.length; i++) totals[codes[i]!] = totals[codes[i]!]! + weights[i]!;
    const present = totals.filter((t) => t > 0).length;
    const total = totals.reduce((a, b) => a + b, 0);
    totals.forEach((t, k) => {
      perClass[k] = t > 0 ? total / (present * t) : 0;
    });
  } else {
    for (const [label, weight] of Object.entries(rule)) {
      const k = classes.findIndex((c) => String(c) === label);
      if (k < 0) {
        const known = classes.map(String).join(", ");
        throw valueError(
          where,
          "classWeight",
          `is given for ${show(label)}, expected labels of y only (${known})`,
        );
      }
      perClass[k] = weight;
    }
  }
  for (let i = 0; i < codes.length; i++) weights[i] = weights[i]! * perClass[codes[i]!]!;
  if (!weights.some((w) => w > 0))
    throw valueError(where, "classWeight", "leaves every row without weight, expected a weight > 0");
  return weights;
}

import { argumentError, custom, either, type Label, oneOf, optional, type Param } from "../contract/index.ts";

export type ClassWeight = "balanced" | Readonly<Record<string, number>> | null;

export const classWeightParam: Param<ClassWeight> = optional(
  either(
    oneOf(["balanced"], {
      default: "balanced",
      doc: 'Factor of C per class: an object of label to weight (1 where absent), or "balanced" for equal totals',
    }),
    custom<Readonly<Record<string, number>>>({
      default: {},
      doc: "",
      expected: "an object of label to weight >= 0",
      accepts: (v) =>
        typeof v === "object" &&
        v !== null &&
        !Array.isArray(v) &&
        Object.values(v).every((w) => typeof w === "number" && Number.isFinite(w) && w >= 0),
    }),
  ),
);

/** Sample weight times class weight, per row. */
export function rowWeights(
  classWeight: ClassWeight,
  classes: readonly Label[],
  codes: Int32Array,
  weights: Float64Array | null,
  where: string,
): Float64Array {
  const out = weights ? weights.slice() : new Float64Array(codes.length).fill(1);
  if (classWeight === null) return out;
  const K = classes.length;
  const factor = new Float64Array(K).fill(1);
  if (classWeight === "balanced") {
    const totals = new Float64Array(K);
    codes.forEach((k, i) => {
      totals[k] = totals[k]! + out[i]!;
    });
    const all = totals.reduce((a, b) => a + b, 0);
    for (let k = 0; k < K; k++) factor[k] = totals[k]! > 0 ? all / (K * totals[k]!) : 0;
  } else {
    for (const [label, weight] of Object.entries(classWeight)) {
      const k = classes.findIndex((c) => String(c) === label);
      if (k < 0)
        throw argumentError(
          where,
          "classWeight",
          label,
          `labels of y only (${classes.map(String).join(", ")})`,
        );
      factor[k] = weight;
    }
  }
  return out.map((w, i) => w * factor[codes[i]!]!);
}

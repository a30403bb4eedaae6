import { describe, expect, test } from "vitest";
import { loadBreastCancer, loadDiabetes, loadIris } from "../datasets/index.ts";
import { randomStream } from "../math/index.ts";
import { duplicatesAcross, leakageReport, Table, textColumn } from "./index.ts";

const rng = randomStream(3);
const n = 300;
const noise = Array.from({ length: n }, () => rng.normal());
const price = Array.from({ length: n }, (_, i) => 3 * noise[i]! + rng.normal());
const label = noise.map((v) => (v + rng.normal() > 0 ? "yes" : "no"));
const base = Table.fromColumns({ noise, other: Array.from({ length: n }, () => rng.normal()), label, price });
const found = (t: Table, target: string) => leakageReport(t, target).map((f) => `${f.kind} ${f.column}`);

describe("leakageReport", () => {
  test("says nothing where nothing is wrong", () => {
    expect(found(base, "label")).toEqual([]);
    expect(found(base, "price")).toEqual([]);
    for (const set of [loadIris(), loadBreastCancer(), loadDiabetes()])
      expect(found(set.table(), set.targetName)).toEqual([]);
  });

  test("copies and recodings of a class", () => {
    const t = base
      .withColumn("copy", label)
      .withColumn(
        "flag",
        label.map((v) => v === "yes"),
      )
      .withColumn(
        "number",
        label.map((v) => (v === "yes" ? 10 : 20)),
      )
      .withColumn(
        "broken",
        label.map((v, i) => (i === 7 ? "other" : v)),
      );
    expect(found(t, "label")).toEqual([
      "copy copy",
      "equivalent flag",
      "equivalent number",
      "predictor broken",
    ]);
    expect(leakageReport(t, "label")[0]!.message).toBe(
      'column "copy" is a copy of the target "label": a model would only read it off',
    );
  });

  test("monotone functions of a number, and what nearly is one", () => {
    const t = base
      .withColumn(
        "euros",
        price.map((v) => 1.1 * v + 3),
      )
      .withColumn(
        "falling",
        price.map((v) => -Math.exp(v)),
      )
      .withColumn(
        "nearly",
        price.map((v) => v + 0.01 * rng.normal()),
      )
      .withColumn(
        "text",
        price.map((v) => `p${Math.round(v * 2)}`),
      );
    expect(found(t, "price")).toEqual([
      "equivalent euros",
      "equivalent falling",
      "predictor nearly",
      "predictor text",
    ]);
    const nearly = leakageReport(t, "price").find((f) => f.column === "nearly")!;
    expect(nearly.strength).toBeGreaterThan(0.995);
    expect(nearly.advice).toBe("check");
  });

  test("constant columns and columns that number the rows", () => {
    const t = base
      .withColumn("same", Array<number>(n).fill(4))
      .withColumn("empty", Array<null>(n).fill(null))
      .withColumn(
        "row",
        Array.from({ length: n }, (_, i) => 1000 + i),
      )
      .withColumn("shuffled", Array.from(rng.permutation(n)))
      .withColumn(
        "uuid",
        textColumn(
          Array.from({ length: n }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`),
        ),
      )
      .withColumn("code", textColumn(Array.from({ length: n }, (_, i) => `K-${(i * 7919) % 10007}`)))
      .withColumn("story", textColumn(Array.from({ length: n }, (_, i) => `a text of several words ${i}`)));
    expect(found(t, "label")).toEqual([
      "constant same",
      "constant empty",
      "id row",
      "id shuffled",
      "id uuid",
      "id code",
    ]);
  });

  test("a class that follows from a threshold is found, a unique text is not taken for a predictor", () => {
    const t = base
      .withColumn(
        "score",
        label.map((v) => (v === "yes" ? 1 : 0) + rng.uniform(0, 0.9)),
      )
      .withColumn("names", textColumn(label.map((v, i) => `${v} ${i} ${i % 7}`)));
    expect(found(t, "label")).toEqual(["predictor score"]);
  });

  test("rows on both sides of a split", () => {
    const t = Table.fromColumns({ a: [1, 2, 1, null, null], b: ["x", "y", "x", "z", "z"] });
    const split = { train: Int32Array.of(0, 3), test: Int32Array.of(1, 2, 4) };
    expect(Array.from(duplicatesAcross(t, split))).toEqual([2, 4]);
    expect(leakageReport(t, "b", { split }).at(-1)).toMatchObject({ kind: "duplicates", strength: 2 / 3 });
  });

  test("a target that is not there", () => {
    expect(() => leakageReport(base, "labels")).toThrow(
      'leakageReport: target is "labels", which the table does not have; did you mean "label"?',
    );
  });
});

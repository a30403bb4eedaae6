import { describe, expect, test } from "vitest";
import { loadBreastCancer, loadDiabetes, loadIris } from "../datasets/index.ts";
import { randomStream } from "../math/index.ts";
import { type Column, leakageReport, Table, textColumn } from "./index.ts";

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

  const one = (column: Column | readonly (string | number | null)[], target: string, options = {}) =>
    leakageReport(base.withColumn("c", column as Column), target, options).map((f) => [
      f.kind,
      f.measure ?? f.relation,
    ]);

  test("says how a copy goes with the target", () => {
    expect(one(label, "label")).toEqual([["copy", "same"]]);
    expect(
      one(
        label.map((v) => `${v}!`),
        "label",
      ),
    ).toEqual([["equivalent", "one-to-one"]]);
    expect(
      one(
        price.map((v) => v ** 3),
        "price",
      ),
    ).toEqual([["equivalent", "rising"]]);
    expect(
      one(
        price.map((v) => -v),
        "price",
      ),
    ).toEqual([["equivalent", "falling"]]);
  });

  test("a missing value can be the copy's second value, and filling in can be all that tells", () => {
    expect(
      one(
        label.map((v) => (v === "yes" ? "left" : null)),
        "label",
      ),
    ).toEqual([["equivalent", "one-to-one"]]);
    const date = (i: number) => (label[i] === "yes" ? i % 28 : null);
    expect(
      one(
        label.map((_, i) => date(i)),
        "label",
      ),
    ).toEqual([["equivalent", "presence"]]);
    // All rows but one: no copy any more, and still an answer for nearly every row.
    const but = label.map((_, i) => (i === label.indexOf("no") ? 3 : date(i)));
    expect(one(but, "label")).toEqual([["predictor", "balanced accuracy"]]);
  });

  test("values that hardly repeat prove no recoding", () => {
    // Unique values but for one row that is there twice.
    const t = Table.fromColumns({
      y: Array.from({ length: 40 }, (_, i) => (i === 39 ? "v0" : `v${i}`)),
      name: Array.from({ length: 40 }, (_, i) => (i === 39 ? "n 0" : `n ${(i * 7) % 40}`)),
    });
    expect(leakageReport(t, "y")).toEqual([]);
  });

  test("a class in the middle of the range, which no order of the rows shows", () => {
    const middle = label.map((v, i) => (v === "yes" ? i % 3 : i % 2 ? 5 : -2));
    expect(one(middle, "label")).toEqual([["predictor", "balanced accuracy"]]);
  });

  test("many values and a rare class are no predictor", () => {
    // Each value has ten rows; each of the ten rare rows has a value of its own.
    const rows = 5000;
    const t = Table.fromColumns({
      shop: Array.from({ length: rows }, (_, i) => `s${i % (rows / 10)}`),
      rare: Array.from({ length: rows }, (_, i) => (i < 10 ? "yes" : "no")),
    });
    expect(leakageReport(t, "rare")).toEqual([]);
  });

  test("few rows of a class say nothing", () => {
    const rare = label.map((_, i) => (i < 9 ? "a" : "b"));
    const t = base.withColumn("rare", rare).withColumn(
      "order",
      Array.from(noise, (v, i) => (i < 9 ? 9 : v)),
    );
    expect(leakageReport(t, "rare")).toEqual([]);
  });

  test("rows sorted by the target: the row number is an id and predicts", () => {
    const t = Table.fromColumns({
      row: Array.from({ length: 200 }, (_, i) => i),
      y: Array.from({ length: 200 }, (_, i) => (i < 100 ? "a" : "b")),
    });
    expect(found(t, "y")).toEqual(["id row", "predictor row"]);
  });

  test("the task can be said", () => {
    const stars = noise.map((v) => Math.max(-3, Math.min(3, Math.round(2 * v))));
    const near = stars.map((v, i) => 2 * v + (i % 2));
    const t = base.withColumn("stars", stars).withColumn("near", near);
    const measures = (task?: "classification" | "regression") =>
      leakageReport(t, "stars", task ? { task, threshold: 0.97 } : { threshold: 0.97 }).map(
        (f) => `${f.column} ${f.measure}`,
      );
    expect(measures("regression")).toContain("near rank R2");
    expect(measures("classification")).toContain("near balanced accuracy");
    expect(measures()).toEqual(measures("classification"));
    expect(() => leakageReport(base, "label", { task: "regression" })).toThrow(
      'leakageReport: task is "regression", expected "classification", as "label" holds no numbers',
    );
  });

  test("rows on both sides of a split", () => {
    const t = Table.fromColumns({ a: [1, 2, 1, null, null], b: ["x", "y", "x", "z", "z"] });
    const split = { train: Int32Array.of(0, 3), test: Int32Array.of(1, 2, 4) };
    expect(leakageReport(t, "b", { split }).at(-1)).toMatchObject({ kind: "duplicates", strength: 2 / 3 });
  });

  test("a target that is not there", () => {
    expect(() => leakageReport(base, "labels")).toThrow(
      'leakageReport: target is "labels", which the table does not have; did you mean "label"?',
    );
  });
});

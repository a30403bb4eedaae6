import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  booleanColumn,
  categoryColumn,
  duplicateGroups,
  duplicatesAcross,
  Table,
  textColumn,
} from "./index.ts";

describe("duplicateGroups", () => {
  test("numbers groups by their first rows", () => {
    const t = Table.fromColumns({ a: [1, 2, 1, null, null, 2], b: ["x", "y", "x", "z", "z", "x"] });
    expect(Array.from(duplicateGroups(t))).toEqual([0, 1, 0, 2, 2, 3]);
  });

  test("is the grouping by the written rows", () => {
    const cell = fc.record({
      n: fc.constantFrom(1, 2, null),
      c: fc.constantFrom("a", "b", null),
      t: fc.constantFrom("a", "", null),
      f: fc.constantFrom(true, false, null),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 40 }), (rows) => {
        const t = Table.fromColumns({
          n: Float64Array.from(rows, (r) => r.n ?? Number.NaN),
          c: categoryColumn(rows.map((r) => r.c)),
          t: textColumn(rows.map((r) => r.t)),
          f: booleanColumn(rows.map((r) => r.f)),
        });
        const seen = [...new Set(rows.map((r) => JSON.stringify(r)))];
        const expected = rows.map((r) => seen.indexOf(JSON.stringify(r)));
        expect(Array.from(duplicateGroups(t))).toEqual(expected);
      }),
    );
  });
});

test("duplicatesAcross gives test rows that also are training rows", () => {
  const t = Table.fromColumns({ a: [1, 2, 1, null, null], b: ["x", "y", "x", "z", "z"] });
  const split = { train: Int32Array.of(0, 3), test: Int32Array.of(1, 2, 4) };
  expect(Array.from(duplicatesAcross(t, split))).toEqual([2, 4]);
});

/** Certificates from the papers: segments, borders, densities and edits, by brute force. */
import { describe, expect, it } from "vitest";
import { randomStream } from "../../math/index.ts";
import { Table } from "../table/index.ts";
import { ADASYN, BorderlineSMOTE, EditedNearestNeighbours, SMOTEENN, SMOTENC } from "./index.ts";

const random = randomStream(6);
const y = Array.from({ length: 96 }, (_, i) => (i % 8 === 0 ? "rare" : i % 8 < 3 ? "some" : "often"));
const X = y.map((c) => [random.normal() + (c === "rare" ? 1 : 0), random.normal() - (c === "some" ? 1 : 0)]);
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, j) => v - b[j]!));
const all = X.map((_, i) => i);
const near = (i: number, k: number, among: readonly number[] = all) =>
  among
    .filter((j) => j !== i)
    .sort((a, b) => distance(X[i]!, X[a]!) - distance(X[i]!, X[b]!) || a - b)
    .slice(0, k);
const of = (c: string) => all.filter((i) => y[i] === c);
const isBorder = (i: number) => {
  const others = near(i, 10).filter((j) => y[j] !== y[i]).length;
  return others >= 5 && others < 10;
};
/** How far p lies along the way from a to b; NaN where it does not lie there. */
const along = (a: readonly number[], b: readonly number[], p: readonly number[]) =>
  Math.abs(distance(a, p) + distance(p, b) - distance(a, b)) < 1e-12
    ? distance(a, p) / distance(a, b)
    : Number.NaN;
const made = (out: { X: { rows: number; row(i: number): Float64Array }; y: string[]; rows: Int32Array }) =>
  Array.from({ length: out.X.rows }, (_, t) => t)
    .filter((t) => out.rows[t] === -1)
    .map((t) => ({ p: Array.from(out.X.row(t)), label: out.y[t]! }));

describe("BorderlineSMOTE", () => {
  it("makes rows between a row on the border and a near one", () => {
    for (const kind of ["borderline1", "borderline2"] as const) {
      const out = new BorderlineSMOTE({ kind, kNeighbors: 4 }).resample(X, y);
      const rows = made(out);
      for (const c of ["rare", "some"]) {
        expect(out.y.filter((v) => v === c)).toHaveLength(of("often").length);
        expect(of(c).some(isBorder)).toBe(true);
      }
      let towardsOthers = 0;
      for (const { p, label } of rows) {
        const among = kind === "borderline1" ? of(label) : all;
        const found = of(label)
          .filter(isBorder)
          .some((i) =>
            near(i, 4, among).some((j) => {
              const share = along(X[i]!, X[j]!, p);
              const right = y[j] === label ? share <= 1 : share <= 0.5;
              if (right && y[j] !== label) towardsOthers++;
              return right;
            }),
          );
        expect(found).toBe(true);
      }
      if (kind === "borderline2") expect(towardsOthers).toBeGreaterThan(0);
    }
  });
  it("is repeatable, and leaves a class without border alone", () => {
    const spec = new BorderlineSMOTE({ seed: 3 });
    expect(spec.resample(X, y).X.data).toEqual(spec.resample(X, y).X.data);
    const apart = [[0], [1], [2], [3], [50], [51]];
    const labels = ["a", "a", "a", "a", "b", "b"];
    expect(new BorderlineSMOTE({ kNeighbors: 1, mNeighbors: 1 }).resample(apart, labels).y).toEqual(labels);
    expect(() => new BorderlineSMOTE().resample(apart, labels)).toThrow(
      "BorderlineSMOTE.resample: y holds 2 rows of class b, expected more than kNeighbors (5)",
    );
  });
});

describe("ADASYN", () => {
  it("makes as many rows from each as the share of other classes around it says", () => {
    const out = new ADASYN({ nNeighbors: 5 }).resample(X, y);
    const rows = made(out);
    let at = 0;
    for (const c of ["rare", "some"]) {
      const missing = of("often").length - of(c).length;
      const shares = of(c).map((i) => near(i, 5).filter((j) => y[j] !== c).length / 5);
      const total = shares.reduce((a, b) => a + b, 0);
      of(c).forEach((i, t) => {
        const count = Math.round((missing * shares[t]!) / total);
        for (let k = 0; k < count; k++, at++) {
          const { p, label } = rows[at]!;
          expect(label).toBe(c);
          expect(near(i, 5, of(c)).some((j) => along(X[i]!, X[j]!, p) <= 1)).toBe(true);
        }
      });
    }
    expect(at).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(60);
  });
  it("says when a class has no hard row", () => {
    const labels = ["a", "a", "a", "a", "a", "b", "b", "b"];
    const apart = labels.map((c, i) => [c === "a" ? i : 100 + i]);
    expect(() => new ADASYN({ nNeighbors: 2 }).resample(apart, labels)).toThrow(
      "ADASYN.resample: y holds class b, none of whose rows has a neighbour of another class",
    );
  });
});

describe("SMOTENC", () => {
  const colours = ["red", "green", "blue"];
  const colour = y.map((c, i) => colours[(c === "rare" ? 1 : 0) + (random.uniform() < 0.4 ? i % 2 : 0)]!);
  const table = Table.fromColumns({ a: X.map((r) => r[0]!), colour, b: X.map((r) => r[1]!) });
  const sd = (values: number[]) => {
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    return Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
  };
  it("moves numbers along a segment and takes the neighbours' most frequent category", () => {
    const out = new SMOTENC({ kNeighbors: 3 }).resample(table, y);
    const names = out.X.toDesign().categories![1]!;
    const rows = made(out);
    expect(rows.length).toBe(2 * of("often").length - of("rare").length - of("some").length);
    for (const { p, label } of rows) {
      const members = of(label);
      const apart = (sd(members.map((i) => X[i]![0]!)) + sd(members.map((i) => X[i]![1]!))) / 2;
      const far = (i: number, j: number) =>
        Math.hypot(distance(X[i]!, X[j]!), colour[i] === colour[j] ? 0 : apart);
      const fits = members.some((i) => {
        const three = members
          .filter((j) => j !== i)
          .sort((a, b) => far(i, a) - far(i, b))
          .slice(0, 3);
        if (!three.some((j) => along(X[i]!, X[j]!, [p[0]!, p[2]!]) <= 1)) return false;
        const count = (name: string) => three.filter((j) => colour[j] === name).length;
        return colours.every((name) => count(name) <= count(names[p[1]!]!));
      });
      expect(fits).toBe(true);
    }
    const codes = new SMOTENC({ kNeighbors: 3, categoricalFeatures: ["colour"] }).resample(table, y);
    expect(codes.X.data).toEqual(out.X.data);
  });
  it("needs columns of both kinds", () => {
    expect(() => new SMOTENC().resample(X, y)).toThrow("SMOTENC.resample: X holds no category column");
    expect(() => new SMOTENC({ categoricalFeatures: [0, 1] }).resample(X, y)).toThrow(
      "holds category columns only",
    );
    expect(() => new SMOTENC({ categoricalFeatures: [2] }).resample(X, y)).toThrow(
      "categoricalFeatures is 2",
    );
  });
});

describe("EditedNearestNeighbours", () => {
  it("keeps what its rule keeps", () => {
    for (const kindSel of ["all", "mode"] as const) {
      const keeps = (i: number) => {
        const labels = near(i, 3).map((j) => y[j]!);
        if (kindSel === "all") return labels.every((c) => c === y[i]);
        const count = (c: string) => labels.filter((v) => v === c).length;
        const best = [...new Set(y)].sort().reduce((a, b) => (count(b) > count(a) ? b : a));
        return best === y[i];
      };
      const edited = new EditedNearestNeighbours({ kindSel }).resample(X, y);
      expect(Array.from(edited.rows)).toEqual(all.filter((i) => y[i] === "rare" || keeps(i)));
      const hard = new EditedNearestNeighbours({ kindSel, remove: "all" }).resample(X, y);
      expect(Array.from(hard.rows)).toEqual(all.filter(keeps));
      expect(hard.y.length).toBeLessThan(edited.y.length);
    }
  });
  it("after SMOTE no row is left whose neighbours were of another class", () => {
    const out = new SMOTEENN().resample(X, y);
    expect(out.rows.every((i, t) => i < 0 || X[i]!.every((v, j) => v === out.X.at(t, j)))).toBe(true);
    expect(made(out).length).toBeGreaterThan(20);
    expect(new SMOTEENN({ kindSel: "mode" }).resample(X, y).y.length).toBeGreaterThan(out.y.length);
  });
});

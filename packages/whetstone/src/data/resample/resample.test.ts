import { describe, expect, it } from "vitest";
import { randomStream } from "../../math/index.ts";
import { NearMiss, RandomOverSampler, RandomUnderSampler, SMOTE, SMOTETomek, TomekLinks } from "./index.ts";

const random = randomStream(6);
const y = Array.from({ length: 80 }, (_, i) => (i % 8 === 0 ? "rare" : "often"));
const X = y.map((c) => [random.normal() + (c === "rare" ? 1 : 0), random.normal()]);
const count = (labels: readonly string[], c: string) => labels.filter((v) => v === c).length;
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, j) => v - b[j]!));

describe("resampling", () => {
  it("over- and under-samples to the ratio, from rows that exist, and repeats with its seed", () => {
    for (const ratio of [1, 0.5, 0.2]) {
      const over = new RandomOverSampler({ ratio }).resample(X, y);
      expect(count(over.y, "rare")).toBe(Math.floor(70 * ratio));
      expect(count(over.y, "often")).toBe(70);
      const under = new RandomUnderSampler({ ratio }).resample(X, y);
      expect(count(under.y, "rare")).toBe(10);
      expect(count(under.y, "often")).toBe(Math.floor(10 / ratio));
      expect(new Set(under.rows).size).toBe(under.rows.length);
      for (const r of [over, under]) {
        r.rows.forEach((i, t) => {
          expect(Array.from(r.X.row(t))).toEqual(X[i]);
        });
      }
      expect(new RandomUnderSampler({ ratio }).resample(X, y).rows).toEqual(under.rows);
    }
    expect(new RandomUnderSampler({ seed: 1 }).resample(X, y).rows).not.toEqual(
      new RandomUnderSampler().resample(X, y).rows,
    );
  });

  it("SMOTE makes rows between a row and one of its nearest of the class (brute force)", () => {
    const rare = X.filter((_, i) => y[i] === "rare");
    for (const kind of ["regular", "borderline"] as const) {
      const out = new SMOTE({ kNeighbors: 3, kind }).resample(X, y);
      expect(count(out.y, "rare")).toBe(70);
      for (let t = 80; t < out.X.rows; t++) {
        const p = Array.from(out.X.row(t));
        expect(out.rows[t]).toBe(-1);
        const between = rare.some((a) => {
          const near = rare
            .filter((b) => b !== a)
            .sort((b, c) => distance(a, b) - distance(a, c))
            .slice(0, 3);
          return near.some((b) => Math.abs(distance(a, p) + distance(p, b) - distance(a, b)) < 1e-12);
        });
        expect(between).toBe(true);
      }
    }
    expect(() => new SMOTE({ kNeighbors: 10 }).resample(X, y)).toThrow(
      "SMOTE.resample: y holds 10 rows of class rare, expected more than kNeighbors (10)",
    );
  });

  it("Tomek links are pairs of unlike rows that no row comes between (definition)", () => {
    const out = new TomekLinks().resample(X, y);
    const all = new TomekLinks({ remove: "all" }).resample(X, y);
    const linked = X.map((a, i) =>
      X.some(
        (b, j) =>
          y[i] !== y[j] &&
          X.every(
            (c, k) =>
              k === i || k === j || (distance(a, c) > distance(a, b) && distance(b, c) > distance(a, b)),
          ),
      ),
    );
    expect(linked.some(Boolean)).toBe(true);
    expect(Array.from(all.rows)).toEqual(X.map((_, i) => i).filter((i) => !linked[i]));
    expect(Array.from(out.rows)).toEqual(X.map((_, i) => i).filter((i) => !linked[i] || y[i] === "rare"));
  });

  it("NearMiss keeps what its versions say (brute force)", () => {
    const rare = X.map((_, i) => i).filter((i) => y[i] === "rare");
    const often = X.map((_, i) => i).filter((i) => y[i] !== "rare");
    const mean = (i: number, far: boolean) => {
      const d = rare.map((j) => distance(X[i]!, X[j]!)).sort((a, b) => a - b);
      return (far ? d.slice(-3) : d.slice(0, 3)).reduce((s, v) => s + v, 0);
    };
    for (const version of [1, 2]) {
      const kept = new NearMiss({ version }).resample(X, y).rows;
      const wanted = [...often].sort((a, b) => mean(a, version === 2) - mean(b, version === 2)).slice(0, 10);
      expect([...kept].filter((i) => y[i] === "often")).toEqual(wanted.sort((a, b) => a - b));
    }
    const third = new NearMiss({ version: 3, candidatesPerRow: 1 }).resample(X, y).rows;
    for (const i of third) {
      if (y[i] === "rare") continue;
      expect(rare.some((r) => often.every((j) => distance(X[r]!, X[j]!) >= distance(X[r]!, X[i]!)))).toBe(
        true,
      );
    }
  });

  it("SMOTE with Tomek links leaves no link", () => {
    const out = new SMOTETomek().resample(X, y);
    expect(out.X.rows).toBeGreaterThan(100);
    expect(out.rows.every((i, t) => i < 0 || X[i]!.every((v, j) => v === out.X.at(t, j)))).toBe(true);
  });
});

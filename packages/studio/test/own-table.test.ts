import { describe, expect, it } from "vitest";
import { MOST_ROWS, prepare, type Task } from "../src/lab/own/prepare.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string | Uint8Array, task: Task = "classes", target: string | null = null) =>
  prepare("t.csv", typeof text === "string" ? bytes(text) : text, { task, target, columns: null });
const rows = (n: number, row: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => row(i)).join("\n");

describe("a reader's table", () => {
  it("gives numbers, classes, and columns of 0 and 1 for text of few values", () => {
    const { data, targets } = read(
      `a,size,b,kind\n${rows(40, (i) => `${i},${i % 2 ? "L" : "S"},${i * i},${i < 20 ? "x" : "y"}`)}`,
    );
    expect(data.columns).toEqual(["a", "size = S", "b"]);
    expect(data.target).toBe("kind");
    expect(targets).toEqual(["size", "kind"]);
    expect([...data.data.subarray(3, 6)]).toEqual([1, 0, 1]);
    expect(data.y!.slice(19, 21)).toEqual(["x", "y"]);
  });

  it("says which columns and rows were left out and why", () => {
    const text = `id,one,a,b,kind\n${rows(60, (i) => `n${i},5,${i === 3 ? "" : i},${-i},${i === 7 ? "rare" : i % 2 ? "x" : "y"}`)}`;
    const { data, notes } = read(text);
    expect(data.rows).toBe(58);
    const said = notes.join(" ");
    expect(said).toContain("“one” is left out: it has one value.");
    expect(said).toContain("“id” is left out: it is text with 60 values.");
    expect(said).toContain("1 row with missing values is left out.");
    expect(said).toContain("1 class of fewer than 5 rows left out.");
  });

  it("takes the target asked for, and numbers where numbers are to be predicted", () => {
    const text = `a,b,c\n${rows(30, (i) => `${i},${2 * i},${i % 7}`)}`;
    expect(read(text, "numbers", "b").data.target).toBe("b");
    expect(read(text, "none").data).toMatchObject({ target: null, y: null, cols: 3 });
  });

  it("takes rows at even distances from a large table, so that a sorted one keeps all its kinds", () => {
    const { data, notes } = read(
      `a,b,kind\n${rows(30_000, (i) => `${i},${i % 7},${i < 20_000 ? "x" : "y"}`)}`,
    );
    expect(data.rows).toBe(MOST_ROWS);
    expect(data.y!.filter((kind) => kind === "y").length).toBe(333);
    expect(notes).toEqual(["1,000 rows are used, at even distances in 30,000 rows."]);
  });

  it("reads the first part of a table of a million, and says so", () => {
    const { data, notes } = read(`a,b\n${"1,2\n3,4\n5,1\n".repeat(300_000)}`, "none");
    expect(data.rows).toBe(MOST_ROWS);
    expect(notes.join(" ")).toContain("1,000 rows are used, at even distances in the first 100,000 rows.");
    const cut = prepare(
      "t.csv",
      bytes(`a,b\n${rows(30, (i) => `${i},${i % 7}`)}`),
      { task: "none", target: null, columns: null },
      true,
    );
    expect(cut.notes).toEqual(["Only the first 30 rows are read."]);
  });

  it("colours by labels where there are some, and by none where the reader says so", () => {
    const text = `a,b,kind\n${rows(40, (i) => `${i},${i * i},${i % 2 ? "x" : "y"}`)}`;
    expect(read(text, "groups").data).toMatchObject({ target: "kind", cols: 2 });
    expect(read(text, "groups", "").data).toMatchObject({ target: null, y: null, cols: 3 });
    const plain = `a,b\n${rows(40, (i) => `${i},${i * i}`)}`;
    expect(read(plain, "groups").data).toMatchObject({ target: null, y: null, cols: 2 });
  });

  it("leaves out columns that no longer vary in the rows that are used, and numbers too large", () => {
    const { data, notes } = read(
      `a,b,c,huge\n${rows(40, (i) => `${i},${i * i},${i === 3 ? 9 : 1},${i}e300`).replace("3,9,9,3e300", "3,,9,3e300")}`,
      "none",
    );
    expect(data.columns).toEqual(["a", "b"]);
    expect(notes.join(" ")).toContain("“c” is left out: one value in the rows used.");
    expect(notes.join(" ")).toContain("“huge” is left out: its numbers are too large to be squared.");
  });

  it.each([
    ["an empty file", "", /empty/],
    ["blank lines", "\n\n", /could not be read/],
    ["a binary file", new Uint8Array([137, 80, 78, 71, 0, 0, 1]), /binary/],
    ["one column", "a\n1\n2\n", /one column/],
    ["prose", "Once upon a time, there was\na table", /./],
    ["a page of HTML", `<!doctype html>\n<html><body>${"<p>a, b</p>\n".repeat(40)}</body></html>`, /./],
    ["random bytes", Uint8Array.from({ length: 900 }, (_, i) => 33 + ((i * 7919) % 200)), /./],
    ["columns that do not vary", `a,b,kind\n${rows(40, (i) => `1,2,${i % 2}`)}`, /Fewer than two columns/],
    ["a target that does not vary", `a,b,c\n${rows(40, (i) => `${i},${i},`)}`, /./],
    ["too few rows", "a,b,c\n1,2,x\n3,4,y\n", /./],
  ])("refuses %s with a sentence", (_, text, why) => {
    expect(() => read(text)).toThrow(why);
    expect(() => read(text)).toThrow(/^[A-Z].*\.?$/s);
  });
});

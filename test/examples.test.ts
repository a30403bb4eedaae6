/** Every `@example` of a doc comment and every TypeScript block of the pages in docs/ runs, and where a line ends in `// value`, gives that value. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type Example,
  examplesIn,
  type LineValue,
  type Names,
  runExample,
  scopeOf,
} from "../packages/studio/build/api/examples.ts";

const library = fileURLToPath(new URL("../packages/whetstone/src/", import.meta.url));

const examplesOf = (file: string): Example[] => examplesIn(readFileSync(join(library, file), "utf8"), file);

/** The blocks of a page, each by itself. */
function pages(): Example[] {
  const docs = fileURLToPath(new URL("../docs/", import.meta.url));
  return readdirSync(docs)
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => {
      const text = readFileSync(join(docs, file), "utf8");
      return Array.from(text.matchAll(/^```ts\n([\s\S]*?)^```$/gm), (block) => ({
        file: `docs/${file}`,
        line: text.slice(0, block.index).split("\n").length,
        code: block[1]!,
      }));
    });
}

const files = readdirSync(library, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !/generated|assembly/.test(file));
const examples = [...files.flatMap(examplesOf), ...pages()];

const chapters = new Map<string, Names>();
for (const file of files.filter((f) => /^[^/]+\/index\.ts$/.test(f)))
  chapters.set(file.slice(0, file.indexOf("/")), await import(/* @vite-ignore */ join(library, file)));

const NOT_A_VALUE = Symbol("not a value");

/** Compares what a line gave with what its comment promises. */
function same({ value: actual, promised }: LineValue): void {
  if (!promised) return;
  const { value, text, tolerance } = promised;
  let expected: unknown = NOT_A_VALUE;
  try {
    expected = value();
  } catch {
    // A comment in words, such as `// shape`.
  }
  if (expected === NOT_A_VALUE || typeof expected === "function") return;
  const plain = (v: unknown): unknown => {
    if (ArrayBuffer.isView(v)) return Array.from(v as unknown as ArrayLike<number>);
    if (typeof v === "object" && v !== null && "toArray" in v && !Array.isArray(v))
      return (v as { toArray(): unknown }).toArray();
    return v;
  };
  const check = (a: unknown, b: unknown): void => {
    if (typeof a === "number" && typeof b === "number" && Number.isFinite(b)) {
      expect(Math.abs(a - b), `${text}: got ${a}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)));
    } else if (Array.isArray(a) && Array.isArray(b)) {
      expect(a.length, text).toBe(b.length);
      a.forEach((v, i) => {
        check(plain(v), plain(b[i]));
      });
    } else if (isRecord(a) && isRecord(b)) {
      for (const key of Object.keys(b)) check(plain(a[key]), plain(b[key]));
    } else expect(a, text).toEqual(b);
  };
  check(plain(actual), plain(expected));
}

const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

test("the library documents itself with examples", () => {
  expect(examples.length).toBeGreaterThan(30);
});

describe("examples", () => {
  test.each(examples.map((e) => [`${e.file}:${e.line}`, e] as const))("%s", async (_, example) => {
    await runExample(example, scopeOf(chapters, example.file), same);
  });
});

/** Every `@example` of a doc comment and every TypeScript block of the pages in docs/ runs, and where a line ends in `// value`, gives that value. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import { describe, expect, test } from "vitest";

const library = fileURLToPath(new URL("../packages/whetstone/src/", import.meta.url));

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(library, file), "utf8");
  const found: Example[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment[0]
      .split("\n")
      .map((line) => line.replace(/^\s*\*( |$)/, "").replace(/\*\/\s*$/, ""));
    lines.forEach((line, at) => {
      if (!/^@example/.test(line)) return;
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((l) => /^@\w+/.test(l));
      const code = rest
        .slice(0, end < 0 ? undefined : end)
        .filter((l) => !l.startsWith("```"))
        .join("\n");
      const start = text.slice(0, comment.index).split("\n").length;
      found.push({ file, line: start + at, code });
    });
  }
  return found;
}

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

/**
 * Everything the library exports, by name: examples need no imports. Chapters share some names (`mse` of numbers and
 * of tensors): an example means its own chapter's.
 */
const scope: Record<string, unknown> = {};
const chapters = new Map<string, Record<string, unknown>>();
for (const file of files.filter((f) => /^[^/]+\/index\.ts$/.test(f))) {
  const chapter = (await import(/* @vite-ignore */ join(library, file))) as Record<string, unknown>;
  chapters.set(file.slice(0, file.indexOf("/")), chapter);
  Object.assign(scope, chapter);
}

/** `expression; // value` becomes a comparison where the comment is an expression too. */
function withExpectations(code: string): string {
  return code
    .split("\n")
    .map((line) => {
      const m = /^(?!\s*(?:const|let|for|if|import|\}|\/\/))(.+?);\s*\/\/ (.+)$/.exec(line);
      if (!m || !balanced(m[1]!)) return line;
      const value = m[2]!
        .replace(/^about /, "")
        .replace(/[.;]$/, "")
        .replaceAll(/\b\w+Array\s*(?:\(\d+\)\s*)?\[/g, "[");
      // As many digits as are shown; whole numbers to rounding.
      const decimals = Math.max(0, ...Array.from(value.matchAll(/\.(\d+)(?!\d*e)/g), (d) => d[1]!.length));
      const tolerance = m[2]!.startsWith("about ")
        ? 0.01
        : decimals === 0
          ? 1e-7
          : Math.max(1e-12, 0.51 * 10 ** -decimals);
      try {
        new Function(`return (${value})`);
      } catch {
        return line;
      }
      return `__same((${m[1]}), () => (${value}), ${JSON.stringify(value)}, ${tolerance});`;
    })
    .join("\n");
}

/** Whether a piece of code is a whole expression, as far as its brackets say. */
function balanced(code: string): boolean {
  let open = 0;
  for (const c of code.replaceAll(/"[^"]*"/g, "")) {
    if ("([{".includes(c)) open++;
    if (")]}".includes(c) && --open < 0) return false;
  }
  return open === 0;
}

const NOT_A_VALUE = Symbol("not a value");

function same(actual: unknown, value: () => unknown, text: string, tolerance: number): void {
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
  test.each(examples.map((e) => [`${e.file}:${e.line}`, e] as const))("%s", async (_, { file, code }) => {
    const { code: script } = await transformWithOxc(
      `export default async () => {\n${withExpectations(code.replace(/^import .*$/gm, ""))}\n}`,
      "example.ts",
    );
    const body = script.replace(/export default/, "return ").replace(/\/\/# sourceMapping.*$/m, "");
    const known = { ...scope, ...chapters.get(file.slice(0, file.indexOf("/"))) };
    const names = Object.keys(known);
    const run = new Function("__same", ...names, body)(
      same,
      ...names.map((name) => known[name]),
    ) as () => Promise<void>;
    await run();
  });
});

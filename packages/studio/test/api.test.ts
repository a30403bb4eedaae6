import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { inline, prose, readComment, summaryOf } from "../build/api/doc-comment.ts";
import { entryOf } from "../build/api/entry.ts";
import { examplesIn, type LineValue, type Names, runExample, scopeOf } from "../build/api/examples.ts";
import { Library } from "../build/api/parse.ts";
import { libraryRoot } from "../build/api/reference.ts";
import { showValue } from "../build/api/show-value.ts";
import { signatureOf, wrap } from "../build/api/signature.ts";
import { apiOf } from "../build/api/uses.ts";
import type { ApiEntry } from "../src/api.ts";
import { axe, beyond, executablePath, served } from "./studio-page.ts";

const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

describe("declarations", () => {
  const root = mkdtempSync(join(tmpdir(), "whetstone-api-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write(
    "shape/index.d.ts",
    `export * from "./deep/index.ts";
export { Circle as Disc, type Sized } from "./circle.ts";
import { area } from "./area.ts";
export { area };
export * from "./ball.ts";
`,
  );
  write(
    "shape/ball.d.ts",
    `import { Round } from "../round.ts";
interface Thing {
    /** In grams. */
    readonly weight: number;
    readonly colour: Colour;
}
declare const units: {
    readonly mm: 1;
    readonly m: 1000;
};
declare const colours: readonly ["red", "blue"];
/** Of length. */
export type Unit = keyof typeof units;
/** Of a thing. */
export type Colour = (typeof colours)[number];
/** All round. */
export interface Ball extends Round, Omit<Thing, "colour"> {
    turn(by: number): this;
    /**
     * In metres.
     * @param by a factor
     */
    size(by: number): number;
}
`,
  );
  write("shape/deep/index.d.ts", `export declare const PI = 3;\n`);
  write(
    "shape/area.d.ts",
    `/** Not this one's. */
declare const other: number;
/** The area – of anything. */
export declare function area(of: "disc"): number;
export declare function area(of: string, options?: { readonly scale: number }): number;
export {};
`,
  );
  write(
    "shape/circle.d.ts",
    `import { Round } from "../round.ts";
/** What has a size. */
export interface Sized { /** In metres. */ readonly size: number; }
/**
 * A circle.
 *
 * Source: Euclid, "Elements", book 3.
 *
 * @param r Its radius
 *   in metres.
 * @throws if r is negative
 */
export declare class Circle extends Round {
    #secret;
    private hidden;
    protected inner(): void;
    grow(by: {
        readonly factor: number;
    }): this;
    /** Of the circle. */
    readonly r: number;
    constructor(r: number);
}
`,
  );
  write(
    "round.d.ts",
    `export declare class Round {\n    /** Turns {@link area}. */\n    turn(by: number): this;\n}\n`,
  );
  const library = new Library(root);
  const exported = library.exportsOf("shape/index.d.ts");

  it("are followed through every kind of re-export to where they are", () => {
    expect([...exported.keys()].sort()).toEqual(["Ball", "Colour", "Disc", "PI", "Sized", "Unit", "area"]);
    expect(exported.get("Disc")!.module.file).toBe("shape/circle.d.ts");
    expect(exported.get("PI")!.module.file).toBe("shape/deep/index.d.ts");
    expect(exported.get("area")!.nodes.map((n) => n.comment)).toEqual(["/** The area – of anything. */", ""]);
  });

  it("show their signatures, members and inherited members, and hide what is private", () => {
    expect(signatureOf(exported.get("area")!, library)).toBe(
      `function area(of: "disc"): number;\n\nfunction area(of: string, options?: { readonly scale: number }): number;`,
    );
    expect(signatureOf(exported.get("Disc")!, library)).toBe("class Circle extends Round");
    const entry = entryOf(exported.get("Disc")!, undefined, {
      library,
      links: (name) => (name === "area" ? "#/api/shape/area" : undefined),
      examples: [],
      cards: [],
    });
    expect(entry).toMatchObject({ kind: "class", summary: "A circle.", description: "<p>A circle.</p>" });
    expect(entry.params).toEqual([{ name: "r", doc: "Its radius\n  in metres." }]);
    expect(entry.sources).toEqual([`Euclid, "Elements", book 3.`]);
    expect(entry.throws).toEqual(["if r is negative"]);
    expect(entry.members.map((m) => [m.name, plain(m.signature), m.from])).toEqual([
      ["grow", "grow(by: {\n  readonly factor: number;\n}): this", undefined],
      ["r", "readonly r: number", undefined],
      ["new Circle", "new Circle(r: number)", undefined],
      ["turn", "turn(by: number): this", "Round"],
    ]);
    expect(entry.members[3]!.doc).toBe(`<p>Turns <a href="#/api/shape/area"><code>area</code></a>.</p>`);
  });

  it("spell out what they read off constants, and tell what an override leaves unsaid", () => {
    expect(signatureOf(exported.get("Unit")!, library)).toBe(`type Unit = "mm" | "m";`);
    expect(signatureOf(exported.get("Colour")!, library)).toBe(`type Colour = "red" | "blue";`);
    const entry = entryOf(exported.get("Ball")!, undefined, {
      library,
      links: (name) => (name === "Round" ? "#/api/round/Round" : undefined),
      examples: [],
      cards: [],
    });
    expect(entry.signature).toContain(`<a href="#/api/round/Round">Round</a>`);
    expect(entry.members.map((m) => [m.name, plain(m.doc), m.from])).toEqual([
      ["turn", "Turns area.", undefined],
      ["size", "In metres.by: a factor", undefined],
      ["weight", "In grams.", "Thing"],
    ]);
  });

  it("put one argument on a line where the line is long", () => {
    const long = `function f(a: Map<string, number>, b: (x: number) => string, c: { readonly d: number, e: number }): void`;
    const union = `type Word = ${["alpha", "beta", "gamma", "delta"].map((w) => `"${w.repeat(5)}"`).join(" | ")};`;
    expect(wrap(union).split("\n").slice(0, 3)).toEqual([
      "type Word =",
      `  | "${"alpha".repeat(5)}"`,
      `  | "${"beta".repeat(5)}"`,
    ]);
    expect(wrap(long).split("\n")).toEqual([
      "function f(",
      "  a: Map<string, number>,",
      "  b: (x: number) => string,",
      "  c: { readonly d: number, e: number },",
      "): void",
    ]);
  });
});

describe("doc comments", () => {
  it("come apart into text, tags and sources", () => {
    const doc = readComment(
      "/**\n * First, e.g. this. Second.\n * Source: A (2001).\n *\n * @returns what\n *   it gives\n * @example\n * f(1); // 2\n */",
    );
    expect(doc).toMatchObject({
      text: "First, e.g. this. Second.",
      returns: "what\n  it gives",
      sources: ["A (2001)."],
    });
    expect(summaryOf(doc.text)).toBe("First, e.g. this.");
    expect(readComment("/** One line. */").text).toBe("One line.");
    expect(readComment("/**\n * F.\n *\n * @param x a number\n * Source: B (2002).\n */")).toMatchObject({
      params: [{ name: "x", doc: "a number" }],
      sources: ["B (2002)."],
    });
  });

  it("become HTML that shows what it says", () => {
    expect(inline("a < `b<c>` & *much*")).toBe("a &lt; <code>b&lt;c&gt;</code> &amp; <em>much</em>");
    expect(prose("Two:\n- one\n- `two`")).toBe("<p>Two:</p><ul><li>one</li><li><code>two</code></li></ul>");
  });
});

describe("the uses of the library in a card", () => {
  it("are what it imports, types and renamed names too", () => {
    const source = `import { Ridge, type RidgeModel as M } from "whetstone/linear";
import type { Table } from "whetstone";
import {
  svd,
} from 'whetstone/math';
import * as nn from "whetstone/nn";
import { card } from "@whetstone/sheet";
nn.dense(2); nn.relu();`;
    expect(apiOf(source).map((u) => `${u.chapter}/${u.name}`)).toEqual([
      "linear/Ridge",
      "linear/RidgeModel",
      "whetstone/Table",
      "math/svd",
      "nn/dense",
      "nn/relu",
    ]);
  });
});

describe("examples", () => {
  const run = async (code: string, onValue?: (given: LineValue) => void) =>
    Object.fromEntries(await runExample({ file: "x/y.ts", line: 3, code }, { two: 2 }, onValue));

  it("tell what each line gave, and what its comment promises", async () => {
    const seen: [number, unknown, unknown][] = [];
    const shown = await run(
      `const a = [two, 1 / 3]; // a list
a.push(5);
a[1]; // 0.333
let sum = 0;
for (const v of a) sum += v; // 7.33
({
  a,
  b: "text",
});
await Promise.resolve(two); // 2`,
      ({ line, value, promised }) => seen.push([line, value, promised?.value()]),
    );
    expect(shown).toEqual({
      0: "[2, 0.333333]",
      1: "3",
      2: "0.333333",
      4: "7.33333",
      8: `{ a: [2, 0.333333, 5], b: "text" }`,
      9: "2",
    });
    expect(seen.filter(([, , promised]) => promised !== undefined)).toEqual([
      [2, 1 / 3, 0.333],
      [9, 2, 2],
    ]);
  });

  it("that throw name themselves", async () => {
    await expect(run("two();")).rejects.toThrow(/^example of x\/y\.ts:3: two is not a function/);
  });

  it("show values as a reader wants them", () => {
    expect(showValue(undefined)).toBeUndefined();
    expect(showValue(1e-9 / 3)).toBe("3.33333e-10");
    expect(showValue(123456789)).toBe("123456789");
    expect(showValue(Float64Array.from({ length: 20 }, (_, i) => i))).toBe(
      "[0, 1, 2, 3, 4, 5, 6, 7, … 20 in all]",
    );
    expect(showValue(new Map([["a", [1]]]))).toBe(`Map { "a": [1] }`);
    expect(showValue({ a: { b: { c: { d: 1 } } } })).toBe("{ a: { b: { c: { … } } } }");
    expect(showValue(new Date())).toBe("Date");
    expect(showValue("x".repeat(500))!.length).toBeLessThanOrEqual(160);
  });
});

describe("every export of the library", () => {
  const library = new Library(libraryRoot);
  const files = readdirSync(libraryRoot, { recursive: true, encoding: "utf8" })
    .map((f) => f.replaceAll("\\", "/"))
    .filter((f) => /^(?:[^/]+\/)?index\.d\.ts$/.test(f));

  it("has a declaration with a doc comment", () => {
    expect(files.length).toBeGreaterThan(25);
    const bare = files.flatMap((file) =>
      [...library.exportsOf(file)]
        .filter(([, declared]) => declared.nodes.every((n) => n.comment === ""))
        .map(([name]) => `${file.replace("/index.d.ts", "")}: ${name}`),
    );
    expect(bare).toEqual([]);
  });
});

describe.skipIf(executablePath === null)("the reference in a browser", () => {
  const at = served();
  const open = async (hash: string, colorScheme: "light" | "dark" = "light", width = 1200) => {
    const page = await at.browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.goto(`${at.server.url}/?nosw${hash}`);
    return page;
  };

  /** The chapters' pages as the build wrote them. */
  async function built(): Promise<ApiEntry[]> {
    const assets = join(at.folder, "assets");
    const files = readdirSync(assets).filter(
      (f) => f.endsWith(".js") && readFileSync(join(assets, f), "utf8").includes('"signature":"'),
    );
    const modules = files.map(
      (f) =>
        import(/* @vite-ignore */ pathToFileURL(join(assets, f)).href) as Promise<{ default: ApiEntry[] }>,
    );
    return (await Promise.all(modules)).flatMap((m) => m.default);
  }

  it("shows beside every line of an example the value that the tested run gives", {
    timeout: 180_000,
  }, async () => {
    const source = fileURLToPath(new URL("../../whetstone/src/", import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: "utf8" })
      .map((f) => f.replaceAll("\\", "/"))
      .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && !/generated|assembly/.test(f));
    const chapters = new Map<string, Names>();
    for (const file of files.filter((f) => /^[^/]+\/index\.ts$/.test(f)))
      chapters.set(file.slice(0, file.indexOf("/")), await import(/* @vite-ignore */ join(source, file)));
    const examples = new Map(
      files
        .flatMap((file) => examplesIn(readFileSync(join(source, file), "utf8"), file))
        .map((e) => [e.code, e]),
    );
    const entries = await built();
    expect(entries.length).toBeGreaterThan(1500);
    const optionOf = (name: string, option: string) =>
      entries.find((e) => e.name === name)?.params.find((p) => p.name === option);
    expect(optionOf("makeClassification", "nSamples")).toMatchObject({
      accepts: "an integer >= 1",
      default: "100",
    });
    for (const name of ["Adam", "AdamOptions"])
      expect(optionOf(name, "lr")).toMatchObject({ default: "0.001" });
    const shown = new Map(
      entries.flatMap((e) =>
        e.examples.map((lines) => [
          lines.map((l) => plain(l.code)).join("\n"),
          lines.map((l) => l.value ?? null),
        ]),
      ) as [string, (string | null)[]][],
    );
    expect(shown.size).toBeGreaterThan(300);
    let values = 0;
    for (const [code, lines] of shown) {
      const example = examples.get(code);
      expect(example, code).toBeDefined();
      const given = await runExample(example!, scopeOf(chapters, example!.file));
      expect(lines, code).toEqual(lines.map((_, i) => given.get(i) ?? null));
      values += given.size;
    }
    expect(values).toBeGreaterThan(500);
  });

  it("leads from chapters to names to a page with signature, parameters, values and cards", async () => {
    const page = await open("#/api");
    await page.getByRole("link", { name: /whetstone\/linear/ }).click();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toBe("Linear models");
    const estimators = page.getByRole("region", { name: "Estimators" });
    expect(await estimators.getByRole("listitem").count()).toBeGreaterThan(15);
    await estimators.getByRole("link", { name: "Ridge", exact: true }).click();
    await page.locator(".signature").waitFor();
    expect(await page.title()).toBe("Ridge – Whetstone");
    expect(await page.locator(".signature").textContent()).toContain("class Ridge extends RegressorSpec");
    expect(await page.locator(".example output").textContent()).toContain("0.5");
    const alpha = page.locator(".api-params > div", { hasText: "alpha" }).first();
    expect(await alpha.textContent()).toMatch(/a number >= 0.*default 1.*L2 strength/);
    expect(await page.locator(".api-members").first().textContent()).toContain("fit(X: MatrixLike");
    const cards = page.locator(".api-cards a");
    expect(await cards.count()).toBeGreaterThan(0);
    const title = await cards.first().textContent();
    await cards.first().click();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toBe(title);
    await page.close();
  });

  it("says so where there is no such chapter or name", async () => {
    const page = await open("#/api/nowhere");
    await expect.poll(() => page.locator(".notice").textContent()).toContain("no chapter “nowhere”");
    await page.evaluate(() => {
      location.hash = "#/api/linear/Nobody";
    });
    await expect.poll(() => page.locator(".notice").textContent()).toContain("no name “Nobody”");
    await page.close();
  });

  it.each(["#/api", "#/api/svm", "#/api/linear/Ridge", "#/api/linear/ridgePath"])(
    "is clean for axe-core in both themes and fits a phone: %s",
    async (hash) => {
      for (const theme of ["light", "dark"] as const) {
        const page = await open(hash, theme, 360);
        await page.locator(".api h1").waitFor();
        if (hash.includes("idge")) await page.locator(".signature").waitFor();
        expect(await axe(page)).toEqual([]);
        expect(await beyond(page)).toBeLessThanOrEqual(0);
        await page.close();
      }
    },
  );
});

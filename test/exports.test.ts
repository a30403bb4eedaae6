import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { describe, expect, test } from "vitest";
import { CEILINGS_KB } from "./byte-ceilings.ts";

const dist = fileURLToPath(new URL("../packages/whetstone/dist/", import.meta.url));
const chapters = readdirSync(dist, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(dist, entry.name)).includes("index.js"))
  .map((entry) => entry.name);

test("every chapter has a byte ceiling, and every ceiling a chapter", () => {
  expect(Object.keys(CEILINGS_KB).sort()).toEqual([...chapters].sort());
});

describe.each(chapters)("whetstone/%s", (chapter) => {
  test("imports alone, and leaves nothing running", () => {
    const code = `const m = await import("whetstone/${chapter}"); if (Object.keys(m).length === 0) throw new Error("exports nothing");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("stays under its byte ceiling", async () => {
    const folder = mkdtempSync(join(tmpdir(), "whetstone-size-"));
    try {
      const entry = join(folder, "entry.js");
      writeFileSync(
        entry,
        `import * as m from ${JSON.stringify(join(dist, chapter, "index.js"))}; globalThis.m = m;`,
      );
      await build({
        root: folder,
        configFile: false,
        logLevel: "silent",
        worker: { format: "es" },
        build: {
          outDir: "out",
          minify: true,
          rollupOptions: { input: entry, output: { entryFileNames: "entry.js" } },
        },
      });
      // What a page loads at once: the entry and what it imports statically.
      const loaded = new Set<string>();
      const queue = ["entry.js"];
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
        if (loaded.has(file)) continue;
        loaded.add(file);
        const text = readFileSync(join(folder, "out", file), "utf8");
        for (const m of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
          queue.push(file.includes("/") ? `assets/${m[1]}` : m[1]!);
      }
      const bytes = [...loaded].reduce(
        (sum, file) => sum + gzipSync(readFileSync(join(folder, "out", file))).length,
        0,
      );
      expect(bytes / 1000).toBeLessThan(CEILINGS_KB[chapter]!);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/**
 * What importing everything of one chapter costs a page.
 *
 *     node scripts/chapter-bytes.mjs            # prints it for every chapter
 *     node scripts/chapter-bytes.mjs --write    # and sets the ceilings of test/byte-ceilings.ts to 12 % more
 *
 * The library must be built (`npm run setup`).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const dist = fileURLToPath(new URL("../packages/whetstone/dist/", import.meta.url));
const ceilings = fileURLToPath(new URL("../test/byte-ceilings.ts", import.meta.url));

/** Names of the chapters that are built. */
export const chapters = () =>
  readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(dist, entry.name)).includes("index.js"))
    .map((entry) => entry.name);

/** Kilobytes of minified, gzipped script. */
export async function chapterKilobytes(chapter) {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-size-"));
  try {
    const entry = join(folder, "entry.js");
    const from = JSON.stringify(join(dist, chapter, "index.js"));
    writeFileSync(entry, `import * as m from ${from}; globalThis.m = m;`);
    await build({
      root: folder,
      configFile: false,
      logLevel: "silent",
      // A worker is a script of its own, which is not counted: of it only the address must be there.
      worker: { format: "es", plugins: () => [{ name: "empty", load: () => "" }] },
      build: {
        outDir: "out",
        minify: true,
        rollupOptions: { input: entry, output: { entryFileNames: "entry.js" } },
      },
    });
    // What a page loads at once: the entry and what it imports statically.
    const loaded = new Set();
    const queue = ["entry.js"];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (loaded.has(file)) continue;
      loaded.add(file);
      const text = readFileSync(join(folder, "out", file), "utf8");
      for (const m of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
        queue.push(file.includes("/") ? `assets/${m[1]}` : m[1]);
    }
    const sizes = [...loaded].map((file) => gzipSync(readFileSync(join(folder, "out", file))).length);
    return sizes.reduce((sum, size) => sum + size, 0) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let text = readFileSync(ceilings, "utf8");
  for (const chapter of chapters()) {
    const kilobytes = await chapterKilobytes(chapter);
    const ceiling = new RegExp(`(\\n {2}"?${chapter}"?: )(\\d+),`);
    const old = ceiling.exec(text)?.[2] ?? "none";
    text = text.replace(ceiling, `$1${Math.ceil(kilobytes * 1.12)},`);
    console.log(`${chapter}: ${kilobytes.toFixed(1)} KB, ceiling ${old}`);
  }
  if (process.argv.includes("--write")) writeFileSync(ceilings, text);
}

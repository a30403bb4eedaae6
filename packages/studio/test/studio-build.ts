import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const studio = fileURLToPath(new URL("../", import.meta.url));
const root = fileURLToPath(new URL("../../../", import.meta.url));
const vite = join(root, "node_modules/vite/bin/vite.js");
const cache = join(root, "node_modules/.cache/whetstone-studio-tests");

/** Built cards of the studio's own tests: every mark and control, a slow one, one that throws. */
export const FIXTURES = join(studio, "test/fixtures/cards");

/**
 * The studio, built around a folder of built cards (the sheet's own by default), in a folder of the caller's own.
 * Test files that ask for the same cards share one build.
 */
export function buildStudio(cards?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-studio-"));
  cpSync(built(cards), folder, { recursive: true });
  return folder;
}

/** Longer than any build takes: whoever held the lock that long is gone. */
const STALE_MS = 240_000;

function built(cards: string | undefined): string {
  const name = basename(cards ?? "sheet");
  const out = join(cache, `${name}-${key(cards)}`);
  const lock = `${out}.lock`;
  mkdirSync(cache, { recursive: true });
  while (!existsSync(out)) {
    try {
      mkdirSync(lock);
    } catch {
      // Another test file builds it.
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > STALE_MS)
        rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      continue;
    }
    try {
      for (const old of readdirSync(cache))
        if (old.startsWith(`${name}-`) && !lock.endsWith(old))
          rmSync(join(cache, old), { recursive: true, force: true });
      build(cards, `${out}.new`);
      renameSync(`${out}.new`, out);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return out;
}

function build(cards: string | undefined, folder: string): void {
  const { status, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: studio,
    encoding: "utf8",
    env: {
      ...process.env,
      NODE_ENV: "production",
      ...(cards !== undefined && { WHETSTONE_CARDS: cards }),
      WHETSTONE_STUDIO_OUT: folder,
    },
  });
  if (status !== 0) throw new Error(`the studio does not build:\n${stderr}`);
}

/** Changes with anything the build reads. */
function key(cards: string | undefined): string {
  const hash = createHash("sha256");
  const read = (path: string, of: (file: string) => string | Buffer) => {
    if (!existsSync(path)) return;
    if (statSync(path).isFile()) {
      hash.update(path).update(of(path));
      return;
    }
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath ?? e.path, e.name))
      .sort())
      hash.update(entry).update(of(entry));
  };
  for (const part of ["src", "build", "public", "index.html", "vite.config.ts", "package.json"])
    read(join(studio, part), (file) => readFileSync(file));
  if (cards !== undefined) read(cards, (file) => readFileSync(file));
  const stamp = (file: string) => `${statSync(file).size} ${statSync(file).mtimeMs}`;
  for (const part of ["sheet/dist", "sheet/src", "whetstone/dist"]) read(join(root, "packages", part), stamp);
  return hash.digest("hex").slice(0, 16);
}

import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const studio = fileURLToPath(new URL("../", import.meta.url));
const vite = fileURLToPath(new URL("../../../node_modules/vite/bin/vite.js", import.meta.url));

/** Built cards of the studio's own tests: every mark and control, a slow one, one that throws. */
export const FIXTURES = join(studio, "test/fixtures/cards");

/** Builds the studio around a folder of built cards (the sheet's own by default); returns where it is. */
export function buildStudio(cards?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-studio-"));
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
  return folder;
}

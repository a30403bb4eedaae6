import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const studio = fileURLToPath(new URL("../", import.meta.url));
const vite = fileURLToPath(new URL("../../../node_modules/vite/bin/vite.js", import.meta.url));

/** Builds the studio around the cards of `fixtures/`, into a new folder whose path it returns. */
export function buildWithFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-studio-"));
  const { status, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: studio,
    encoding: "utf8",
    env: {
      ...process.env,
      NODE_ENV: "production",
      WHETSTONE_CARDS: join(studio, "test/fixtures/cards"),
      WHETSTONE_STUDIO_OUT: folder,
    },
  });
  if (status !== 0) throw new Error(`the studio does not build:\n${stderr}`);
  return folder;
}

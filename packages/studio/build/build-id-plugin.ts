/** `virtual:build`: the library's version, and a name for this state of cards and library, for what is kept of their results. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const packages = fileURLToPath(new URL("../../", import.meta.url));

function hashOf(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    for (const name of names.filter((n) => n.endsWith(".js")).sort())
      hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

export function buildId(cardsFolder?: string): Plugin {
  return {
    name: "whetstone-build-id",
    load(id) {
      if (id !== "\0virtual:build") return undefined;
      const { version } = JSON.parse(readFileSync(join(packages, "whetstone/package.json"), "utf8"));
      const folders = [
        resolve(cardsFolder ?? join(packages, "sheet/dist")),
        join(packages, "whetstone/dist"),
      ];
      return `export const id = ${JSON.stringify(hashOf(folders))};\nexport const version = ${JSON.stringify(version)};`;
    },
  };
}

/** `virtual:library`: what edited code may import, each chapter of the library behind a function that loads it. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const source = fileURLToPath(new URL("../../whetstone/src/", import.meta.url));

export function library(): Plugin {
  const chapters = readdirSync(source).filter((name) => existsSync(`${source}${name}/index.ts`));
  const names = ["@whetstone/sheet", "whetstone", ...chapters.sort().map((name) => `whetstone/${name}`)];
  return {
    name: "whetstone-library",
    enforce: "pre",
    resolveId: (id) => (id === "virtual:library" ? `\0${id}` : undefined),
    load(id) {
      if (id !== "\0virtual:library") return undefined;
      const entries = names.map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(name)})`);
      return `export default {${entries.join(",\n")}};`;
    },
  };
}

/** Tables of parameters that declarations name (`ParamInput<typeof table>`), as the running library has them. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Declared, Library } from "./parse.ts";

/** A row of a parameter table. */
export interface Param {
  readonly default: unknown;
  readonly doc: string;
  readonly expected: string;
}
export type ParamTable = Readonly<Record<string, Param>>;

export function isParamTable(table: unknown): table is ParamTable {
  if (typeof table !== "object" || table === null) return false;
  const rows: unknown[] = Object.values(table);
  return rows.length > 0 && rows.every((p) => typeof p === "object" && p !== null && "expected" in p);
}

/** The table whose values a declaration takes: as `ParamInput` itself, or as options of a type that is one. */
function tableNamed({ module, nodes }: Declared, library: Library): Declared | null {
  const given = (text: string) => /\bParamInput<typeof (\w+)>/.exec(text)?.[1];
  const texts = nodes.map(({ node }) => module.text.slice(node.start, node.end));
  for (const text of texts) {
    const name = given(text);
    if (name !== undefined) return library.find(module.file, name);
    const type = /\boptions\?: (\w+)[,)]/.exec(text)?.[1];
    const alias = type === undefined ? null : library.find(module.file, type);
    if (alias && alias.nodes[0]?.node.type === "TSTypeAliasDeclaration") return tableNamed(alias, library);
  }
  return null;
}

/** Finds the tables of all declarations given. Most are a module's own, so its text is run with one export more. */
export async function paramTables(
  all: Iterable<Declared>,
  library: Library,
  root: string,
): Promise<ReadonlyMap<Declared, ParamTable>> {
  const found = new Map<Declared, ParamTable>();
  for (const declared of all) {
    const table = tableNamed(declared, library);
    if (table === null) continue;
    const file = join(root, table.module.file.replace(/\.d\.ts$/, ".js"));
    const text = readFileSync(file, "utf8").replaceAll(
      /\b(from\s*|import\s*)"(\.[^"]*)"/g,
      (_, before: string, path: string) => `${before}"${pathToFileURL(join(dirname(file), path)).href}"`,
    );
    const code = Buffer.from(`${text}\nexport { ${table.name} as __table };`).toString("base64");
    const module: unknown = await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
    const value = (module as { readonly __table: unknown }).__table;
    if (isParamTable(value)) found.set(declared, value);
  }
  return found;
}

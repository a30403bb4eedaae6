import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface BuiltModule<T> {
  readonly file: string;
  readonly value: T;
}

/** Every built file of a folder that has a default export, in the order of their names. */
export async function builtModules<T>(folder: string): Promise<BuiltModule<T>[]> {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .sort()
    .map((name) => join(folder, name));
  const found: BuiltModule<T>[] = [];
  for (const file of files) {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: T };
    if (module.default !== undefined) found.push({ file, value: module.default });
  }
  return found;
}

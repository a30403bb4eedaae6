/** Names that a source takes from the library's chapters, in the order it names them. */
export interface ApiName {
  readonly chapter: string;
  readonly name: string;
}

export function libraryNames(source: string): ApiName[] {
  const found = new Map<string, ApiName>();
  for (const [, names, chapter] of source.matchAll(
    /^import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+["']whetstone\/([\w-]+)["']/gm,
  )) {
    for (const part of names!.split(",")) {
      const name = part
        .trim()
        .replace(/^type\s+/, "")
        .split(/\s+as\s+/)[0]!;
      if (name !== "") found.set(`${chapter}/${name}`, { chapter: chapter!, name });
    }
  }
  return [...found.values()];
}

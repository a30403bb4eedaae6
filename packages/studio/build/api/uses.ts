/** Which names of the library a card imports: its links into the reference, and the reference's links back. */
export interface ApiUse {
  readonly chapter: string;
  readonly name: string;
}

/** Imports from the library's own entry belong to the chapter called `whetstone`. */
export function apiOf(cardSource: string): ApiUse[] {
  const found = new Map<string, ApiUse>();
  const add = (chapter: string, name: string) => found.set(`${chapter}/${name}`, { chapter, name });
  for (const [, what, chapter = "whetstone"] of cardSource.matchAll(
    /import\s+([^;"']*?)\s+from\s+["']whetstone(?:\/([\w-]+))?["']/g,
  )) {
    const all = /^\*\s+as\s+(\w+)$/.exec(what!)?.[1];
    if (all !== undefined)
      for (const [, name] of cardSource.matchAll(new RegExp(`\\b${all}\\.(\\w+)`, "g"))) add(chapter, name!);
    else
      for (const part of what!
        .replace(/^type\s+/, "")
        .replaceAll(/[{}]/g, "")
        .split(",")) {
        const name = part
          .trim()
          .replace(/^type\s+/, "")
          .split(/\s+as\s+/)[0]!;
        if (name !== "") add(chapter, name);
      }
  }
  return [...found.values()];
}

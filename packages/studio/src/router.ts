/** The address is the state: `#/card/math/svd?rows=30&seed=2` names the card, every moved control, and the seed. */
import { signal } from "@preact/signals";

/** Pages that are loaded when they are first opened; what follows their name in the address is theirs to read. */
export const LAZY = ["drill", "speed", "interview", "errata", "print", "api"] as const;
export type LazyPage = (typeof LAZY)[number];

export const DEPTHS = ["derivation", "code"] as const;
export type Depth = (typeof DEPTHS)[number];

export interface Route {
  readonly page: "home" | "chapter" | "card" | LazyPage | "unknown";
  /** Chapter or card id, or the rest of a lazy page's path. */
  readonly id: string;
  /** How deep a card is read; the first depth has no name in the address. */
  readonly depth?: Depth;
  readonly query: Readonly<Record<string, string>>;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?");
  const query = Object.fromEntries(new URLSearchParams(search));
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: "unknown", id: path, query };
  }
  const [page, ...rest] = parts;
  if (page === undefined) return { page: "home", id: "", query };
  if (page === "chapter" && rest.length === 1) return { page, id: rest[0]!, query };
  if (page === "card" && rest.length === 2) return { page, id: rest.join("/"), query };
  const depth = DEPTHS.find((name) => name === rest[2]);
  if (page === "card" && rest.length === 3 && depth)
    return { page, id: rest.slice(0, 2).join("/"), depth, query };
  if (isLazy(page)) return { page, id: rest.join("/"), query };
  return { page: "unknown", id: path, query };
}

export const isLazy = (page: string): page is LazyPage => (LAZY as readonly string[]).includes(page);

export const cardHref = (id: string, depth?: Depth): string =>
  `#/card/${id}${depth === undefined ? "" : `/${depth}`}`;
export const chapterHref = (id: string): string => `#/chapter/${id}`;

export const route = signal<Route>(parseRoute(location.hash));
addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
});

/** Browsers refuse an address that changes with every pixel of a drag. */
const WRITE_MS = 120;
let unwritten: { readonly id: string; readonly search: string } | null = null;

/** Writes the controls into the address, a moment later, without adding a step to the history. */
export function writeQuery(id: string, query: Readonly<Record<string, string>>): void {
  if (unwritten === null) setTimeout(flush, WRITE_MS);
  unwritten = { id, search: new URLSearchParams(query).toString() };
}

function flush(): void {
  const last = unwritten;
  unwritten = null;
  // Another page may have been opened meanwhile; its address is not this card's to write.
  const { id, depth } = parseRoute(location.hash);
  if (last === null || id !== last.id) return;
  history.replaceState(null, "", `${cardHref(last.id, depth)}${last.search === "" ? "" : `?${last.search}`}`);
}
addEventListener("pagehide", flush);

/** The query of the address as it will be once what was moved last is written. */
export function currentQuery(): Readonly<Record<string, string>> {
  flush();
  return parseRoute(location.hash).query;
}

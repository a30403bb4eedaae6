/** Two settings in one address: those of the second lab carry a prefix, as in `depth=3&vs.depth=8`. */
type Query = Readonly<Record<string, string>>;

const PREFIX = "vs.";
/** Stands in the address when the second lab has every default. */
const OPEN = "vs";

export interface Two {
  readonly first: Query;
  /** Null while there is one lab. */
  readonly second: Query | null;
}

export function splitQuery(query: Query): Two {
  const first: Record<string, string> = {};
  let second: Record<string, string> | null = null;
  for (const [name, value] of Object.entries(query)) {
    if (name === OPEN) second ??= {};
    else if (name.startsWith(PREFIX)) {
      second ??= {};
      second[name.slice(PREFIX.length)] = value;
    } else first[name] = value;
  }
  return { first, second };
}

export function joinQuery({ first, second }: Two): Record<string, string> {
  if (second === null) return { ...first };
  const marked = Object.entries(second).map(([name, value]) => [PREFIX + name, value] as const);
  return { ...first, ...(marked.length === 0 ? { [OPEN]: "" } : Object.fromEntries(marked)) };
}

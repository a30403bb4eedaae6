/** A value in one line, as a reader wants it beside the code that gave it: six digits, the first entries of the long. */
const LONGEST = 8;
const DEEPEST = 3;
const CHARACTERS = 160;

/** Undefined for what has no value to show. */
export function showValue(value: unknown): string | undefined {
  if (value === undefined || typeof value === "function") return undefined;
  const text = show(value, 0);
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS - 2)} …` : text;
}

function show(value: unknown, depth: number): string {
  if (typeof value === "number") return showNumber(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return list(Array.from(value as unknown as ArrayLike<number>), depth);
  if (Array.isArray(value)) return list(value, depth);
  if (value instanceof Map)
    return `Map { ${entries(
      [...value].map(([k, v]) => [show(k, 1), v]),
      depth,
    )} }`;
  if (value instanceof Set) return `Set ${list([...value], depth)}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if ("toArray" in value && typeof value.toArray === "function") return show(value.toArray(), depth);
  const maker = value.constructor?.name;
  if (maker !== undefined && maker !== "Object") return maker;
  if (depth >= DEEPEST) return "{ … }";
  return `{ ${entries(Object.entries(value), depth)} }`;
}

function showNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

function list(values: readonly unknown[], depth: number): string {
  if (depth >= DEEPEST) return "[ … ]";
  const shown = values.slice(0, LONGEST).map((v) => show(v, depth + 1));
  if (values.length > LONGEST) shown.push(`… ${values.length} in all`);
  return `[${shown.join(", ")}]`;
}

function entries(pairs: readonly (readonly [string, unknown])[], depth: number): string {
  const shown = pairs
    .filter(([, v]) => v !== undefined)
    .slice(0, LONGEST)
    .map(([name, v]) => `${name}: ${show(v, depth + 1)}`);
  if (pairs.length > LONGEST) shown.push("…");
  return shown.join(", ");
}

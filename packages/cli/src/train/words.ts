import { closestNames } from "whetstone/data";

/** `1,234 rows`, `1 row`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${wholeNumber(n)} ${n === 1 ? one : many}`;
}

export function wholeNumber(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `12 %`, `0.4 %`, `< 0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  const value = share * 100;
  return `${value > 0 && (value < 10 || value > 99) ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** Four significant digits, never an exponent for what people write without one. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toPrecision(3);
  return size >= 1000 ? wholeNumber(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** Names in quotes, `"a", "b" and 3 more`. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map(quoted);
  if (names.length > most) return `${shown.join(", ")} and ${names.length - most} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** A value in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** What to say after an unknown name: those that come close, or what there is. */
export function suggestion(name: string, known: readonly string[], noun: string): string {
  const close = closestNames(name, known);
  if (close.length > 0) return `did you mean ${close.map(quoted).join(" or ")}?`;
  return `the ${noun} are ${listed(known, 12)}.`;
}

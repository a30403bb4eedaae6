import { argumentError, show, valueError, type WhetstoneError } from "../errors.ts";

/** "lacks the column ..." with the names a reader may have meant. */
export function unknownColumn(
  where: string,
  argument: string,
  name: unknown,
  known: readonly string[],
): WhetstoneError {
  const close = typeof name === "string" ? closestNames(name, known) : [];
  let advice = "";
  if (close.length > 0) advice = `; did you mean ${close.map(show).join(" or ")}?`;
  else if (known.length > 0) {
    const listed = known.slice(0, 8).map(show).join(", ");
    advice = `; it has ${listed}${known.length > 8 ? ` and ${known.length - 8} more` : ""}`;
  }
  return valueError(where, argument, `is ${show(name)}, which the table does not have${advice}`);
}

/**
 * Up to three names within a few edits, the closest first.
 *
 * @example
 * closestNames("incom", ["age", "income"]); // ["income"]
 */
export function closestNames(name: string, known: readonly string[]): string[] {
  if (typeof name !== "string") throw argumentError("closestNames", "name", name, "a string");
  if (!Array.isArray(known) || !known.every((k) => typeof k === "string"))
    throw argumentError("closestNames", "known", known, "an array of strings");
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  return known
    .map((candidate) => {
      const c = candidate.toLowerCase();
      const inside = wanted.length > 2 && c.length > 2 && (c.includes(wanted) || wanted.includes(c));
      return { candidate, distance: inside ? Math.min(1, limit) : editDistance(wanted, c) };
    })
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance in code units. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** `kv-cache.tokens=8192`: what was entered, by calculator and field. */
export type Inputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function inputsOf(query: Readonly<Record<string, string>>): Inputs {
  const inputs: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(query)) {
    const [id, name, ...rest] = key.split(".");
    if (!id || !name || rest.length > 0) continue;
    inputs[id] = { ...inputs[id], [name]: value };
  }
  return inputs;
}

export function queryOf(inputs: Inputs): string {
  const query = new URLSearchParams();
  for (const [id, given] of Object.entries(inputs))
    for (const [name, value] of Object.entries(given)) query.set(`${id}.${name}`, value);
  return query.toString();
}

/** Whole numbers in full, others with three digits that count. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return "no number";
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  return value.toLocaleString(
    "en-GB",
    Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}

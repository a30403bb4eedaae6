/** Edited code to a card, inside the lab's worker: types are taken off, imports become lookups in the library. */
import library from "virtual:library";
import type { Card, Control } from "@whetstone/sheet";
import { transform } from "sucrase";

const FILE = "edited.ts";
/** Lines that `Function` puts before the code. */
const HEADER = 2;

/** A reason with the line of the code it comes from, where the engine says so. */
function withLine(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const at = cause instanceof Error ? cause.stack?.match(/edited\.ts:(\d+)/) : undefined;
  return new Error(at ? `line ${Number(at[1]) - HEADER}: ${message}` : message);
}

function toScript(source: string): string {
  try {
    return transform(source, { transforms: ["typescript", "imports"], production: true }).code;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const place = message.match(/^(?:Error transforming [^:]*: )?(.*?) \((\d+):\d+\)$/s);
    throw new Error(place ? `line ${place[2]}: ${place[1]}` : message);
  }
}

/** Whether the page can show it: what runs here is written by hand, and its types are not checked. */
function isControl(control: Partial<Control> | undefined): boolean {
  if (control?.kind === "toggle") return typeof control.default === "boolean";
  if (control?.kind === "choice" || control?.kind === "dataset") {
    const { values, default: usual } = control;
    return Array.isArray(values) && values.every((v) => typeof v === "string") && values.includes(usual!);
  }
  if (control?.kind !== "slider") return false;
  const { min, max, step, scale, default: usual } = control;
  const numbers = [min, max, step, usual].every((v) => typeof v === "number" && Number.isFinite(v));
  return (
    numbers && min! < max! && step! > 0 && (scale !== "log" || min! > 0) && usual! >= min! && usual! <= max!
  );
}

/**
 * @throws Error with a sentence, naming the line where there is one, for code that cannot be read or
 * run, imports what is not in the library, or exports no card
 */
export async function compile(source: string): Promise<Card> {
  const script = toScript(source);
  const modules = new Map<string, unknown>();
  for (const [, name] of script.matchAll(/\brequire\(['"]([^'"]+)['"]\)/g)) {
    if (modules.has(name!)) continue;
    const load = Object.hasOwn(library, name!) ? library[name!] : undefined;
    if (!load) throw new Error(`there is no “${name}” here: import from @whetstone/sheet and whetstone/…`);
    modules.set(name!, await load());
  }
  const exported: { default?: Card } = {};
  try {
    const run = new Function("require", "exports", `${script}\n//# sourceURL=${FILE}`);
    run((name: string) => modules.get(name), exported);
  } catch (cause) {
    throw withLine(cause);
  }
  const card = exported.default;
  if (typeof card?.run !== "function")
    throw new Error("the code exports no card: export default card({ … })");
  const controls = card.controls ?? {};
  for (const [name, control] of Object.entries(controls))
    if (!isControl(control))
      throw new Error(`the control “${name}” is not one that slider, choice, toggle or dataset makes`);
  return {
    ...card,
    controls,
    async run(lab, controls) {
      try {
        await card.run(lab, controls);
      } catch (cause) {
        throw withLine(cause);
      }
    },
  };
}

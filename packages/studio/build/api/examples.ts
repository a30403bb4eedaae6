/**
 * The examples of doc comments: found, and run so that every line tells the value it gave. The tests of the library
 * and the reference of the studio run them by the same function, so what the page shows is what was tested.
 */
import { parseAst, transformWithOxc } from "vite";
import { showValue } from "./show-value.ts";

export interface Example {
  readonly file: string;
  /** Where in the file it starts, from 1. */
  readonly line: number;
  readonly code: string;
}

/** What one line of an example gave. */
export interface LineValue {
  /** From 0. */
  readonly line: number;
  readonly value: unknown;
  /** What the line's comment says it gives, where that is an expression. */
  readonly promised?: { readonly value: () => unknown; readonly text: string; readonly tolerance: number };
}

/** The examples of one doc comment, which starts at the given line of its file. */
export function examplesOfComment(comment: string, file: string, start: number): Example[] {
  const lines = commentLines(comment);
  return lines.flatMap((line, at) => {
    if (!/^@example/.test(line)) return [];
    const rest = lines.slice(at + 1);
    const end = rest.findIndex((l) => /^@\w+/.test(l));
    const code = rest
      .slice(0, end < 0 ? undefined : end)
      .filter((l) => !l.startsWith("```"))
      .join("\n")
      .replace(/\s+$/, "");
    return [{ file, line: start + at, code }];
  });
}

/** The text of a doc comment without its stars. */
export const commentLines = (comment: string): string[] =>
  comment.split("\n").map((line) =>
    line
      .replace(/^\s*\/\*\*\s?/, "")
      .replace(/\s*\*\/\s*$/, "")
      .replace(/^\s*\*( |$)/, ""),
  );

/** All examples of a source file. */
export const examplesIn = (text: string, file: string): Example[] =>
  [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) =>
    examplesOfComment(comment[0], file, text.slice(0, comment.index).split("\n").length),
  );

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly expression?: AstNode;
  readonly declarations?: readonly { readonly id: { readonly type: string; readonly name: string } }[];
}

/** How deep the example's own statements stand: program, export, function, block. */
const OUTERMOST = 4;
const HEAD = "export default async () => {";

/**
 * An example as a module whose function runs it. Every line that gives a value hands it on: `model.coef[0]; // 0.5`
 * with what the comment promises.
 */
export function instrument(code: string): string {
  const source = `${HEAD}${code.replace(/^import .*$/gm, "")}\n}`;
  const edits: { readonly at: number; readonly until: number; readonly text: string }[] = [];
  const program: unknown = parseAst(source, { lang: "ts" });
  const visit = (node: unknown, depth: number): void => {
    if (Array.isArray(node)) for (const one of node) visit(one, depth);
    else if (isNode(node)) {
      const nested = depth > OUTERMOST;
      const comment = /^[ \t]*\/\/ (.+)/.exec(source.slice(node.end))?.[1];
      const line = source.slice(0, node.end).split("\n").length - 1;
      if (node.type === "ExpressionStatement" && node.expression) {
        const { expression } = node;
        const quiet = /^(Assignment|Update)/.test(expression.type);
        if (comment !== undefined || (!nested && !quiet)) {
          const text = source.slice(expression.start, expression.end);
          edits.push({
            at: expression.start,
            until: expression.end,
            text: `__gave(${line}, (${text})${comment === undefined || (nested && quiet) ? "" : promise(comment)})`,
          });
          return;
        }
      }
      const [only, other] = node.type === "VariableDeclaration" ? (node.declarations ?? []) : [];
      if (comment !== undefined && only?.id.type === "Identifier" && other === undefined)
        edits.push({ at: node.end, until: node.end, text: ` __gave(${line}, ${only.id.name});` });
      for (const child of Object.values(node)) visit(child, depth + 1);
    }
  };
  visit(program, 0);
  let out = source;
  for (const { at, until, text } of edits.sort((a, b) => b.at - a.at))
    out = out.slice(0, at) + text + out.slice(until);
  return out;
}

const isNode = (v: unknown): v is AstNode => typeof v === "object" && v !== null && "type" in v;

/** The comment as a third and fourth argument, where it is an expression. */
function promise(comment: string): string {
  const value = comment
    .replace(/^about /, "")
    .replace(/[.;]$/, "")
    .replaceAll(/\b\w+Array\s*(?:\(\d+\)\s*)?\[/g, "[");
  // As many digits as are shown; whole numbers to rounding.
  const decimals = Math.max(0, ...Array.from(value.matchAll(/\.(\d+)(?!\d*e)/g), (d) => d[1]!.length));
  const tolerance = comment.startsWith("about ")
    ? 0.01
    : decimals === 0
      ? 1e-7
      : Math.max(1e-12, 0.51 * 10 ** -decimals);
  try {
    new Function(`return (${value})`);
  } catch {
    return "";
  }
  return `, { value: () => (${value}), text: ${JSON.stringify(value)}, tolerance: ${tolerance} }`;
}

export type Names = Readonly<Record<string, unknown>>;

/**
 * Runs an example with the names of the library in scope (examples need no imports) and gives, line by line, the
 * text of the values. `onValue` sees each value as it comes, and may throw.
 */
export async function runExample(
  { code, file, line }: Example,
  known: Names,
  onValue?: (given: LineValue) => void,
): Promise<ReadonlyMap<number, string>> {
  const shown = new Map<number, string>();
  const { code: script } = await transformWithOxc(instrument(code), "example.ts");
  const body = script.replace(/export default/, "return ").replace(/\/\/# sourceMapping.*$/m, "");
  const names = Object.keys(known);
  const gave = (at: number, value: unknown, promised?: LineValue["promised"]): void => {
    const text = showValue(value);
    if (text !== undefined) shown.set(at, text);
    onValue?.({ line: at, value, ...(promised && { promised }) });
  };
  const run = new Function("__gave", ...names, body)(
    gave,
    ...names.map((name) => known[name]),
  ) as () => Promise<void>;
  try {
    await run();
  } catch (cause) {
    throw new Error(`example of ${file}:${line}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return shown;
}

/**
 * What an example of a chapter may name: everything the library exports. Chapters share some names (`mse` of numbers
 * and of tensors): an example means its own chapter's.
 */
export function scopeOf(chapters: ReadonlyMap<string, Names>, file: string): Names {
  return { ...Object.assign({}, ...chapters.values()), ...chapters.get(file.slice(0, file.indexOf("/"))) };
}

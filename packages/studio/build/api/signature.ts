/** Declarations as a reader wants them: without what only the compiler needs, in lines that fit, with links. */
import { highlight } from "../highlight.ts";
import type { Links } from "./doc-comment.ts";
import type { Ast, Declared, Library } from "./parse.ts";

/** The text of a declaration without comments and without what only the compiler needs. */
export const bare = (text: string): string =>
  outdented(text)
    .replaceAll(/\/\*[\s\S]*?\*\/\s*/g, "")
    .replaceAll(/import\("[^"]*"\)\.(?=\w)/g, "")
    .replace(/^(?:export )?(?:declare )?/, "")
    .trim();

/** Lines after the first by their own least indent, at two spaces a level where the compiler writes four. */
function outdented(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const least = Math.min(...rest.filter((line) => line.trim() !== "").map(indentOf));
  return [first, ...rest.map((l) => " ".repeat(Math.max(0, indentOf(l) - least) >> 1) + l.trimStart())].join(
    "\n",
  );
}

/** What a type reads off a constant, written out: `keyof typeof table` as the table's names, `(typeof list)[number]` as the list. */
export function spelledOut(text: string, { module }: Declared, library: Library): string {
  const typeOf = (name: string): { readonly ast: Ast; readonly text: string } | null => {
    const found = library.find(module.file, name);
    const ast = found?.nodes[0]?.node.declarations?.find((d) => d.id?.name === found.name)?.id
      ?.typeAnnotation;
    return found && ast?.typeAnnotation ? { ast: ast.typeAnnotation, text: found.module.text } : null;
  };
  return text
    .replaceAll(/\bkeyof typeof (\w+)/g, (whole, name: string) => {
      const keys = typeOf(name)?.ast.members?.flatMap((m) => m.key?.name ?? []);
      return keys === undefined || keys.length === 0 ? whole : keys.map((k) => `"${k}"`).join(" | ");
    })
    .replaceAll(/\(typeof (\w+)\)\[number\]/g, (whole, name: string) => {
      const type = typeOf(name);
      const parts = (type?.ast.typeAnnotation ?? type?.ast)?.elementTypes;
      return type && parts ? parts.map((e) => type.text.slice(e.start, e.end)).join(" | ") : whole;
    })
    .replaceAll(/\bParamInput<typeof \w+>/g, "{ … }")
    .replaceAll(/(\b[A-Z]\w*)<typeof \w+>/g, "$1");
}

/** Code as HTML in which names of the library lead to their pages. */
export function linked(code: string, links: Links, own: string): string {
  return highlight(code)
    .split(/(<span class="t-(?:comment|string)">.*?<\/span>|<[^>]*>)/s)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part.replaceAll(/(?<![.\w])[A-Z]\w+/g, (name) => {
            const href = name === own ? undefined : links(name);
            return href === undefined ? name : `<a href="${href}">${name}</a>`;
          }),
    )
    .join("");
}

/** A declaration longer than this as a whole shows its head; its members follow on the page anyway. */
const LONG = 14;

export function signatureOf(declared: Declared, library: Library): string {
  const { name, module, nodes } = declared;
  return nodes
    .map(({ node }) => {
      if (node.type === "VariableDeclaration") {
        const own = node.declarations?.find((d) => d.id?.name === name);
        if (own) return `const ${bare(module.text.slice(own.start, own.end))}`;
      }
      const text = bare(module.text.slice(node.start, node.end));
      const body = bodyOf(node);
      if (node.type !== "ClassDeclaration" && text.split("\n").length <= LONG) return text;
      return body === null ? text : bare(module.text.slice(node.start, body.start));
    })
    .map((text) => wrap(spelledOut(text, declared, library)))
    .join("\n\n");
}

const WIDTH = 88;

/** A long line of arguments, one argument a line; a long union, one member a line. */
export function wrap(signature: string): string {
  if (signature.includes("\n") || signature.length <= WIDTH) return signature;
  const [, head, union] = /^(type [^=]+=) ((?:"[^"]*" \| )+"[^"]*";?)$/.exec(signature) ?? [];
  if (head !== undefined) return `${head}\n  | ${union!.split(" | ").join("\n  | ")}`;
  const open = signature.indexOf("(");
  if (open < 0) return signature;
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < signature.length; i++) {
    const c = signature[i]!;
    if ("([{<".includes(c)) depth++;
    else if (")]}".includes(c) || (c === ">" && signature[i - 1] !== "=")) depth--;
    if (depth === 0) {
      if (i > start) parts.push(signature.slice(start, i).trim());
      return `${signature.slice(0, open + 1)}\n${parts.map((p) => `  ${p},\n`).join("")}${signature.slice(i)}`;
    }
    if (depth === 1 && c === ",") {
      parts.push(signature.slice(start, i).trim());
      start = i + 1;
    }
  }
  return signature;
}

export function bodyOf(node: Ast): { readonly body: readonly Ast[]; readonly start: number } | null {
  return node.body && "body" in node.body ? node.body : null;
}

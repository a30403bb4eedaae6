/** One exported name as its page shows it. */
import type { ApiEntry, ApiKind, ApiMember, ApiName, ApiParam } from "../../src/api.ts";
import { highlight } from "../highlight.ts";
import { inline, type Links, prose, readComment, summaryOf } from "./doc-comment.ts";
import { type Ast, commentBefore, type Declared, type Library } from "./parse.ts";

/** A row of an estimator's parameter table, as the running library has it. */
interface Param {
  readonly default: unknown;
  readonly doc: string;
  readonly expected: string;
}

export function nameOfEntry(declared: Declared, value: unknown): ApiName {
  return {
    name: declared.name,
    kind: kindOf(declared, value),
    summary: summaryOf(readComment(commentOf(declared)).text),
  };
}

/** The comment of the declaration: of overloads, the first that has one. */
export const commentOf = (declared: Declared): string =>
  declared.nodes.find((n) => n.comment !== "")?.comment ?? "";

function kindOf({ name, nodes }: Declared, value: unknown): ApiKind {
  const types = new Set(nodes.map((n) => n.node.type));
  if (types.has("ClassDeclaration")) {
    if (paramTable(value) !== null && hasMethod(value, "fit")) return "estimator";
    return /Model$/.test(name) ? "model" : "class";
  }
  if (types.has("TSDeclareFunction") || typeof value === "function") return "function";
  return types.has("VariableDeclaration") ? "constant" : "type";
}

const hasMethod = (value: unknown, name: string): boolean =>
  typeof value === "function" && name in (value.prototype as object);

function paramTable(value: unknown): Readonly<Record<string, Param>> | null {
  if (typeof value !== "function" || !("params" in value)) return null;
  const table = value.params;
  if (typeof table !== "object" || table === null) return null;
  return Object.values(table).every((p) => typeof p === "object" && p !== null && "expected" in p)
    ? (table as Readonly<Record<string, Param>>)
    : null;
}

export interface EntryContext {
  readonly library: Library;
  readonly links: Links;
  readonly examples: ApiEntry["examples"];
  readonly cards: ApiEntry["cards"];
}

export function entryOf(declared: Declared, value: unknown, context: EntryContext): ApiEntry {
  const { links } = context;
  const doc = readComment(commentOf(declared));
  const table = paramTable(value);
  const params: ApiParam[] = table
    ? Object.entries(table).map(([name, p]) => ({
        name,
        doc: inline(p.doc, links),
        accepts: p.expected,
        default: literal(p.default),
      }))
    : doc.params.map((p) => ({ name: p.name, doc: inline(p.doc, links) }));
  return {
    ...nameOfEntry(declared, value),
    signature: highlight(signatureOf(declared)),
    description: prose(doc.text, links),
    params,
    returns: inline(doc.returns, links),
    throws: doc.throws.map((t) => inline(t, links)),
    sources: doc.sources.map((s) => inline(s, links)),
    members: membersOf(declared, context),
    examples: context.examples,
    cards: context.cards,
  };
}

function literal(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "number") return String(value);
  return JSON.stringify(value) ?? String(value);
}

/** The text of a declaration without comments and without what only the compiler needs. */
const bare = (text: string): string =>
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

/** A declaration longer than this as a whole shows its head; its members follow on the page anyway. */
const LONG = 14;

export function signatureOf({ name, module, nodes }: Declared): string {
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
    .map(wrap)
    .join("\n\n");
}

const WIDTH = 88;

/** A long line of arguments, one argument a line. */
export function wrap(signature: string): string {
  if (signature.includes("\n") || signature.length <= WIDTH) return signature;
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

function bodyOf(node: Ast): { readonly body: readonly Ast[]; readonly start: number } | null {
  return node.body && "body" in node.body ? node.body : null;
}

/** What every class of its kind has for the machinery alone. */
const MACHINERY = new Set(["typeName", "params"]);

function membersOf(declared: Declared, context: EntryContext, depth = 0): ApiMember[] {
  const members: ApiMember[] = [];
  const seen = new Set<string>();
  for (const { node } of declared.nodes) {
    const body = bodyOf(node);
    if (!body || !/^(ClassDeclaration|TSInterfaceDeclaration)$/.test(node.type)) continue;
    let before = body.start + 1;
    for (const member of body.body) {
      const comment = commentBefore(declared.module.text.slice(before, member.start));
      before = member.end;
      const name = member.key?.name ?? (member.type === "TSIndexSignature" ? "[…]" : "");
      const hidden =
        member.accessibility === "private" ||
        member.accessibility === "protected" ||
        member.key?.type === "PrivateIdentifier" ||
        MACHINERY.has(name);
      if (hidden || name === "") continue;
      const { text } = readComment(comment);
      seen.add(name);
      members.push({
        name: name === "constructor" ? `new ${declared.name}` : name,
        signature: highlight(
          wrap(
            bare(declared.module.text.slice(member.start, member.end))
              .replace(/^constructor/, `new ${declared.name}`)
              .replace(/;$/, ""),
          ),
        ),
        doc: prose(text, context.links),
      });
    }
    const parents = [node.superClass?.name, ...(node.extends ?? []).map((e) => e.expression.name)];
    for (const parent of parents) {
      if (parent === undefined || depth > 4) continue;
      const found = context.library.find(declared.module.file, parent);
      if (!found) continue;
      for (const inherited of membersOf(found, context, depth + 1)) {
        if (seen.has(inherited.name) || inherited.name.startsWith("new ")) continue;
        seen.add(inherited.name);
        members.push({ from: parent, ...inherited });
      }
    }
  }
  return members;
}

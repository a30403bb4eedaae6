/** One exported name as its page shows it. */
import type { ApiEntry, ApiKind, ApiName, ApiParam } from "../../src/api.ts";
import { inline, type Links, prose, readComment, summaryOf } from "./doc-comment.ts";
import { membersOf } from "./members.ts";
import { isParamTable, type ParamTable } from "./param-tables.ts";
import type { Declared, Library } from "./parse.ts";
import { showValue } from "./show-value.ts";
import { linked, signatureOf } from "./signature.ts";

export function nameOfEntry(declared: Declared, value: unknown): ApiName {
  return {
    name: declared.name,
    kind: kindOf(declared, value),
    summary: summaryOf(readComment(commentOf(declared)).text),
  };
}

/** The comment of the declaration: of overloads, the first that has one. */
const commentOf = (declared: Declared): string => declared.nodes.find((n) => n.comment !== "")?.comment ?? "";

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

/** An estimator's own table, or a constant that is one. */
function paramTable(value: unknown): ParamTable | null {
  const table = typeof value === "function" && "params" in value ? value.params : value;
  return isParamTable(table) ? table : null;
}

export interface EntryContext {
  readonly library: Library;
  readonly links: Links;
  /** The parameters that a function or class takes by name, where they have a table. */
  readonly table?: ParamTable | undefined;
  readonly examples: ApiEntry["examples"];
  readonly cards: ApiEntry["cards"];
}

export function entryOf(declared: Declared, value: unknown, context: EntryContext): ApiEntry {
  const { library, links } = context;
  const doc = readComment(commentOf(declared));
  const table = paramTable(value) ?? context.table;
  const args: ApiParam[] = doc.params
    .filter((p) => !(table && p.name === "options"))
    .map((p) => ({ name: p.name, doc: inline(p.doc, links) }));
  const params = Object.entries(table ?? {}).map(([name, p]) => ({
    name,
    doc: inline(p.doc, links),
    accepts: p.expected,
    default: literal(p.default),
  }));
  return {
    ...nameOfEntry(declared, value),
    signature: linked(signatureOf(declared, library), links, declared.name),
    description: prose(doc.text, links),
    params: [...args, ...params],
    returns: inline(doc.returns, links),
    throws: doc.throws.map((t) => inline(t, links)),
    sources: doc.sources.map((s) => inline(s, links)),
    members: membersOf(declared, library, links),
    examples: context.examples,
    cards: context.cards,
  };
}

function literal(value: unknown): string {
  if (typeof value === "function") return "a function";
  return showValue(value) ?? "none";
}

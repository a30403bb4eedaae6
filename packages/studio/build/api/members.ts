/** Members of classes and interfaces, with what their comments say, or the comment of what they override. */
import type { ApiMember } from "../../src/api.ts";
import { type Links, prose, readComment } from "./doc-comment.ts";
import { type Ast, commentBefore, type Declared, type Library } from "./parse.ts";
import { bare, bodyOf, linked, spelledOut, wrap } from "./signature.ts";

/** Static members that every class of its kind has for the machinery alone. */
const MACHINERY = new Set(["typeName", "params"]);

/** What conventions say of members that have no comment of their own. */
const CONVENTIONS: ReadonlyMap<string, string> = new Map([
  ["fromState", "Rebuilds it from what `toState` gave."],
  ["toState", "Everything needed to rebuild it, as plain values and typed arrays."],
]);

const NAMED =
  "Parameters by name; those left out have their defaults. A name that there is not, or a value that is not accepted, is an error.";

/** Members of a class or interface, its own before those inherited. */
export function membersOf(declared: Declared, library: Library, links: Links): ApiMember[] {
  const members = collect(declared, library, links);
  const fits = /\): (.+)$/.exec(members.find((m) => m.name === "fit")?.signature ?? "")?.[1];
  return members.map((m) => {
    const signature = fits ? m.signature.replaceAll('ReturnType<this["fit"]>', fits) : m.signature;
    const said = /^new \w+\(\w+\??: \{ … \}\)$/.test(m.signature) ? NAMED : CONVENTIONS.get(m.name);
    return {
      ...m,
      signature: linked(wrap(signature), links, declared.name),
      doc: m.doc === "" && said ? prose(said) : m.doc,
    };
  });
}

function collect(declared: Declared, library: Library, links: Links, depth = 0): ApiMember[] {
  const { text: source, file } = declared.module;
  const members: ApiMember[] = [];
  const inheritable: ApiMember[] = [];
  for (const { node } of declared.nodes) {
    const body = bodyOf(node);
    if (!body || !/^(ClassDeclaration|TSInterfaceDeclaration)$/.test(node.type)) continue;
    let before = body.start + 1;
    for (const member of body.body) {
      const comment = commentBefore(source.slice(before, member.start));
      before = member.end;
      const name = member.key?.name ?? (member.type === "TSIndexSignature" ? "[…]" : "");
      const hidden =
        member.accessibility === "private" ||
        member.accessibility === "protected" ||
        member.key?.type === "PrivateIdentifier" ||
        (member.static === true && MACHINERY.has(name));
      if (hidden || name === "") continue;
      const written = bare(source.slice(member.start, member.end)).replace(/;$/, "");
      members.push({
        name: name === "constructor" ? `new ${declared.name}` : name,
        signature: spelledOut(written.replace(/^constructor/, `new ${declared.name}`), declared, library),
        doc: memberDoc(comment, links),
      });
    }
    if (depth > 4) continue;
    for (const { name, has } of parentsOf(node, source)) {
      const found = library.find(file, name);
      for (const member of found ? collect(found, library, links, depth + 1) : [])
        if (has(member.name)) inheritable.push({ from: name, ...member });
    }
  }
  const described = members.map((m) => ({
    ...m,
    doc: m.doc || (inheritable.find((i) => i.name === m.name)?.doc ?? ""),
  }));
  const known = new Set(members.map((m) => m.name));
  return [
    ...described,
    ...inheritable.filter((m) => !known.has(m.name) && !m.name.startsWith("new ") && known.add(m.name)),
  ];
}

/** What a class or interface extends, and which of its members it takes: `Omit` and `Pick` are looked through. */
function parentsOf(node: Ast, text: string): { name: string; has: (member: string) => boolean }[] {
  const all = () => true;
  const base = node.superClass?.name === undefined ? [] : [{ name: node.superClass.name, has: all }];
  const parents = (node.extends ?? []).map((parent) => {
    const [, how, name, keys] =
      /^(Omit|Pick)<(\w+)[^,]*, ([^>]*)>$/.exec(text.slice(parent.start, parent.end)) ?? [];
    if (how === undefined) return { name: parent.expression.name ?? "", has: all };
    const named = new Set(Array.from(keys!.matchAll(/"(\w+)"/g), (m) => m[1]!));
    return { name: name!, has: (member: string) => named.has(member) === (how === "Pick") };
  });
  return [...base, ...parents];
}

/** The comment of a member, its tags as sentences below its text. */
function memberDoc(comment: string, links: Links): string {
  const { text, params, returns, throws, sources } = readComment(comment);
  const list = params.map((p) => `- \`${p.name}\`: ${p.doc}`).join("\n");
  const tags = [list, returns && `Returns ${returns}`, ...throws.map((t) => `Throws ${t}`), ...sources];
  return [text, ...tags].map((part) => prose(part, links)).join("");
}

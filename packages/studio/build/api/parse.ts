/** Declarations of the built library's `.d.ts` files: what a chapter exports, followed to where it is declared. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAst } from "vite";

/** As much of a syntax tree as is read here. */
export interface Ast {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
  readonly value?: unknown;
  readonly id?: Ast | null;
  readonly key?: Ast;
  readonly kind?: string;
  readonly static?: boolean;
  readonly accessibility?: string | null;
  readonly source?: Ast | null;
  readonly local?: Ast;
  readonly imported?: Ast;
  readonly exported?: Ast | null;
  readonly specifiers?: readonly Ast[];
  readonly declaration?: Ast | null;
  readonly declarations?: readonly Ast[];
  readonly superClass?: Ast | null;
  /** Of a name: its annotation, and of the annotation the type; of a `readonly` type the type. */
  readonly typeAnnotation?: Ast | null;
  readonly members?: readonly Ast[];
  readonly elementTypes?: readonly Ast[];
  readonly extends?: readonly (Ast & { readonly expression: Ast })[];
  readonly body?: readonly Ast[] | { readonly body: readonly Ast[]; readonly start: number } | null;
}

export interface Module {
  readonly file: string;
  readonly text: string;
  readonly body: readonly Ast[];
}

/** A name where it is declared; functions may be declared several times. */
export interface Declared {
  readonly module: Module;
  readonly name: string;
  readonly nodes: readonly { readonly node: Ast; readonly comment: string; readonly line: number }[];
}

const nameOf = (ast: Ast | null | undefined): string => ast?.name ?? String(ast?.value ?? "");

export class Library {
  readonly #root: string;
  readonly #modules = new Map<string, Module>();
  readonly #exports = new Map<string, Map<string, Declared>>();

  /** The folder of the built library. */
  constructor(root: string) {
    this.#root = root;
  }

  module(file: string): Module {
    let module = this.#modules.get(file);
    if (!module) {
      const text = readFileSync(join(this.#root, file), "utf8");
      const { body } = parseAst(text, { lang: "dts" }) as unknown as { readonly body: readonly Ast[] };
      module = { file, text, body };
      this.#modules.set(file, module);
    }
    return module;
  }

  /** What a module exports, by name. */
  exportsOf(file: string): Map<string, Declared> {
    const known = this.#exports.get(file);
    if (known) return known;
    const found = new Map<string, Declared>();
    this.#exports.set(file, found);
    const add = (name: string, declared: Declared | null) => {
      if (declared) found.set(name, declared);
    };
    const module = this.module(file);
    for (const node of module.body) {
      if (node.type === "ExportAllDeclaration" && node.source) {
        const target = fileOf(file, node.source);
        if (target !== null && !node.exported)
          for (const [name, declared] of this.exportsOf(target)) found.set(name, declared);
      } else if (node.type === "ExportNamedDeclaration") {
        for (const specifier of node.specifiers ?? []) {
          const local = nameOf(specifier.local);
          const target = node.source ? fileOf(file, node.source) : null;
          add(
            nameOf(specifier.exported),
            target === null ? this.find(file, local) : (this.exportsOf(target).get(local) ?? null),
          );
        }
        for (const name of declaredBy(node.declaration)) add(name, this.find(file, name));
      }
    }
    return found;
  }

  /** What a name means inside a module: its own declaration, or that of the module it imports it from. */
  find(file: string, name: string): Declared | null {
    const module = this.module(file);
    const nodes: Declared["nodes"][number][] = [];
    let before = 0;
    for (const outer of module.body) {
      const node = outer.declaration ?? outer;
      if (declaredBy(node).includes(name))
        nodes.push({
          node,
          comment: commentBefore(module.text.slice(before, outer.start)),
          line: module.text.slice(0, outer.start).split("\n").length,
        });
      before = outer.end;
      if (outer.type === "ImportDeclaration" && outer.source) {
        const specifier = outer.specifiers?.find((s) => nameOf(s.local) === name);
        const target = fileOf(file, outer.source);
        if (specifier && target !== null)
          return this.exportsOf(target).get(nameOf(specifier.imported)) ?? null;
      }
    }
    return nodes.length > 0 ? { module, name, nodes } : null;
  }
}

/** The doc comment at the end of the text between two declarations, or nothing. */
export const commentBefore = (text: string): string =>
  /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text)?.[0].trim() ?? "";

function declaredBy(node: Ast | null | undefined): string[] {
  if (!node) return [];
  if (node.declarations) return node.declarations.map((d) => nameOf(d.id));
  return /Declaration$|^TSDeclareFunction$/.test(node.type) && node.id ? [nameOf(node.id)] : [];
}

/** The declaration file a relative import means; null for what is not the library's. */
function fileOf(from: string, source: Ast): string | null {
  const path = String(source.value);
  if (!path.startsWith(".")) return null;
  return join(dirname(from), path)
    .replaceAll("\\", "/")
    .replace(/\.(?:ts|js)$/, ".d.ts");
}

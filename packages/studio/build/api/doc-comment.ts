/** A doc comment taken apart, and its prose as HTML. */
import { commentLines } from "./examples.ts";

export interface DocComment {
  readonly text: string;
  readonly params: readonly { readonly name: string; readonly doc: string }[];
  readonly returns: string;
  readonly throws: readonly string[];
  /** Papers and chapters: the paragraphs that begin with `Source:`. */
  readonly sources: readonly string[];
}

export function readComment(comment: string): DocComment {
  const sections: { tag: string; lines: string[] }[] = [{ tag: "", lines: [] }];
  for (const line of commentLines(comment)) {
    const tag = /^@(\w+)\s?(.*)$/.exec(line);
    if (tag) sections.push({ tag: tag[1]!, lines: [tag[2]!] });
    else sections.at(-1)!.lines.push(line);
  }
  // A source may follow other lines of its paragraph, or stand below a tag.
  const sources: string[] = [];
  const sourceless = (text: string) =>
    text
      .split(/\n\s*\n/)
      .map((paragraph) => {
        const at = paragraph.search(/^Sources?: /m);
        if (at < 0) return paragraph;
        sources.push(
          paragraph
            .slice(at)
            .replace(/^Sources?: /, "")
            .replaceAll(/\s+/g, " ")
            .trim(),
        );
        return paragraph.slice(0, at);
      })
      .join("\n\n")
      .trim();
  const read = sections
    .filter((s) => s.tag !== "example")
    .map(({ tag, lines }) => ({ tag, text: sourceless(lines.join("\n")) }));
  const of = (name: string) => read.filter((s) => s.tag === name).map((s) => s.text);
  return {
    text: of("")[0]!,
    params: of("param").map((param) => {
      const [, name = "", doc = ""] = /^(\S+)\s*(?:- )?([\s\S]*)$/.exec(param) ?? [];
      return { name, doc };
    }),
    returns: of("returns").join(" "),
    throws: of("throws"),
    sources,
  };
}

/** The first sentence, as plain text. */
export function summaryOf(text: string): string {
  const first = text
    .split(/\n\s*\n/)[0]!
    .replaceAll(/\s+/g, " ")
    .trim();
  const plain = first.replaceAll(/\{@link (\S+?)\}/g, "$1");
  const end = /[.!?:](?= [A-Z`"(]|$)/.exec(
    plain.replaceAll(/\b(?:e\.g|i\.e|al|vs|cf)\./g, (m) => `${m.slice(0, -1)}_`),
  );
  return end ? plain.slice(0, end.index + (plain[end.index] === ":" ? 0 : 1)) : plain;
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Where a `{@link name}` leads; undefined for a name that has no page. */
export type Links = (name: string) => string | undefined;

export function inline(text: string, links: Links = () => undefined): string {
  return text
    .split(/(`[^`]+`|\{@link [^}]+\})/)
    .map((part, i) => {
      if (i % 2 === 0) return escapeHtml(part).replaceAll(/\*(\w[^*\n]*\w)\*/g, "<em>$1</em>");
      const link = /^\{@link ([^}]+)\}$/.exec(part)?.[1];
      if (link === undefined) return `<code>${escapeHtml(part.slice(1, -1))}</code>`;
      const href = links(link.trim());
      const name = `<code>${escapeHtml(link.trim())}</code>`;
      return href === undefined ? name : `<a href="${escapeHtml(href)}">${name}</a>`;
    })
    .join("");
}

/** Paragraphs and lists. */
export function prose(text: string, links?: Links): string {
  if (text.trim() === "") return "";
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const [before, ...items] = paragraph.split(/^\s*[-*] /m);
      const lead = before!.trim() === "" ? "" : `<p>${inline(before!.trim(), links)}</p>`;
      if (items.length === 0) return lead;
      return `${lead}<ul>${items.map((item) => `<li>${inline(item.trim(), links)}</li>`).join("")}</ul>`;
    })
    .join("");
}

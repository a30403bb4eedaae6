/** The questions and model answers of a round, as the build rendered them. */
import details from "virtual:details";
import type { CardDetails } from "../../../sheet.ts";
import type { Part, Round } from "../../../store/round.ts";
import { loadItem } from "../../drill/deck.ts";

export interface Text {
  /** HTML, both. */
  readonly ask: string;
  readonly answer: string;
}

/** By reference; what the sheet has no more, or what could not be loaded, is not in it. */
export type Texts = ReadonlyMap<string, Text>;

export async function followUpsOf(card: string): Promise<NonNullable<CardDetails["followUps"]>> {
  return (await details[card]?.())?.default.followUps ?? [];
}

async function load(ref: string): Promise<Text | null> {
  const [card = "", index] = ref.split("#");
  if (index !== undefined) return (await followUpsOf(card))[Number(index)] ?? null;
  const item = await loadItem(ref);
  return item.kind === "question" ? item : null;
}

export async function loadTexts({ asked }: Round): Promise<Texts> {
  const refs = asked.flatMap(({ parts }) => parts.map(({ ref }) => ref));
  const texts = await Promise.all(refs.map(async (ref) => [ref, await load(ref).catch(() => null)] as const));
  return new Map(texts.filter((entry): entry is readonly [string, Text] => entry[1] !== null));
}

/** HTML as plain text, formulas once. */
export function plain(html: string): string {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const twice of template.content.querySelectorAll(".katex-html, annotation")) twice.remove();
  return template.content.textContent ?? "";
}

/** A question as HTML: as the build rendered it, or else as it was put. */
export const askHtml = (texts: Texts | null, { ref, ask }: Part): string =>
  texts?.get(ref)?.ask ?? ask.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

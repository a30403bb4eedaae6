/** Drill items from what the sheet has: its drill files, and the questions and errata of its cards. */
import type { Card, DrillItem, Question } from "@whetstone/sheet";
import type { StudyItem } from "../src/pages/drill/items.ts";
import { displayMath, withInlineMath } from "./math.ts";

/** An item, and the note it makes in Anki: formulas as MathJax. */
export interface Made {
  readonly item: StudyItem;
  readonly note: readonly [front: string, back: string, tags: string] | null;
}

const GAP = /\\gap(?![a-zA-Z])/g;

/** The items of a chapter: card by card, for each what its author asks first. */
export function itemsOf(
  chapter: string,
  cards: readonly Card[],
  written: readonly DrillItem[],
): readonly Made[] {
  const own = cards.filter((card) => card.id.startsWith(`${chapter}/`));
  const made: Made[] = [];
  for (const card of own) {
    made.push(question({ id: `c-${card.id}`, ask: card.ask, answer: card.answer }, card, card.level));
    for (const item of written) if (item.card === card.id) made.push(fromFile(item, card));
    for (const e of card.errata ?? []) made.push(claim(e, card, own));
  }
  for (const item of written) {
    if (own.some((card) => card.id === item.card)) continue;
    const card = cards.find((c) => c.id === item.card);
    if (!card) throw new Error(`drill item ${item.id} points to the card ${item.card}, which is not there`);
    made.push(fromFile(item, card));
  }
  const ids = new Set<string>();
  for (const { item } of made) {
    if (ids.has(item.id)) throw new Error(`chapter ${chapter} has two drill items ${item.id}`);
    ids.add(item.id);
  }
  return made;
}

function fromFile(item: DrillItem, card: Card): Made {
  if (item.kind === "question") return question(item, card, item.level);
  const base = baseOf(item.id, item.ask, card, item.level);
  if (item.kind === "prediction") {
    const { controls, check, unit = "" } = item;
    return { item: { ...base, kind: "prediction", controls, check, unit: withInlineMath(unit) }, note: null };
  }
  if (item.formula.search(GAP) < 0) throw new Error(`formula of ${item.id} has no \\gap`);
  const gap = item.formula.replace(GAP, () => String.raw`{\boxed{\;?\;}}`);
  const whole = item.formula.replace(GAP, () => String.raw`{\boxed{${item.missing}}}`);
  return {
    item: {
      ...base,
      kind: "formula",
      gap: displayMath(gap, item.id),
      whole: displayMath(whole, item.id),
    },
    note: [`${mathJax(item.ask)}<br>\\[${escapeHtml(gap)}\\]`, `\\[${escapeHtml(whole)}\\]`, tags(card)],
  };
}

function question(
  { id, ask, answer, after }: Pick<Question, "id" | "ask" | "answer" | "after">,
  card: Card,
  level: Card["level"],
): Made {
  return {
    item: {
      ...baseOf(id, ask, card, level),
      kind: "question",
      answer: withInlineMath(answer),
      line: withInlineMath(oneLine(answer)),
      ...(after !== undefined && { after }),
    },
    note: [mathJax(ask), mathJax(answer), tags(card)],
  };
}

/** An erratum among true statements: the titles of other cards of its chapter, which those cards prove. */
function claim(e: { claim: string; claimed: string; truth: string }, card: Card, own: readonly Card[]): Made {
  const id = `e-${card.id}-${e.claim}`;
  const draw = hash(id);
  const others = own.filter((c) => c.id !== card.id && c.title.split(" ").length >= STATEMENT);
  const start = draw % Math.max(1, others.length);
  const holding = [...others.slice(start), ...others.slice(0, start)].slice(0, 2).map((c) => `${c.title}.`);
  // Alone in its chapter, a card says both: what circulates, and what is true.
  if (holding.length === 0) holding.push(e.truth);
  const wrong = draw % (holding.length + 1);
  const claims = [...holding.slice(0, wrong), e.claimed, ...holding.slice(wrong)];
  const ask = "Which of these claims is wrong?";
  const list = claims.map((c) => `<li>${mathJax(c)}</li>`).join("");
  return {
    item: {
      ...baseOf(id, ask, card, card.level),
      kind: "claim",
      claims: claims.map(withInlineMath),
      wrong,
      truth: withInlineMath(e.truth),
    },
    note: [
      `${ask}<ol type="A">${list}</ol>`,
      `${"ABC"[wrong]}. ${mathJax(e.truth)}`,
      `${tags(card)} whetstone::claims`,
    ],
  };
}

/** Fewer words than this are a name, not a statement. */
const STATEMENT = 5;

function baseOf(id: string, ask: string, card: Card, level: Card["level"]) {
  return {
    id,
    card: card.id,
    title: withInlineMath(card.title),
    level: level ?? null,
    ask: withInlineMath(ask),
  };
}

const tags = (card: Card): string => `whetstone::${card.id.replace("/", "::")}`;

/** A line shorter than this says too little, and takes the next sentence in. */
const LINE = 70;

/** The first sentence, or as many as make a line: they end in a mark outside a formula that a new sentence follows. */
export function oneLine(text: string): string {
  for (const match of text.matchAll(/[.!?](?=\s+[\p{Lu}$])/gu)) {
    const line = text.slice(0, match.index + 1);
    const abbreviated = /\b(?:e\.g|i\.e|vs|cf|etc)\.$/.test(line);
    if (line.length >= LINE && !abbreviated && line.split("$").length % 2 === 1) return line;
  }
  return text;
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Formulas between dollar signs as Anki's MathJax reads them. */
const mathJax = (text: string): string =>
  text
    .split("$")
    .map((part, i) => (i % 2 === 0 ? escapeHtml(part) : `\\(${escapeHtml(part)}\\)`))
    .join("");

/** FNV-1a: the same place for the same claim at every build. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

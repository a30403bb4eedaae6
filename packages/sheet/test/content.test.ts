import { readdirSync } from "node:fs";
import katex from "katex";
import { describe, expect, test } from "vitest";
import { type Card, DRILL_LIMITS, type DrillItem, runCard } from "../src/index.ts";
import { loadCards } from "../src/node/cards.ts";

const LIMITS = { whenNot: 260, ask: 140, answer: 260 } as const;

const folder = new URL("../src/drill/", import.meta.url);
const items: DrillItem[] = [];
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".ts")) continue; // A long chapter has a folder of parts beside its file.
  const { default: chapter } = (await import(new URL(file, folder).href)) as {
    default: readonly DrillItem[];
  };
  items.push(...chapter);
}
const cards = await loadCards();
const byId = new Map(cards.map((card) => [card.id, card]));
const questions = new Set([...items.map((item) => item.id), ...cards.flatMap((card) => card.answers ?? [])]);

function renders(formula: string): void {
  expect(() => katex.renderToString(formula, { throwOnError: true }), formula).not.toThrow();
}

/** Texts hold formulas between `$` signs. */
function textRenders(text: string): void {
  const parts = text.split("$");
  expect(parts.length % 2, `a $ without its pair in: ${text}`).toBe(1);
  for (let i = 1; i < parts.length; i += 2) renders(parts[i]!);
  for (let i = 0; i < parts.length; i += 2)
    expect(parts[i], `a formula without its $ signs in: ${text}`).not.toMatch(/[_^]\{|\\[a-z]{2,}/);
}

function fits(text: string | undefined, limit: number, what: string): void {
  expect(text?.length ?? 0, `${what} is empty`).toBeGreaterThan(0);
  expect(text!.length, `${what} is longer than ${limit} characters`).toBeLessThanOrEqual(limit);
}

test("no two drill items share an id", () => {
  expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
});

describe.each(items.map((item) => [item.id, item] as const))("%s", (_, item) => {
  test("is a whole item", () => {
    expect(byId.has(item.card), `no card ${item.card}`).toBe(true);
    fits(item.ask, DRILL_LIMITS.ask, "ask");
    textRenders(item.ask);
    if (item.kind === "question") {
      expect(item.id).toMatch(/^q-[ab]-\d{3}$/);
      fits(item.answer, DRILL_LIMITS.answer, "answer");
      textRenders(item.answer);
      if (item.after !== undefined) {
        expect(item.after).not.toBe(item.id);
        expect(questions.has(item.after), `no question ${item.after}`).toBe(true);
      }
    } else if (item.kind === "formula") {
      expect(item.id).toMatch(/^f-[a-z0-9-]+$/);
      fits(item.formula, DRILL_LIMITS.formula, "formula");
      fits(item.missing, DRILL_LIMITS.missing, "missing");
      expect(item.formula.split("\\gap").length, "the formula has one gap").toBe(2);
      renders(item.formula.replace("\\gap", `{${item.missing}}`));
      renders(item.missing);
    } else expect(item.id).toMatch(/^p-[a-z0-9-]+$/);
  });
});

const predictions = items.flatMap((item) => (item.kind === "prediction" ? [item] : []));
test.each(predictions.map((item) => [item.id, item] as const))(
  "%s asks for a number of the run",
  async (_, item) => {
    const card = byId.get(item.card)!;
    for (const name of Object.keys(item.controls)) expect(Object.keys(card.controls)).toContain(name);
    if (card.budget === "costly") return;
    const { checks, error } = await runCard(card, { controls: item.controls });
    expect(error).toBeUndefined();
    const found = checks.filter((check) => check.name === item.check);
    expect(found.length, `checks called "${item.check}" among: ${checks.map((c) => c.name).join("; ")}`).toBe(
      1,
    );
    expect(Number.isFinite(found[0]!.value)).toBe(true);
  },
);

describe.each(cards.map((card) => [card.id, card as Card] as const))("%s", (_, card) => {
  test("says all it has to say", () => {
    expect(["easy", "medium", "hard"]).toContain(card.level);
    expect(card.answer).not.toBe("");
    fits(card.whenNot, LIMITS.whenNot, "whenNot");
    expect(card.followUps.length).toBe(2);
    for (const { ask, answer } of card.followUps) {
      fits(ask, LIMITS.ask, "ask of a follow-up");
      fits(answer, LIMITS.answer, "answer of a follow-up");
    }
    fits(card.derivation, 1200, "derivation");
    renders(card.formula);
    for (const text of [card.derivation, card.whenNot]) textRenders(text);
    for (const { ask, answer } of card.followUps) {
      textRenders(ask);
      textRenders(answer);
    }
  });
});

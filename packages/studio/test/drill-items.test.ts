import type { Card, DrillItem } from "@whetstone/sheet";
import { expect, it } from "vitest";
import { itemsOf, oneLine } from "../build/drill-items.ts";

const card = (id: string, title: string, more: Partial<Card> = {}): Card => ({
  id,
  title,
  formula: "x",
  ask: "Why $x$?",
  answer: "Because of $a. B$. And more.",
  pitfall: "",
  level: "easy",
  whenNot: "",
  followUps: [],
  derivation: "",
  covers: [],
  verifiedAgainst: [],
  budget: "quick",
  controls: {},
  run() {},
  ...more,
});
const errata = [{ claim: "claim-a-1", claimed: "Two is odd.", truth: "Two is even." }];
const cards = [
  card("math/one", "One is the smallest positive integer", { errata }),
  card("math/two", "Two is even, as every multiple"),
  card("math/three", "Three is odd, as is five"),
];
const gap: DrillItem = {
  kind: "formula",
  id: "f-math-x",
  card: "math/two",
  level: "easy",
  ask: "Complete.",
  formula: String.raw`y=\gap x`,
  missing: "a^2",
};

it("asks every card's own question, and its errata among statements that hold", () => {
  const made = itemsOf("math", cards, [gap]);
  expect(made.map(({ item }) => item.id)).toEqual([
    "c-math/one",
    "e-math/one-claim-a-1",
    "c-math/two",
    "f-math-x",
    "c-math/three",
  ]);
  const claim = made[1]!.item;
  if (claim.kind !== "claim") throw new Error("not a claim");
  expect(claim.claims[claim.wrong]).toBe("Two is odd.");
  expect([...claim.claims].sort()).toEqual(
    ["Two is even, as every multiple.", "Two is odd.", "Three is odd, as is five."].sort(),
  );
  expect(itemsOf("math", cards, [gap])).toEqual(made);
});

it("leaves a gap in the formula, fills it in the answer, and writes both for Anki", () => {
  const { item, note } = itemsOf("math", cards, [gap])[3]!;
  if (item.kind !== "formula") throw new Error("not a formula");
  expect(item.gap).toContain("fbox");
  expect(item.gap).not.toContain("<mn>2</mn>");
  expect(item.whole).toContain("<mn>2</mn>");
  expect(note![1]).toBe(String.raw`\[y={\boxed{a^2}} x\]`);
});

it("refuses a formula without a gap, a card that is not there, an id twice", () => {
  expect(() => itemsOf("math", cards, [{ ...gap, formula: "y" }])).toThrow("f-math-x has no \\gap");
  expect(() => itemsOf("math", cards, [{ ...gap, card: "math/none" }])).toThrow(
    "math/none, which is not there",
  );
  expect(() => itemsOf("math", cards, [gap, gap])).toThrow("two drill items f-math-x");
});

it("takes as many sentences as make a line, with formulas and abbreviations whole", () => {
  const long = "This is a sentence of more than seventy characters, which is a line by itself";
  expect(oneLine(`${long}. Next.`)).toBe(`${long}.`);
  expect(oneLine(`${long} of $a. B$. And more.`)).toBe(`${long} of $a. B$.`);
  expect(oneLine(`${long}, e.g. Half of it, is 0.5 of all. Next.`)).toBe(
    `${long}, e.g. Half of it, is 0.5 of all.`,
  );
  expect(oneLine(`Short. ${long}. Next.`)).toBe(`Short. ${long}.`);
  expect(oneLine("No end")).toBe("No end");
});

it("tells which question a question follows", () => {
  const question = { kind: "question", card: "math/two", level: "easy", ask: "Why?", answer: "So." } as const;
  const made = itemsOf("math", cards, [
    { ...question, id: "q-a-1" },
    { ...question, id: "q-a-2", after: "q-a-1" },
  ]);
  const [first, second] = made.map(({ item }) => item).filter(({ id }) => id.startsWith("q-"));
  expect(first).not.toHaveProperty("after");
  expect(second).toHaveProperty("after", "q-a-1");
});

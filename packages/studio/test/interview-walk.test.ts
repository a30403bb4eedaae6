import { PROMPTS, STEP_MINUTES, STEPS } from "@whetstone/sheet/interview";
import { describe, expect, it } from "vitest";
import {
  glued,
  isBegun,
  NEW_WALK,
  NO_NUMBER,
  parseWalk,
  timeLeft,
  type Walk,
} from "../src/pages/interview/walk.ts";
import {
  calculatorHref,
  reviewNumber,
  type StepNumber,
  verdict,
} from "../src/pages/interview/walk-number.ts";
import { walkText } from "../src/pages/interview/walk-text.ts";

const assistant = PROMPTS.find((p) => p.id === "code-assistant")!;
const cache = assistant.steps.serving.number!;

describe("a kept walk", () => {
  const first = {
    step: 2,
    notes: ["goal", "", "", "", "", ""],
    seconds: [61, 0, 0, 0, 0, 0],
    said: ["clarify.0"],
    grades: { framing: 3 },
  };

  it("of the first version is read whole, with no numbers yet", () => {
    expect(parseWalk(JSON.stringify(first))).toEqual({ ...first, numbers: {} });
  });
  it("comes back as it was put away", () => {
    const walk: Walk = { ...first, numbers: { serving: { estimate: "30", given: { batch: "32" } } } };
    expect(parseWalk(JSON.stringify(walk))).toEqual(walk);
  });
  it("loses only what is damaged in its numbers, and is no walk without notes", () => {
    const numbers = {
      data: 7,
      model: { estimate: 3, given: {} },
      serving: { estimate: "", given: { batch: "32", layers: 80 } },
      nonsense: { estimate: "1", given: {} },
    };
    expect(parseWalk(JSON.stringify({ ...first, numbers }))?.numbers).toEqual({
      serving: { estimate: "", given: { batch: "32" } },
    });
    for (const damaged of [null, "{", "[]", JSON.stringify({ ...first, notes: ["one"] })])
      expect(parseWalk(damaged)).toBeNull();
  });
  it("is begun once there is something to lose", () => {
    expect(isBegun({ ...NEW_WALK, step: 3, seconds: [9, 9, 9, 9, 9, 9] })).toBe(false);
    expect(isBegun({ ...NEW_WALK, numbers: { serving: NO_NUMBER } })).toBe(false);
    expect(isBegun({ ...NEW_WALK, numbers: { serving: { estimate: "3", given: {} } } })).toBe(true);
    expect(isBegun(parseWalk(JSON.stringify(first))!)).toBe(true);
  });
});

it("says how much of a step's time is left, 45 minutes in all", () => {
  expect(timeLeft("clarify", 80)).toBe("3:40 of 5 minutes left");
  expect(timeLeft("data", 725)).toBe("2:05 over the 10 minutes planned");
  expect(Object.values(STEP_MINUTES).reduce((a, b) => a + b)).toBe(45);
});

it("keeps a number with its per cent and its spread on one line", () => {
  expect(glued("at 90 %: 14 ± 6, 4 ± 3")).toBe("at 90\u00a0%: 14\u00a0±\u00a06, 4\u00a0±\u00a03");
});

describe("a number in review", () => {
  it("is judged by the factor it misses by", () => {
    expect(verdict(100, [90, 110])).toBe("as expected");
    expect(verdict(115, [90, 110])).toBe("a little too large");
    expect(verdict(45, [90, 110])).toBe("within a factor of two, 2 times too small");
    expect(verdict(440, [90, 110])).toBe("4 times too large");
    expect(verdict(0, [90, 110])).toBe("not a magnitude");
  });
  it("stands beside what was estimated and calculated", () => {
    expect(reviewNumber(cache, NO_NUMBER)).toEqual({ label: "Cache", expected: "85.9 GB" });
    const given = Object.fromEntries(Object.entries(cache.inputs).map(([k, v]) => [k, String(v)]));
    expect(reviewNumber(cache, { estimate: "30", given })).toEqual({
      label: "Cache",
      expected: "85.9 GB",
      estimate: "30 GB, 2.83 times too small",
      calculated: "85.9 GB, as expected",
    });
    expect(reviewNumber(cache, { estimate: "", given: { ...given, batch: "0" } }).calculated).toContain(
      "batch is 0, expected an integer >= 1",
    );
    expect(reviewNumber(cache, { estimate: "much", given: {} }).estimate).toBe("“much”, no number");
  });
  it("of every prompt lies where its own inputs put it, and its address has them", () => {
    const numbers = PROMPTS.flatMap((p) => STEPS.map((s) => p.steps[s].number)).filter(
      (n): n is StepNumber => n !== undefined,
    );
    expect(numbers.length).toBeGreaterThan(30);
    for (const number of numbers) {
      const href = calculatorHref(number);
      const given: Record<string, string> = {};
      for (const [key, value] of new URLSearchParams(href.split("?")[1])) given[key.split(".")[1]!] = value;
      expect(reviewNumber(number, { estimate: "", given }).calculated, number.ask).toMatch(/, as expected$/);
    }
  });
});

it("goes into a text with all that was written, said, estimated and graded", () => {
  const text = walkText(assistant, {
    ...NEW_WALK,
    notes: STEPS.map((s) => (s === "serving" ? "Paged cache.\nShared prefixes." : "")),
    seconds: [65, 0, 0, 0, 600, 0],
    said: ["serving.1"],
    grades: { numbers: 4 },
    numbers: { serving: { estimate: "90", given: {} } },
  });
  expect(text).toContain("Serving a code assistant\n");
  expect(text).toContain("11:05 in all");
  expect(text).toContain("Serving (10:00)\n\nPaged cache.\nShared prefixes.\n\n[ ] ");
  expect(text).toContain("[x] Shared beginnings of prompts are computed once.");
  expect(text).toContain("Expected: 85.9 GB\nEstimated: 90 GB, a little too large\n");
  expect(text).not.toContain("Calculated:");
  expect(text).toContain("Clarify (1:05)\n\nNothing written.");
  expect(text).toContain("Numbers: 4\nCommunication: not graded\n");
});

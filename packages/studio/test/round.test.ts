import { describe, expect, it } from "vitest";
import { type Candidate, pickQuestions, withFollowUps } from "../src/pages/interview/round/choose.ts";
import {
  meanGrade,
  nextStep,
  signalHistory,
  ungraded,
  weakestSignal,
  weakOnes,
} from "../src/pages/interview/round/figures.ts";
import { seeded } from "../src/pages/interview/round/seeded.ts";
import { after, ahead, left, newRound, type Step } from "../src/pages/interview/round/steps.ts";
import { fromJson, toJson } from "../src/store/exchange.ts";
import { DEFAULTS, type Grade } from "../src/store/log.ts";
import { mergeRounds, type Round, reached, roundFrom, spent } from "../src/store/round.ts";

const MINUTE = 60_000;
const item = (id: string, card: string, follows?: string): Candidate => ({
  id,
  card,
  ask: `${id}?`,
  ...(follows !== undefined && { after: follows }),
});
const known = () => false;

describe("the choice of questions", () => {
  const items = [
    ...Array.from({ length: 12 }, (_, i) => item(`q${i}`, `a/${i % 6}`)),
    item("q0-next", "a/0", "q0"),
    item("q1-next", "a/9", "q1"),
  ];
  const pick = (seed: number, count: number, weak = known as (id: string) => boolean) =>
    pickQuestions(items, count, weak, seeded(seed)).map(({ id }) => id);

  it("is the same for the same seed, and another for another", () => {
    expect(pick(7, 5)).toEqual(pick(7, 5));
    const first = new Set(Array.from({ length: 40 }, (_, seed) => pick(seed, 5)[0]));
    expect(first.size).toBeGreaterThan(5);
  });

  it("draws evenly", () => {
    const random = seeded(3);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[Math.floor(10 * random())]!++;
    // Five standard errors of a binomial count, √(10000·0.1·0.9) = 30.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it.each([0, 1, 2, 3])(
    "asks about a card once, and no follow-up by itself, while it can (seed %i)",
    (seed) => {
      const picked = pick(seed, 6);
      expect(new Set(picked.map((id) => items.find((i) => i.id === id)!.card)).size).toBe(6);
      expect(picked.filter((id) => id.endsWith("next"))).toEqual([]);
      // All there is, each once, where more are asked for.
      expect(pick(seed, 50).sort()).toEqual(items.map(({ id }) => id).sort());
    },
  );

  it("brings what is weak more often", () => {
    const times = (weak: (id: string) => boolean) =>
      Array.from({ length: 200 }, (_, seed) => pick(seed, 3, weak)).filter((p) => p.includes("q3")).length;
    expect(times((id) => id === "q3")).toBeGreaterThan(1.5 * times(known));
  });

  it("follows a question by the items after it, then by its card's follow-ups: two, and none twice", () => {
    const asks = [{ ask: "one?" }, { ask: "two?" }];
    const put = withFollowUps([item("q0", "a/0"), item("q6", "a/0"), item("q2", "a/2")], items, (card) =>
      card === "a/0" ? asks : [],
    );
    expect(put.map((parts) => parts.map(({ ref }) => ref))).toEqual([
      ["q0", "q0-next", "a/0#0"],
      ["q6", "a/0#1"],
      ["q2"],
    ]);
    expect(put[0]![2]).toEqual({ ref: "a/0#0", card: "a/0", ask: "one?" });
    // A follow-up that is a question of the round itself is not asked twice.
    const both = withFollowUps([item("q0", "a/0"), item("q0-next", "a/0", "q0")], items, () => []);
    expect(both.map((parts) => parts.length)).toEqual([1, 1]);
  });
});

const PLAN = {
  id: "r1",
  started: 1_800_000_000_000,
  role: "Researcher",
  minutes: 6,
  questions: [
    [
      { ref: "q0", card: "a/0", ask: "q0?" },
      { ref: "a/0#0", card: "a/0", ask: "one?" },
      { ref: "a/0#1", card: "a/0", ask: "two?" },
    ],
    [{ ref: "q1", card: "a/1", ask: "q1?" }],
    [{ ref: "q2", card: "a/2", ask: "q2?" }],
  ],
};
const START = newRound(PLAN);
const play = (round: Round, ...steps: Step[]) => steps.reduce(after, round);
const next: Step = { kind: "next" };
const tick = (ms: number): Step => ({ kind: "tick", ms });
const write = (notes: string): Step => ({ kind: "write", notes });
const grade = (question: number, given: Grade): Step => ({ kind: "grade", question, grade: given });
const signal = (name: string, given: Grade): Step => ({ kind: "signal", signal: name, grade: given });
const where = ({ stage, question, part }: Round) => [stage, question, part];

describe("a round", () => {
  it("goes through follow-ups to the next question, and from the last to the review", () => {
    const seen = [START];
    for (let i = 0; i < 5; i++) seen.push(after(seen.at(-1)!, next));
    expect(seen.map(where)).toEqual([
      ["run", 0, 0],
      ["run", 0, 1],
      ["run", 0, 2],
      ["run", 1, 0],
      ["run", 2, 0],
      ["review", 2, 0],
    ]);
    expect(seen.map(ahead).slice(0, 5)).toEqual(["follow-up", "follow-up", "question", "question", "review"]);
    expect(where(START)).toEqual(["run", 0, 0]);
  });

  it("keeps notes, time and recordings with the part they are of", () => {
    const round = play(
      START,
      write("a"),
      tick(4000),
      next,
      write("b"),
      tick(500),
      tick(500),
      // The recorder hands over what was said a moment after the question was left.
      { kind: "record", question: 0, part: 0, recorded: true },
    );
    expect(round.asked[0]!.parts.map(({ notes, ms, recorded }) => [notes, ms, recorded])).toEqual([
      ["a", 4000, true],
      ["b", 1000, false],
      ["", 0, false],
    ]);
    expect(spent(round)).toBe(5000);
    expect(left(round)).toBe(6 * MINUTE - 5000);
  });

  it("does not count the time in which the machine slept, or a clock that was set back", () => {
    expect(spent(play(START, tick(60_000), tick(8 * 60 * MINUTE), tick(-5000)))).toBe(60_000);
  });

  it("lets a sentence be finished when time is over, and then asks nothing more", () => {
    const over = play(START, next, tick(2 * MINUTE), tick(2 * MINUTE), tick(2 * MINUTE), write("late"));
    expect(where(over)).toEqual(["run", 0, 1]);
    expect(over.asked[0]!.parts[1]!.notes).toBe("late");
    expect(ahead(over)).toBe("review");
    const review = after(over, next);
    expect(where(review)).toEqual(["review", 0, 1]);
    expect(reached(review)).toHaveLength(1);
  });

  it("is graded in the review only, and takes nothing more when it is done", () => {
    expect(play(START, grade(0, 4), signal("depth", 2))).toEqual(START);
    const review = play(START, { kind: "end" }, write("x"), tick(9), grade(0, 2), signal("depth", 3));
    expect(review.asked[0]!.grade).toBe(2);
    expect(review.signals).toEqual({ depth: 3 });
    expect(spent(review)).toBe(0);
    const done = after(review, { kind: "finish" });
    expect(done.stage).toBe("done");
    expect(play(done, grade(0, 4), next, write("x"), signal("depth", 1))).toEqual(done);
    expect(after(START, { kind: "finish" })).toBe(START);
  });

  it("says what was weak, and one thing to do next", () => {
    const review = play(START, next, next, next, { kind: "end" });
    expect([meanGrade(review), weakestSignal(review), ungraded(review)]).toEqual([null, null, 2 + 5]);
    const graded = play(
      review,
      grade(0, 2),
      grade(1, 3),
      ...["framing", "depth", "trade-offs", "communication"].map((s) => signal(s, 3)),
      signal("numbers", 1),
    );
    expect([meanGrade(graded), weakestSignal(graded)?.id, ungraded(graded)]).toEqual([2.5, "numbers", 0]);
    expect(weakOnes(graded).map(({ parts }) => parts[0]!.ref)).toEqual(["q0"]);
    expect(nextStep(graded)).toMatchObject({
      says: "1 weak answer waits in the drill.",
      href: "#/drill/study",
    });
    const well = play(graded, grade(0, 4));
    expect(nextStep(well).href).toBe("#/interview/calculators");
    const strong = play(
      well,
      ...["framing", "depth", "trade-offs", "numbers", "communication"].map((s) => signal(s, 4)),
    );
    expect(weakestSignal(strong)).toBeNull();
    expect(nextStep(strong).href).toBe("#/interview/round");
  });

  it("draws each signal from the oldest round to the latest", () => {
    const of = (id: string, grades: Round["signals"]): Round => ({ ...START, id, signals: grades });
    const [framing, depth] = signalHistory([of("new", { framing: 4 }), of("old", { framing: 2, depth: 1 })]);
    expect(framing!.grades).toEqual([2, 4]);
    expect(depth!.grades).toEqual([1, null]);
  });
});

describe("rounds as they are kept", () => {
  const done = play(START, write("a <b> & c"), tick(900), { kind: "end" }, grade(0, 3), { kind: "finish" });

  it("come back from a file as they went, once, the latest first", () => {
    const later = { ...done, id: "r2", started: done.started + 1 };
    const history = { log: [], settings: DEFAULTS, rounds: [later, done] };
    expect(fromJson(toJson(history, done.started))).toEqual(history);
    expect(mergeRounds([done], [later, done]).map(({ id }) => id)).toEqual(["r2", "r1"]);
    expect(mergeRounds([{ ...done, stage: "review" }], [done])[0]!.stage).toBe("done");
    expect(fromJson('{"format":"whetstone-history","version":2,"log":[]}').rounds).toEqual([]);
  });

  it("are refused from a file where they are damaged", () => {
    const file = (rounds: unknown) =>
      JSON.stringify({ format: "whetstone-history", version: 3, log: [], rounds });
    expect(() => fromJson(file([done, { ...done, asked: 3 }]))).toThrow(
      "Interview round 2 of this history is damaged",
    );
    expect(() => fromJson(file("x"))).toThrow("no list of interview rounds");
  });

  it.each([
    ["null", null],
    ["no id", { ...done, id: "" }],
    ["no time", { ...done, started: 9e15 }],
    ["an unknown stage", { ...done, stage: "later" }],
    ["no questions", { ...done, asked: [] }],
    ["a question beyond its last", { ...done, question: 3 }],
    ["a part beyond its last", { ...done, part: 3 }],
    ["a part of a question", { ...done, part: 0.5 }],
    ["a question without parts", { ...done, asked: [{ parts: [], grade: 1 }, ...done.asked.slice(1)] }],
    [
      "notes that are no text",
      { ...done, asked: done.asked.map((a) => ({ ...a, parts: [{ ...a.parts[0], notes: 1 }] })) },
    ],
  ])("are nothing with %s", (_, value) => {
    expect(roundFrom(value)).toBeNull();
  });

  it("lose a grade that is none, and nothing else", () => {
    const odd = {
      ...done,
      signals: { depth: 9, framing: 2 },
      asked: done.asked.map((a) => ({ ...a, grade: 7 })),
    };
    expect(roundFrom(odd)).toEqual({
      ...done,
      signals: { framing: 2 },
      asked: done.asked.map((a) => ({ ...a, grade: 0 })),
    });
    expect(roundFrom(JSON.parse(JSON.stringify(done)))).toEqual(done);
  });
});

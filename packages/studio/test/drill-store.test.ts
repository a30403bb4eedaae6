import { State } from "ts-fsrs";
import { describe, expect, it } from "vitest";
import { DAY, dayOf } from "../src/store/clock.ts";
import { fromJson, toAnki, toJson } from "../src/store/exchange.ts";
import {
  DEFAULTS,
  type Entry,
  entryFrom,
  fromV1,
  type Grade,
  merge,
  type Review,
  settingsFrom,
  sorted,
  standing,
} from "../src/store/log.ts";
import { intervals, type Memory, recall, replay, short } from "../src/store/memory.ts";
import { doneOn, forecast, plan } from "../src/store/queue.ts";
import { counts, retention, reviewsPerDay } from "../src/store/statistics.ts";
import { reviewsInFirstYear } from "../src/store/workload.ts";

const NOON = new Date(2026, 2, 10, 12).getTime();
const MINUTE = 60_000;
let drawn = 0;
const review = (item: string, grade: Grade, time: number, from: "drill" | "speed" = "drill"): Review => ({
  kind: "review",
  id: `r${String(++drawn).padStart(4, "0")}`,
  item,
  grade,
  time,
  ms: null,
  from,
});
/** An item that is through its steps: Good now, and Good again ten minutes later. */
const graduated = (item: string, time: number) => [
  review(item, 3, time),
  review(item, 3, time + 10 * MINUTE),
];
const deckOf = (n: number) => Array.from({ length: n }, (_, i) => `i${String(i).padStart(3, "0")}`);
const stateOf = (memory: Memory, item: string) => memory.items.get(item)?.card.state;

describe("the drill's memory", () => {
  it("steps a new item through one and ten minutes, then days, as Anki does", () => {
    const fresh = replay([], 0.9);
    const steps = intervals(fresh, "a", NOON);
    expect(steps.slice(0, 3)).toEqual([MINUTE, 6 * MINUTE, 10 * MINUTE]);
    // Easy leaves the steps at once. FSRS-6's first stability after Easy is 8.2956 days: its weight w3.
    expect(steps[3]).toBe(8 * DAY);
    const log = graduated("a", NOON);
    const memory = replay(log, 0.9);
    expect(stateOf(memory, "a")).toBe(State.Review);
    // w2 = 2.3065 days after Good, kept by the second Good of the day; to retain 90 % the interval is the stability.
    expect(memory.items.get("a")!.card.scheduled_days).toBe(2);
    const later = NOON + 2 * DAY;
    const [again, hard, good, easy] = intervals(memory, "a", later);
    expect(again).toBe(10 * MINUTE);
    expect(hard).toBeGreaterThan(2 * DAY);
    expect(good).toBeGreaterThan(hard!);
    expect(easy).toBeGreaterThan(good!);
  });

  it("follows FSRS-6's forgetting curve: nine of ten are known after one stability", () => {
    const memory = replay(graduated("a", NOON), 0.9);
    const m = memory.items.get("a")!;
    const at = (days: number) => recall(memory, m, NOON + 10 * MINUTE + days * DAY);
    expect(at(0)).toBeCloseTo(1, 3);
    const decay = -memory.scheduler.parameters.w[20]!;
    const byHand = (1 + (0.9 ** (1 / decay) - 1) * (7 / m.card.stability)) ** decay;
    expect(at(7)).toBeCloseTo(byHand, 6);
  });

  it("asks for more retention with shorter intervals, from the same log", () => {
    const log = [...graduated("a", NOON), review("a", 3, NOON + 2 * DAY)];
    const days = [0.8, 0.9, 0.97].map((r) => replay(log, r).items.get("a")!.card.scheduled_days);
    expect(days[0]).toBeGreaterThan(days[1]!);
    expect(days[1]).toBeGreaterThan(days[2]!);
  });

  it("comes to the same state in whatever order entries arrive, and in steps", () => {
    const log: Entry[] = [...graduated("a", NOON), review("b", 1, NOON + 1), review("a", 2, NOON + 3 * DAY)];
    const whole = replay(log, 0.9);
    expect(replay([...log].reverse(), 0.9).items).toEqual(whole.items);
    let stepwise: Memory | undefined;
    for (let i = 1; i <= log.length; i++) stepwise = replay(log.slice(0, i), 0.9, stepwise);
    expect(stepwise!.items).toEqual(whole.items);
    expect(replay(log, 0.9, whole).items.get("a")).toBe(whole.items.get("a"));
  });

  it("forgets a review that was undone, and keeps both entries", () => {
    const first = review("a", 3, NOON);
    const second = review("a", 1, NOON + 10 * MINUTE);
    const undo: Entry = { kind: "undo", id: "u1", undoes: second.id, time: NOON + 11 * MINUTE };
    expect(replay([first, second, undo], 0.9).items).toEqual(replay([first], 0.9).items);
    // Even where the undo arrives before what it undoes.
    expect(standing(merge([undo], [second, first]))).toEqual([first]);
  });

  it("writes intervals as Anki's buttons do", () => {
    expect([MINUTE, 10 * MINUTE, DAY, 8 * DAY, 45 * DAY, 800 * DAY].map(short)).toEqual([
      "1m",
      "10m",
      "1d",
      "8d",
      "1.5mo",
      "2.2y",
    ]);
  });

  it("turns the day at four in the morning", () => {
    const at = (day: number, hour: number) => dayOf(new Date(2026, 2, day, hour).getTime());
    expect(at(11, 3)).toBe(at(10, 12));
    expect(at(11, 5)).toBe(at(10, 12) + 1);
  });
});

describe("the day's queue", () => {
  const deck = deckOf(30);

  it("shows no more new items a day than are asked for, and the next ones tomorrow", () => {
    const settings = { ...DEFAULTS, newPerDay: 3 };
    expect(plan(deck, replay([], 0.9), settings, NOON).fresh).toEqual(deck.slice(0, 3));
    const memory = replay([review("i000", 4, NOON), review("i001", 4, NOON)], 0.9);
    expect(plan(deck, memory, settings, NOON).fresh).toEqual(["i002"]);
    expect(plan(deck, memory, settings, NOON + DAY).fresh).toEqual(["i002", "i003", "i004"]);
  });

  it("does not count a speed run's misses towards the day", () => {
    const memory = replay([review("i000", 1, NOON, "speed")], 0.9);
    expect(doneOn(memory, dayOf(NOON))).toEqual({ fresh: 0, reviews: 0 });
    expect(plan(deck, memory, DEFAULTS, NOON).learning).toEqual(["i000"]);
  });

  it("shows a step when its minutes are over, before all else; early only when nothing else is left", () => {
    const memory = replay([review("i000", 3, NOON)], 0.9);
    expect(plan(deck, memory, DEFAULTS, NOON + MINUTE).next).toBe("i001");
    expect(plan(deck, memory, DEFAULTS, NOON + 10 * MINUTE).next).toBe("i000");
    const alone = plan(["i000"], memory, DEFAULTS, NOON + MINUTE);
    expect(alone.next).toBe("i000");
    const done = plan(["i000"], replay(graduated("i000", NOON), 0.9), DEFAULTS, NOON + 11 * MINUTE);
    expect([done.next, done.nextAt]).toEqual([null, null]);
  });

  it("spreads a backlog: the likeliest to be forgotten first, a cap a day, and says how many days", () => {
    const log = deck.flatMap((item, i) => graduated(item, NOON - (i % 3) * MINUTE));
    // Items that were once recalled after two days are remembered for longer.
    for (const item of deck.slice(0, 10)) log.push(review(item, 3, NOON + 2 * DAY));
    const memory = replay(log, 0.9);
    const time = NOON + 90 * DAY;
    const settings = { ...DEFAULTS, dailyCap: 12 };
    const today = plan(deck, memory, settings, time);
    expect([today.waiting, today.due.length, today.backlogDays]).toEqual([30, 12, 3]);
    const chances = today.due.map((id) => recall(memory, memory.items.get(id)!, time));
    expect(chances).toEqual([...chances].sort((a, b) => a - b));
    expect(today.due.some((id) => deck.indexOf(id) < 10)).toBe(false);
    // Five done: five fewer today, and the end is no further away.
    const done = today.due.slice(0, 5).map((id) => review(id, 3, time));
    const after = plan(deck, replay([...log, ...done], 0.9), settings, time);
    expect([after.waiting, after.due.length, after.backlogDays]).toEqual([25, 7, 3]);
    expect(plan(deck, memory, { ...settings, dailyCap: 40 }, time).backlogDays).toBe(1);
  });

  it("says that a cap below what comes is never enough", () => {
    const many = deckOf(2000);
    const memory = replay(
      many.map((item) => review(item, 4, NOON)),
      0.9,
    );
    expect(plan(many, memory, { ...DEFAULTS, dailyCap: 5 }, NOON + 30 * DAY).backlogDays).toBeNull();
  });

  it("counts and forecasts what it schedules", () => {
    const memory = replay([...graduated("i000", NOON), review("i001", 3, NOON)], 0.9);
    expect(counts(deck, memory, NOON)).toEqual({ total: 30, fresh: 28, learning: 1, due: 0, known: 1 });
    expect(counts(deck, memory, NOON + 2 * DAY).due).toBe(1);
    expect(forecast(deck, memory, NOON, 4)).toEqual([1, 0, 1, 0]);
    expect(reviewsPerDay(memory, NOON + DAY, 3)).toEqual([0, 3, 0]);
  });

  it("measures retention on items past their steps only", () => {
    const log = [...graduated("a", NOON), review("a", 1, NOON + 2 * DAY), ...graduated("b", NOON)];
    log.push(review("b", 3, NOON + 2 * DAY));
    const memory = replay(log, 0.9);
    expect(retention(memory, NOON + 2 * DAY, 7)).toEqual({ asked: 2, known: 1 });
    expect(retention(memory, NOON + 20 * DAY, 7)).toEqual({ asked: 0, known: 0 });
    expect(retention(memory, NOON + 2 * DAY, 7, (item) => item === "b")).toEqual({ asked: 1, known: 1 });
  });
});

describe("the workload of a retention", () => {
  it("rises with the retention, steeply at its end", () => {
    const curve = [0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.96, 0.97].map((r) => reviewsInFirstYear(r));
    for (let i = 1; i < curve.length; i++) expect(curve[i]).toBeGreaterThan(curve[i - 1]!);
    expect(curve[7]! / curve[3]!).toBeGreaterThan(curve[3]! / curve[0]!);
  });
});

describe("the history as a file", () => {
  const log: Entry[] = [
    ...graduated("a", NOON),
    { kind: "undo", id: "u1", undoes: "r0001", time: NOON + DAY - 1 },
    { ...review("b", 1, NOON + DAY, "speed"), ms: 1234 },
  ];
  const settings = { retention: 0.85, newPerDay: 7, dailyCap: 50, chapters: ["math"] };

  it("comes back as it went", () => {
    expect(fromJson(toJson({ log, settings, rounds: [] }, NOON))).toEqual({ log, settings, rounds: [] });
    const text = toJson({ log, settings, rounds: [] }, NOON).replace('"version": 3', '"version": 2');
    expect(fromJson(text).log).toEqual(log);
  });

  it("reads version 1", () => {
    const old = { id: "x", item: "a", rating: 3, time: NOON };
    const { log: read } = fromJson(JSON.stringify({ format: "whetstone-history", version: 1, log: [old] }));
    expect(read).toEqual([
      { kind: "review", id: "x", item: "a", grade: 3, time: NOON, ms: null, from: "drill" },
    ]);
    expect(fromV1({ ...old, rating: 9 })).toBe("has no grade of 1 to 4");
  });

  it.each([
    ["hello", "is not JSON"],
    ["[1]", "not a history"],
    ['{"format":"whetstone-history","version":9,"log":[]}', "version 9; this studio reads versions 1 to 3"],
    ['{"format":"whetstone-history","version":2}', "no log"],
    ['{"format":"whetstone-history","version":2,"log":[3]}', "Entry 1 of this history is not a record"],
    [
      '{"format":"whetstone-history","version":2,"log":[{"kind":"review","id":"a","item":"b","time":1,"grade":5}]}',
      "Entry 1 of this history has no grade of 1 to 4",
    ],
    [
      '{"format":"whetstone-history","version":2,"log":[{"kind":"review","id":"a","item":"b","time":"x","grade":1}]}',
      "has no time",
    ],
    ['{"format":"whetstone-history","version":2,"log":[{"kind":"undo","id":"a","time":1}]}', "takes back"],
  ])("refuses %s with a sentence", (text, sentence) => {
    expect(() => fromJson(text)).toThrow(sentence);
  });

  it("puts damaged entries aside, and reads all others", () => {
    const good = { id: "x", item: "a", rating: 3, time: NOON };
    const bad = [{ ...good, rating: 0 }, { ...good, item: 7 }, null, "x", { ...good, time: Number.NaN }];
    const { entries, damaged } = sorted([bad[0], good, ...bad.slice(1), { ...good, id: "y" }], fromV1);
    expect(entries.map(({ id }) => id)).toEqual(["x", "y"]);
    expect(damaged).toEqual(bad);
    expect(sorted([...log, { ...log[0], grade: 7 }], entryFrom).entries).toEqual(log);
  });

  it("keeps settings within their ranges, and takes nonsense for the defaults", () => {
    expect(settingsFrom({ retention: 2, newPerDay: -3, dailyCap: "x", chapters: [1, "a"] })).toEqual({
      retention: 0.97,
      newPerDay: 0,
      dailyCap: DEFAULTS.dailyCap,
      chapters: ["a"],
    });
    expect(settingsFrom(null)).toEqual(DEFAULTS);
  });

  it("writes Anki's headers, and a note a line", () => {
    expect(toAnki([["a\tb\nc", "d", "x::y"]])).toBe(
      "#separator:tab\n#html:true\n#tags column:3\na b c\td\tx::y\n",
    );
  });
});

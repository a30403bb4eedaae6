/** Cards that take a reader's table, on tables of many kinds. */

import { describe, expect, test } from "vitest";
import { Matrix, type RandomStream, randomStream } from "whetstone/math";
import {
  type Card,
  type Control,
  type Controls,
  type DatasetControl,
  idleOnTable,
  type LabData,
  type Output,
  runCard,
  SIMULATED,
} from "../src/index.ts";
import { loadCards } from "../src/node/cards.ts";

const dataControl = (card: Card): readonly [string, DatasetControl] | undefined => {
  const found = Object.entries(card.controls).find(([, control]) => control.kind === "dataset");
  return found && [found[0], found[1] as DatasetControl];
};
const cards = (await loadCards()).flatMap((card) => {
  const found = dataControl(card);
  return found ? [{ card, name: found[0], control: found[1] }] : [];
});

/** A table as the page hands it over, with a target of the kind that a card asks for. */
function table(task: DatasetControl["task"], rows: number, cols: number, cell: Cell): LabData {
  const random = randomStream(rows + 31 * cols);
  const X = new Matrix(
    Float64Array.from({ length: rows * cols }, (_, i) => cell(random, i % cols, Math.floor(i / cols))),
    rows,
    cols,
  );
  const score = (i: number) => X.at(i, 0) - X.at(i, 1) + random.normal();
  const y =
    task === "none"
      ? null
      : task === "numbers"
        ? Array.from({ length: rows }, (_, i) => score(i))
        : Array.from({ length: rows }, (_, i) => (i < 10 ? ["a", "b"][i % 2]! : score(i) > 0 ? "a" : "b"));
  const columns = Array.from({ length: cols }, (_, j) => `column ${j}`);
  return { name: "a table", X, y, columns, target: y && "target", own: true };
}
type Cell = (random: RandomStream, col: number, row: number) => number;

const noise: Cell = (random) => random.normal();
const TABLES: readonly (readonly [string, number, number, Cell])[] = [
  ["few rows", 20, 2, noise],
  ["more columns than rows", 24, 30, noise],
  ["columns of 0 and 1", 90, 4, (random) => +(random.uniform() < 0.4)],
  [
    "columns that nearly repeat one another",
    60,
    6,
    (random, col, row) => row + (col % 2) * 1e-4 * random.normal(),
  ],
  ["units of all sizes", 80, 5, (random, col) => 10 ** (3 * col - 6) * (1 + random.normal())],
  ["long tails", 120, 3, (random) => Math.exp(2 * random.normal())],
  ["as many rows as a page hands over", 1000, 8, noise],
];

/** What a run showed and measured, without its words: a title that names a setting proves nothing. */
async function shown(card: Card, controls: Record<string, unknown>, seed = 0): Promise<string> {
  const outputs: Output[] = [];
  const { error } = await runCard(card, { seed, controls, onOutput: (output) => outputs.push(output) });
  expect(error).toBeUndefined();
  return JSON.stringify(
    outputs.flatMap((output): unknown[] =>
      output.kind === "figure"
        ? [output.figure.marks]
        : output.kind === "table"
          ? [output.table.rows]
          : output.kind === "check"
            ? [output.check.value]
            : [],
    ),
  );
}

/** Other values that a control can take, from far to near. */
function others(control: Exclude<Control, DatasetControl>): readonly unknown[] {
  if (control.kind === "toggle") return [!control.default];
  if (control.kind === "choice") return control.values.filter((value) => value !== control.default);
  const { min, max, step, scale } = control;
  const middle = scale === "log" ? Math.sqrt(min * max) : min + step * Math.round((max - min) / 2 / step);
  return [min, max, middle].filter((value) => value !== control.default);
}

test("sixteen cards take a reader's table", () => {
  expect(cards.length).toBeGreaterThanOrEqual(16);
});

describe.each(cards.map((found) => [found.card.id, found] as const))("%s", (_, { card, name, control }) => {
  const mixed = table(control.task, 60, 4, noise);
  const moved = Object.entries(card.controls as Controls).flatMap(([key, of]) =>
    of.kind === "dataset" ? [] : [[key, of] as const],
  );

  test.each(TABLES)("every check holds on a table: %s", async (_, rows, cols, cell) => {
    const data = table(control.task, rows, cols, cell);
    const result = await runCard(card, { controls: { [name]: data } });
    expect(result.error).toBeUndefined();
    expect(result.checks.length).toBeGreaterThan(0);
    expect(result.checks.filter((check) => !check.ok)).toEqual([]);
  });

  test("every check holds on a table at the ends of every control", async () => {
    for (const [key, of] of moved)
      for (const value of others(of)) {
        const result = await runCard(card, { controls: { [name]: mixed, [key]: value } });
        expect(result.error, `${key} = ${value}`).toBeUndefined();
        expect(
          result.checks.filter((check) => !check.ok),
          `${key} = ${value}`,
        ).toEqual([]);
      }
  });

  test("a control does something on a table unless it is marked as one of the simulated data", async () => {
    const before = await shown(card, { [name]: mixed });
    const idle = idleOnTable(card.controls, { [name]: mixed });
    for (const [key, of] of moved) {
      const after = [];
      for (const value of others(of)) after.push(await shown(card, { [name]: mixed, [key]: value }));
      if (idle.controls.includes(key)) expect(new Set([before, ...after]).size, `${key} is marked`).toBe(1);
      else
        expect(
          after.some((text) => text !== before),
          `${key} does nothing`,
        ).toBe(true);
    }
    expect((await shown(card, { [name]: mixed }, 5)) === before, "the seed does nothing").toBe(idle.seed);
  });

  test("what is idle on a table is not on the card's own data", async () => {
    expect(idleOnTable(card.controls, { [name]: SIMULATED })).toEqual({ controls: [], seed: false });
    if (card.budget === "costly") return;
    const before = await shown(card, {});
    for (const key of idleOnTable(card.controls, { [name]: mixed }).controls) {
      const after = [];
      for (const value of others(card.controls[key] as Exclude<Control, DatasetControl>))
        after.push(await shown(card, { [key]: value }));
      expect(
        after.some((text) => text !== before),
        `${key} does nothing at all`,
      ).toBe(true);
    }
  });
});

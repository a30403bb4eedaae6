import { writeFileSync } from "node:fs";
import { brief, type Card, type CardResult } from "@whetstone/sheet";
import { cardIds, loadCards, verify } from "@whetstone/sheet/node";
import { Failure, usage } from "../failure.ts";
import { duration, print, progressBar, tell } from "../terminal.ts";

export interface VerifyCommandOptions {
  readonly json?: string;
  readonly quick?: boolean;
  readonly verbose?: boolean;
  readonly seed: number;
}

/** What a run of cards comes to. */
export interface Outcome {
  readonly results: readonly CardResult[];
  readonly ok: boolean;
  /** The closing line: cards, checks held, errors of circulating sheets shown, seconds. */
  readonly summary: string;
}

export async function verifyCards(wanted: readonly string[], options: VerifyCommandOptions): Promise<void> {
  const cards = select(await loadCards(), wanted).filter((card) => !options.quick || card.budget === "quick");
  const outcome = await runCards(cards, options.seed);
  for (const result of outcome.results) {
    if (options.verbose || !result.ok) print(report(result));
  }
  print(outcome.summary);
  if (options.json !== undefined) {
    const answers = [...new Set(cards.flatMap((card) => card.answers ?? []))];
    writeJson(options.json, { cards: outcome.results, answers });
  }
  if (!outcome.ok) process.exitCode = 1;
}

/** Runs cards with a progress bar on stderr. */
export async function runCards(cards: readonly Card[], seed: number): Promise<Outcome> {
  const bar = progressBar("cards");
  const { cards: results, ms } = await verify(
    cards.map((card) => card.id),
    { seed, onResult: (result, done, total) => bar.update(done, total, result.id) },
  );
  bar.end();
  const held = results.flatMap((r) => r.checks).filter((c) => c.ok).length;
  const checks = results.flatMap((r) => r.checks).length;
  const holding = results.filter((r) => r.ok).length;
  const errata = cards.filter((_, i) => results[i]!.ok).flatMap((card) => card.errata ?? []).length;
  const summary = `${holding} of ${results.length} cards hold, ${held} of ${checks} checks held, ${errata} errors of circulating sheets shown, ${duration(ms)}`;
  return { results, ok: results.length > 0 && holding === results.length, summary };
}

function select(cards: readonly Card[], wanted: readonly string[]): readonly Card[] {
  if (wanted.length === 0) return cards;
  const matches = (card: Card, name: string) => card.id === name || card.id.startsWith(`${name}/`);
  const unknown = wanted.find((name) => !cards.some((card) => matches(card, name)));
  if (unknown !== undefined) {
    const near = cardIds().filter((id) => id.includes(unknown.split("/").at(-1)!));
    throw usage(
      `no card or chapter ${JSON.stringify(unknown)}${near.length > 0 ? `; did you mean ${near.slice(0, 3).join(", ")}?` : "."}`,
    );
  }
  return cards.filter((card) => wanted.some((name) => matches(card, name)));
}

export function report(result: CardResult): string {
  const head = `${result.ok ? "holds" : "FAILS"}  ${result.id}  (${duration(result.ms)})`;
  const lines = result.checks.map((c) => {
    const value = typeof c.value === "number" ? brief(c.value) : String(c.value);
    return `  ${c.ok ? "✓" : "✗"} ${c.name}: ${value} (${c.expected})`;
  });
  if (result.error !== undefined) lines.push(`  ✗ threw: ${result.error}`);
  else if (result.checks.length === 0) lines.push("  ✗ checked nothing");
  return [head, ...lines].join("\n");
}

function writeJson(file: string, value: unknown): void {
  try {
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new Failure(`cannot write ${file}: ${error instanceof Error ? error.message : error}.`);
  }
  tell(`results written to ${file}`);
}

import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { buildStudio } from "./studio-build.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong with a page, one line each. */
export async function axe(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: readonly {
            id: string;
            nodes: readonly { html: string; failureSummary?: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await tool.run();
    return violations.flatMap((v) =>
      v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ""}`),
    );
  });
}

/** How far a page reaches beyond its window, in pixels. */
export const beyond = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Where Chromium is, or null where there is none, which is said once for each file. */
export const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

/** A studio built around a folder of cards (the sheet's own by default), served, and a browser for it. */
export interface Served {
  folder: string;
  server: StudioServer;
  browser: Browser;
}

/**
 * Starts one before the tests of a `describe`, and ends it after them; its fields are there when tests run.
 * `flags` are added to those of every Chromium.
 */
export function served(cards?: string, flags: readonly string[] = []): Served {
  const at = {} as Served;
  beforeAll(async () => {
    at.folder = buildStudio(cards);
    at.server = await serveStudio({ port: 0, root: at.folder });
    at.browser = await chromium.launch({
      executablePath: executablePath!,
      args: [...CHROMIUM_FLAGS, ...flags],
    });
  }, 120_000);
  afterAll(async () => {
    await at.browser?.close();
    await at.server?.close();
    if (at.folder !== undefined) rmSync(at.folder, { recursive: true, force: true });
  });
  return at;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Milliseconds of processor time that the longest task of a page's main thread took during `act`. What other work on
 * the machine adds to a task's duration does not count.
 */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const main = new Set(
    traceEvents.flatMap((e) =>
      e.name === "thread_name" && e.args.name === "CrRendererMain" ? [`${e.pid} ${e.tid}`] : [],
    ),
  );
  const times = traceEvents.flatMap((e) =>
    e.ph === "X" && e.name.endsWith("RunTask") && e.tdur !== undefined && main.has(`${e.pid} ${e.tid}`)
      ? [e.tdur / 1000]
      : [],
  );
  if (times.length === 0) throw new Error("the trace holds no task of the page");
  return Math.max(...times);
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { type ChapterBlocks, paginate } from "../src/pages/print/paginate.ts";
import { buildStudio, FIXTURES } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

describe("pages of two columns", () => {
  /** Chapters of cards whose heights follow from a small generator, the same every time. */
  const chapters = (counts: readonly number[], headings: boolean): ChapterBlocks[] => {
    let state = 7;
    const next = () => {
      state = (state * 48271) % 2147483647;
      return 20 + (state % 71);
    };
    return counts.map((count, c) => ({
      heading: headings ? { key: `heading ${c}`, height: 8 } : null,
      cards: Array.from({ length: count }, (_, i) =>
        i % 5 === 4
          ? [
              { key: `${c}/${i}`, height: next() },
              { key: `${c}/${i} 1`, height: 25 },
            ]
          : [{ key: `${c}/${i}`, height: next() }],
      ),
    }));
  };
  const blocksOf = (all: readonly ChapterBlocks[]) =>
    all.flatMap(({ heading, cards }) => [...(heading ? [heading] : []), ...cards.flat()]);

  it.each([
    [[1], false],
    [[40], false],
    [[3, 1, 12, 2, 30], true],
  ])("hold every block of %j once, none too tall, a heading never last", (counts, headings) => {
    const given = chapters(counts, headings);
    const heights = new Map(blocksOf(given).map((block) => [block.key, block.height]));
    const pages = paginate(given, 200, 15);
    const columns = pages.flat();
    expect(columns.flat().sort()).toEqual([...heights.keys()].sort());
    for (const [i, keys] of columns.entries()) {
      const tall = keys.reduce((sum, key) => sum + heights.get(key)!, 0);
      expect(tall).toBeLessThanOrEqual(i < 2 ? 185 : 200);
      expect(keys.at(-1) ?? "").not.toMatch(/^heading/);
    }
    // A card's own blocks stay in order, and chapters too.
    const order = columns.flat();
    for (const key of order.filter((key) => /\d\/\d+ 1$/.test(key)))
      expect(order.indexOf(key)).toBe(order.indexOf(key.replace(/ 1$/, "")) + 1);
    const chapterOf = order.map((key) => Number(/\d+/.exec(key)![0]));
    expect(chapterOf).toEqual([...chapterOf].sort((a, b) => a - b));
    // Columns before the last page are well filled.
    for (const keys of columns.slice(0, -2))
      expect(keys.reduce((sum, key) => sum + heights.get(key)!, 0)).toBeGreaterThan(110);
  });

  it("share the last page between both columns", () => {
    const six = [{ heading: null, cards: [1, 2, 3, 4, 5, 6].map((n) => [{ key: `${n}`, height: 20 }]) }];
    expect(paginate(six, 200, 0)).toEqual([
      [
        ["1", "2", "3"],
        ["4", "5", "6"],
      ],
    ]);
  });
});

describe.skipIf(executablePath === null)("printing", () => {
  let folder: string;
  let out: string;
  let server: StudioServer;
  let browser: Browser;
  const opened: Page[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = buildStudio(FIXTURES);
    out = mkdtempSync(join(tmpdir(), "whetstone-print-"));
    server = await serveStudio({ port: 0, root: folder });
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    for (const each of [folder, out]) if (each) rmSync(each, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(hash: string, width = 1100): Promise<Page> {
    const page = await (
      await browser.newContext({ viewport: { width, height: 900 }, colorScheme: "dark" })
    ).newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    opened.push(page);
    await page.goto(`${server.url}/?nosw${hash}`);
    return page;
  }
  const printButton = (page: Page) => page.getByRole("button", { name: "Print", exact: true });
  const ready = (page: Page) => expect.poll(() => printButton(page).isEnabled()).toBe(true);

  /** Pages of the PDF, and each page's text where the machine can read it. */
  async function printed(page: Page): Promise<{ count: number; texts: string[] | null }> {
    const file = join(out, "sheet.pdf");
    const bytes = await page.pdf({ preferCSSPageSize: true });
    writeFileSync(file, bytes);
    const count = Math.max(
      ...[...bytes.toString("latin1").matchAll(/\/Count (\d+)/g)].map((m) => Number(m[1])),
    );
    const { status, stdout } = spawnSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
    return { count, texts: status === 0 ? stdout.split("\f").slice(0, -1) : null };
  }

  it("lays a chapter out: text, formulas and figures, with version, date and page number at the foot", async () => {
    const page = await open("#/print/math");
    await ready(page);
    expect(await page.locator(".sheet-page .sheet-card").count()).toBe(3);
    expect(await page.locator(".sheet-figure [role=img] > svg").count()).toBeGreaterThanOrEqual(1);
    expect(await page.locator(".sheet-erratum").first().textContent()).toMatch(/Wrong in circulation.*True/);
    // Nothing is wider than its column, or taller than its page.
    await page.emulateMedia({ media: "print" });
    const beyond = await page.evaluate(() => {
      const found: string[] = [];
      for (const column of document.querySelectorAll(".sheet-column")) {
        const { right, left } = column.getBoundingClientRect();
        for (const element of column.querySelectorAll(".katex-html > *, svg, p, h2, h3")) {
          const box = element.getBoundingClientRect();
          if (box.right > right + 1 || box.left < left - 1) found.push(element.outerHTML.slice(0, 200));
        }
      }
      return found;
    });
    expect(beyond).toEqual([]);
    const { count, texts } = await printed(page);
    expect(count).toBe(await page.locator(".sheet-page").count());
    if (texts === null) return;
    expect(texts.length).toBe(count);
    for (const [i, text] of texts.entries()) {
      expect(text).toMatch(/Whetstone \d+\.\d+\.\d+, built \d+ \w+ \d{4} · printed \d+ \w+ \d{4}/);
      expect(text.replaceAll(" ", "")).toContain(`${i + 1}/${count}`);
    }
    expect(texts.join("")).toContain("Every mark on every axis");
    expect(texts.join("")).not.toMatch(/Choose again|Ready to print|Every number on these pages/);
  });

  it("prints fields as shapes, not as pixels", async () => {
    const page = await open("#/print/math?figures=all");
    await ready(page);
    expect(await page.locator(".sheet-figure image").count()).toBe(0);
    expect(await page.locator(".sheet-figure g[fill-rule] > path").count()).toBeGreaterThan(20);
    const bytes = await page.pdf({ preferCSSPageSize: true });
    // Neither of a field nor of a hatching.
    expect(bytes.toString("latin1").includes("/Subtype /Image")).toBe(false);
    expect(bytes.length).toBeLessThan(400_000);
  });

  it("tells series apart without colours", async () => {
    const page = await open("#/print/math?figures=all");
    await ready(page);
    const looks = await page.evaluate(() => {
      const of = (selector: string) => [...document.querySelectorAll(`.sheet-figure [role=img] ${selector}`)];
      const byPaint = new Map<string, Set<string>>();
      for (const line of of("[aria-label=line] path")) {
        const owner = line.closest("[stroke^='var(--series']");
        const paint = line.getAttribute("stroke") ?? owner?.getAttribute("stroke") ?? "";
        const dash = line.closest("[stroke-dasharray]")?.getAttribute("stroke-dasharray") ?? "solid";
        byPaint.set(paint, (byPaint.get(paint) ?? new Set()).add(dash));
      }
      return {
        lines: [...byPaint].map(([paint, dashes]) => [paint, [...dashes].sort()] as const),
        hatched: of("[clip-path^='url(#hatch'] path").length,
        rings: of("[aria-label=dot] path").length,
        bodyInk: getComputedStyle(document.querySelector(".sheet-card p")!).color,
      };
    });
    expect(looks.bodyInk).toBe("rgb(0, 0, 0)");
    expect(looks.hatched + looks.rings).toBeGreaterThan(0);
    for (const [paint, dashes] of looks.lines)
      if (/series-[2-6]/.test(paint)) expect(dashes, paint).not.toContain("solid");
  });

  it("goes from the choice to the booklet, or to questions and answers alone", async () => {
    const page = await open("#/print");
    await page.getByRole("button", { name: "None" }).click();
    await page.getByText("Choose at least one chapter.").waitFor();
    await page.getByLabel("Mathematics").check();
    await page.getByText("Question and answer").click();
    await page.getByRole("link", { name: "Lay out 3 cards" }).click();
    await ready(page);
    expect(await page.evaluate(() => location.hash)).toBe("#/print/math?only=answers");
    expect(await page.locator(".sheet-card").count()).toBe(3);
    expect(await page.locator(".sheet-formula, .sheet-figure, .sheet-pitfall").count()).toBe(0);
    await page.getByRole("link", { name: "Choose again" }).click();
    await page.getByText("None", { exact: true }).last().click();
    await page.getByRole("link", { name: "Lay out 8 cards" }).click();
    await ready(page);
    expect(await page.evaluate(() => location.hash)).toBe("#/print/all?figures=none");
    expect(await page.locator(".sheet-chapter h2").allTextContents()).toEqual([
      "Mathematics",
      "Statistics",
      "Data",
    ]);
    const { count } = await printed(page);
    expect(count).toBe(await page.locator(".sheet-page").count());
  });

  it("shows how far it is, prints what is there when it is cancelled, and says which card failed", async () => {
    const page = await open("#/print/stats?costly=1");
    await page.getByRole("progressbar").waitFor();
    expect(await printButton(page).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Cancel" }).click();
    await ready(page);
    await page.getByText("Cancelled; what is drawn can be printed.").waitFor();
    const again = await open("#/print/stats/throws");
    await ready(again);
    expect(await again.locator(".sheet-problem").textContent()).toContain("level 0 is too low");
  });

  it("calls the printer when told to", async () => {
    const page = await open("#/print/math?figures=none");
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute("data-printed", "");
    });
    await ready(page);
    await printButton(page).click();
    expect(await page.locator("body[data-printed]").count()).toBe(1);
  });

  it.each([360, 900])("fits a window %i pixels wide", async (width) => {
    for (const hash of ["#/print", "#/print/math", "#/print/nowhere"]) {
      const page = await open(hash, width);
      if (hash === "#/print/math") await ready(page);
      else await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(beyond, hash).toBeLessThanOrEqual(0);
    }
  });

  it("prints a card's own page on one sheet of paper, without controls", async () => {
    const page = await open("#/card/math/controls");
    await page.locator(".drawing > svg").first().waitFor();
    const { count, texts } = await printed(page);
    expect(count).toBe(1);
    if (texts) expect(texts[0]).not.toMatch(/Reset|Next seed|The code of the experiment/);
  });
});

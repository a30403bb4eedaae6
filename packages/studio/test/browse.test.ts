import { rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Card, CardResult } from "@whetstone/sheet";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { apiOf } from "../build/api/uses.ts";
import { relatedCards } from "../build/related.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { contourPath } from "../src/gallery/contour.ts";
import { pictureOf, SMALL } from "../src/gallery/picture.ts";
import { placeIn } from "../src/gallery/small-scales.ts";
import { buildStudio, FIXTURES } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

describe("what the build finds out about a card", () => {
  const texts = (id: string, text: string) =>
    ({ id, title: text, ask: "", answer: "", pitfall: "", covers: [] }) as unknown as Card;

  it("names the nearest others by their words, and never the card itself", () => {
    const related = relatedCards(
      [
        texts("a/ridge", "ridge shrinks coefficients of a regression"),
        texts("a/lasso", "lasso selects coefficients of a regression"),
        texts("b/dropout", "dropout switches units of a network off"),
        texts("b/layers", "a network has layers of units"),
      ],
      1,
    );
    expect(Object.fromEntries(related)).toEqual({
      "a/ridge": ["a/lasso"],
      "a/lasso": ["a/ridge"],
      "b/dropout": ["b/layers"],
      "b/layers": ["b/dropout"],
    });
    expect(relatedCards([texts("a/only", "one card")], 3).get("a/only")).toEqual([]);
  });

  it("reads the names that its code takes from the library", () => {
    const source = `import { Lasso, type LassoModel, lassoPath as path } from "whetstone/linear";
import type { Matrix } from "whetstone/math";
import {
  Matrix,
  svd,
} from "whetstone/math";
import { card } from "../../index.ts";`;
    expect(apiOf(source).map(({ chapter, name }) => `${chapter}/${name}`)).toEqual([
      "linear/Lasso",
      "linear/LassoModel",
      "linear/lassoPath",
      "math/Matrix",
      "math/svd",
    ]);
  });
});

describe("a small picture", () => {
  const result = { ok: true, ms: 3 } as CardResult;
  const axes = { x: {}, y: {}, alt: "" };

  it("is the first figure that holds something, with few values", () => {
    const many = Array.from({ length: 5000 }, (_, i) => i);
    const picture = pictureOf(
      [
        { kind: "note", text: "a note" },
        { kind: "figure", figure: { ...axes, marks: [{ type: "line", x: [], y: [] }] } },
        { kind: "figure", figure: { ...axes, marks: [{ type: "line", x: many, y: many }] } },
      ],
      result,
    );
    const { shown } = picture;
    if (shown?.kind !== "figure" || shown.figure.marks[0]?.type !== "line") throw new Error("no line");
    expect(shown.figure.marks[0].x.length).toBeLessThanOrEqual(SMALL.line);
    expect(shown.figure.marks[0].x.at(-1)).toBe(4999);
    expect(pictureOf([{ kind: "note", text: "a note" }], result).shown).toEqual({
      kind: "note",
      text: "a note",
    });
    expect(pictureOf([], result).shown).toBeNull();
  });

  it("puts values where they belong: the ends at the margins, equal units alike, logs by their ratio", () => {
    const line = (x: number[], y: number[]) => [{ type: "line", x, y }] as const;
    const plain = placeIn({ ...axes, marks: line([0, 10], [0, 4]) }, 114, 64);
    expect([plain.x(0), plain.x(10), plain.y(0), plain.y(4)]).toEqual([7, 107, 57, 7]);
    const square = placeIn({ ...axes, square: true, marks: line([0, 10], [0, 10]) }, 114, 64);
    expect(square.x(10) - square.x(0)).toBeCloseTo(square.y(0) - square.y(10), 12);
    const log = placeIn({ ...axes, y: { scale: "log" }, marks: line([0, 1], [1, 100]) }, 114, 64);
    expect(log.y(10)).toBeCloseTo(32, 12);
    expect(log.y(0)).toBeNaN();
    expect(() => placeIn({ ...axes, marks: line([Number.NaN], [1]) }, 114, 64)).toThrow("no finite number");
  });

  it("draws lines of equal value where a field has that value", () => {
    // f = column, so the line of 1.5 is upright between the second column and the third.
    const values = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3];
    const d = contourPath({ cols: 4, rows: 3, values }, 1.5, String, String);
    expect(d).toBe("M1.5 0L1.5 1M1.5 1L1.5 2");
    expect(contourPath({ cols: 4, rows: 3, values }, 9, String, String)).toBe("");
  });
});

describe.skipIf(executablePath === null)("browsing", () => {
  let browser: Browser;
  const opened: { page: Page; complaints: string[] }[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = opened.flatMap((o) => o.complaints);
    for (const { page } of opened.splice(0)) await page.context().close();
    expect(complaints).toEqual([]);
  });
  async function at(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    opened.push({ page, complaints });
    await page.goto(url);
    return page;
  }
  const hashOf = (page: Page) => page.evaluate(() => location.hash);
  const PICTURES = ".small-figure svg, .small-table, .small-note";

  describe("the fixture cards", () => {
    let folder: string;
    let server: StudioServer;
    beforeAll(async () => {
      folder = buildStudio(FIXTURES);
      server = await serveStudio({ port: 0, root: folder });
    });
    afterAll(async () => {
      await server?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });
    const open = (hash: string, options: BrowserContextOptions = {}) => at(`${server.url}/${hash}`, options);
    const tile = (page: Page, id: string) => page.locator(`[data-tile="${id}"]`);

    it("leads from home to every place, and says nothing of learning before there is something to learn", async () => {
      const page = await open("");
      const hrefs = async (name: string) =>
        page
          .getByRole("navigation", { name, exact: true })
          .getByRole("link")
          .evaluateAll((all) => all.map((a) => a.getAttribute("href")));
      expect(await hrefs("Ways in")).toEqual(["#/drill", "#/speed", "#/interview", "#/errata"]);
      expect(await hrefs("Places")).toEqual([
        "#/",
        "#/drill",
        "#/speed",
        "#/interview",
        "#/errata",
        "#/api",
        "#/print",
      ]);
      expect(await page.locator(".known").count()).toBe(0);
      expect(await page.locator(".figures").textContent()).not.toContain("known");
    });

    it("keeps places and chapters in one menu on a phone, which closes once it has served", async () => {
      const page = await open("#/chapter/data", { viewport: { width: 390, height: 800 } });
      const menu = page.locator(".menu");
      expect(await page.getByRole("navigation", { name: "Places" }).count()).toBe(0);
      await page.getByRole("button", { name: "Menu" }).click();
      await menu.getByRole("link", { name: "Interview" }).waitFor();
      expect(await menu.getByRole("link", { name: "Data" }).getAttribute("aria-current")).toBe("true");
      await page.keyboard.press("Escape");
      expect(await menu.isVisible()).toBe(false);
      await page.getByRole("button", { name: "Menu" }).click();
      await menu.getByRole("link", { name: "Statistics" }).click();
      await page.getByRole("heading", { level: 1, name: "Statistics" }).waitFor();
      await expect.poll(() => menu.isVisible()).toBe(false);
    });

    it("fills a chapter's tiles with what its cards show, and marks what they correct and what fails", async () => {
      const page = await open("#/chapter/math");
      await expect.poll(() => page.locator(PICTURES).count()).toBe(3);
      expect(await tile(page, "math/controls").locator("svg path").count()).toBeGreaterThan(0);
      expect(await tile(page, "math/controls").textContent()).toContain("corrects a circulating sheet");
      await expect.poll(() => tile(page, "math/fails").textContent()).toContain("a check fails here");
      expect(await tile(page, "math/controls").textContent()).not.toContain("fails");
      expect(await page.locator(".gallery").innerHTML()).not.toMatch(/NaN|undefined|Infinity/);
    });

    it("finds within a chapter by level and by words", async () => {
      const page = await open("#/chapter/math");
      const titles = () => page.locator(".tile strong").allTextContents();
      await page.getByRole("searchbox").fill("mark AXIS");
      await expect.poll(titles).toEqual(["Every mark on every axis"]);
      await page.getByRole("searchbox").fill("");
      await page.getByText("easy", { exact: true }).first().click();
      await expect.poll(titles).toEqual(["Every control"]);
      await page.getByRole("status").getByText("1 of 3 cards", { exact: true }).waitFor();
      await page.getByRole("searchbox").fill("nothing like it");
      await page.getByText("No card of this chapter matches").waitFor();
    });

    it("draws a costly card when asked, and says how long it took the next time", async () => {
      const page = await open("#/chapter/stats");
      const slow = tile(page, "stats/slow");
      await slow.getByRole("button", { name: "Draw" }).click();
      await slow.locator("svg").waitFor();
      // A card that throws says why, and can be asked again.
      await expect.poll(() => tile(page, "stats/throws").textContent()).toContain("level 0 is too low");
      expect(page.workers().length).toBe(1);
      await page.getByRole("link", { name: "Whetstone" }).click();
      await page.locator(".map").waitFor();
      // Kept for the next card, and one at most.
      expect(page.workers().length).toBe(1);

      // As after an update: the pictures are of another build, the times are not.
      await page.evaluate(
        () =>
          new Promise<void>((resolve, reject) => {
            const opening = indexedDB.open("whetstone-gallery");
            opening.onerror = reject;
            opening.onsuccess = () => {
              const change = opening.result.transaction("pictures", "readwrite");
              change.objectStore("pictures").clear();
              change.oncomplete = () => resolve();
            };
          }),
      );
      await page.goBack();
      await slow.getByText(/usually 0\.[3-9] s/).waitFor();
    });

    it("computes nothing a second time", async () => {
      const page = await open("#/chapter/math");
      await expect.poll(() => page.locator(PICTURES).count()).toBe(3);
      let workers = 0;
      page.on("worker", () => workers++);
      await page.reload();
      await expect.poll(() => page.locator(PICTURES).count()).toBe(3);
      await page.waitForTimeout(300);
      expect(workers).toBe(0);
    });

    it("shows pictures where the browser keeps nothing", async () => {
      const context = await browser.newContext();
      await context.addInitScript(() => {
        Object.defineProperty(window, "indexedDB", {
          get() {
            throw new DOMException("blocked", "SecurityError");
          },
        });
      });
      const page = await context.newPage();
      await page.goto(`${server.url}/#/chapter/math`);
      await expect.poll(() => page.locator(PICTURES).count()).toBe(3);
      await context.close();
    });

    it("opens a card at the depth its address names, and keeps the controls while the depth changes", async () => {
      const page = await open("#/card/math/controls/code?seed=4");
      await page.locator(".checks li").first().waitFor();
      expect(await page.locator("details.code").getAttribute("open")).not.toBeNull();
      const depths = page.getByRole("navigation", { name: "Depth" });
      expect(await depths.locator("[aria-current]").textContent()).toBe("Code");
      await depths.getByRole("link", { name: "Derivation" }).click();
      await expect.poll(() => hashOf(page)).toBe("#/card/math/controls/derivation?seed=4");
      expect(await page.locator(".derivation p").first().isVisible()).toBe(true);
      await page.getByRole("button", { name: "Next seed" }).click();
      await expect.poll(() => hashOf(page)).toBe("#/card/math/controls/derivation?seed=5");
      await depths.getByRole("link", { name: "30 seconds" }).click();
      await expect.poll(() => hashOf(page)).toBe("#/card/math/controls?seed=5");
      expect(await page.evaluate(() => scrollY)).toBe(0);
      await expect.poll(() => page.locator(".note").textContent()).toContain("seed 5");
    });

    it("asks on before it answers, and says when the idea is the wrong one", async () => {
      const page = await open("#/card/math/controls");
      const answers = page.locator(".follow-ups details p");
      await expect.poll(() => answers.count()).toBe(2);
      expect(await answers.first().isVisible()).toBe(false);
      await page.locator(".follow-ups summary", { hasText: "And a second time?" }).click();
      expect(await answers.first().isVisible()).toBe(true);
      expect(await answers.first().locator(".katex").count()).toBe(1);
      expect(await answers.last().isVisible()).toBe(false);
      expect(await page.locator(".when-not").textContent()).toContain("Where nothing moves");
      expect(await page.locator(".when-not .katex").count()).toBe(1);
      expect(await page.locator(".crumb .level").textContent()).toBe("easy");
    });

    it("shows only what a card has", async () => {
      const page = await open("#/card/math/fails");
      await page.locator(".checks li").first().waitFor();
      for (const absent of [".when-not", ".follow-ups", ".crumb .level", ".derivation"])
        expect(await page.locator(absent).count()).toBe(0);
      expect(await page.getByRole("navigation", { name: "Depth" }).getByRole("link").count()).toBe(2);
    });

    it("turns red at its head when a check fails", async () => {
      const colour = async (id: string) => {
        const page = await open(`#/card/${id}`);
        await page.locator(".checks li").first().waitFor();
        const badge = page.locator(".verdict strong");
        const ground = await badge.evaluate((e) => getComputedStyle(e).backgroundColor);
        return { said: await page.locator(".verdict").textContent(), ground };
      };
      const good = await colour("math/controls");
      expect(good.said).toMatch(/2 checks hold.*verified against arithmetic · library \d+\.\d+\.\d+/);
      const bad = await colour("math/fails");
      expect(bad.said).toContain("1 of 2 checks fails");
      const [r, g, b] = bad.ground.match(/\d+/g)!.map(Number) as [number, number, number];
      expect(r).toBeGreaterThan(2 * Math.max(g, b));
      expect(good.ground).toBe("rgba(0, 0, 0, 0)");
    });
  });

  describe("the sheet itself", () => {
    let folder: string;
    let server: StudioServer;
    beforeAll(async () => {
      folder = buildStudio();
      server = await serveStudio({ port: 0, root: folder });
    });
    afterAll(async () => {
      await server?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it("shows its first view with less than 80 KB of script, as a browser asks for it", async () => {
      const context = await browser.newContext({ serviceWorkers: "block" });
      const page = await context.newPage();
      const sizes: [string, number][] = [];
      const measured: Promise<unknown>[] = [];
      page.on("response", (response) => {
        if (response.request().resourceType() !== "script") return;
        measured.push(response.body().then((body) => sizes.push([response.url(), gzipSync(body).length])));
      });
      await page.goto(server.url, { waitUntil: "networkidle" });
      await page.locator(".map").waitFor();
      await Promise.all(measured);
      await context.close();
      const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes, sizes.map(([url, size]) => `${url}: ${size}`).join("\n")).toBeLessThan(80_000);
    });

    it("leads from a card to three near ones and to the reference of what it uses", async () => {
      const page = await at(`${server.url}/?nosw#/card/linear/lasso`);
      const near = page.getByRole("navigation", { name: "Near this card" }).getByRole("link");
      await near.first().waitFor();
      expect(await near.count()).toBe(3);
      const hrefs = await near.evaluateAll((all) => all.map((a) => a.getAttribute("href")!));
      expect(hrefs.every((href) => href.startsWith("#/card/") && href !== "#/card/linear/lasso")).toBe(true);
      expect(hrefs.some((href) => href.startsWith("#/card/linear/"))).toBe(true);
      expect(await page.locator('.covers a[href^="#/api/linear/"]').count()).toBeGreaterThan(0);
    });
  });
});

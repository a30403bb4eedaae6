import { rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { serveStudio } from "../server/index.js";
import { buildStudio } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

/** What Node verifies, the page must show: the same cards, run by a browser, all checks held. */
it.skipIf(executablePath === null)(
  "every card of the sheet is drawn in the page, and its checks hold there",
  { timeout: 600_000 },
  async () => {
    const folder = buildStudio();
    const server = await serveStudio({ port: 0, root: folder });
    const browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
    const problems: string[] = [];
    let at = "";
    try {
      const page = await (
        await browser.newContext({ viewport: { width: 1200, height: 900 }, serviceWorkers: "block" })
      ).newPage();
      page.on("pageerror", (error) => problems.push(`${at}: ${error}`));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(`${at}: ${message.text()}`);
      });
      await page.goto(server.url);
      await page.locator(".place").first().waitFor();
      const hrefs = (of: string) =>
        page.locator(of).evaluateAll((all) => all.map((a) => a.getAttribute("href")!));
      const links: string[] = [];
      for (const chapter of await hrefs(".place")) {
        await page.evaluate((to) => {
          location.hash = to;
        }, chapter);
        await page
          .locator(`[data-chapter="${chapter.split("/").at(-1)}"] .tile`)
          .first()
          .waitFor();
        links.push(...(await hrefs("a.tile")));
      }
      const ids = links.map((href) => href.replace("#/card/", ""));
      if (ids.length < 12) problems.push(`only ${ids.length} cards in the chapters`);
      for (const id of ids) {
        at = id;
        await page.evaluate((to) => {
          location.hash = `#/card/${to}`;
        }, id);
        await page
          .locator(`[data-card="${id}"] .checks, [data-card="${id}"] [role=alert]`)
          .first()
          .waitFor({ timeout: 120_000 });
        const alert = page.getByRole("alert");
        if ((await alert.count()) > 0) problems.push(`${id}: ${await alert.textContent()}`);
        for (const check of await page.locator(".checks li.broken").allTextContents())
          problems.push(`${id}: ${check}`);
        if ((await page.locator(".drawing, table").count()) === 0)
          problems.push(`${id}: shows no figure and no table`);
        else if ((await page.locator(".drawing").count()) > 0) {
          await page.locator(".drawing svg").first().waitFor();
          if (/NaN|undefined/.test((await page.locator(".drawing").allTextContents()).join(" "))) {
            problems.push(`${id}: a label of a figure is not a number`);
          }
        }
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (beyond > 0) problems.push(`${id}: is ${beyond} pixels wider than the window`);
      }
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(problems).toEqual([]);
  },
);

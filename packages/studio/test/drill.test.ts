import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { axe, executablePath, served } from "./studio-page.ts";

const MONDAY = new Date("2026-03-09T09:00:00");

describe.skipIf(executablePath === null)("the drill in a browser", () => {
  const at = served(FIXTURES);
  const contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts.length = 0;
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  async function context(width = 1000): Promise<BrowserContext> {
    const made = await at.browser.newContext({ viewport: { width, height: 800 } });
    contexts.push(made);
    return made;
  }
  async function open(hash: string, within?: BrowserContext): Promise<Page> {
    const page = await (within ?? (await context())).newPage();
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") complaints.push(m.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.clock.install({ time: MONDAY });
    await page.goto(`${at.server.url}/?nosw${hash}`);
    return page;
  }
  const go = (page: Page, hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const threeCounts = (page: Page) => page.locator(".three dd").allTextContents();
  const counts = (page: Page) => expect.poll(() => threeCounts(page));
  const ask = (page: Page) => page.locator(".ask").textContent();
  const later = (page: Page, ms: number) => page.clock.fastForward(ms);
  const MINUTE = 60_000;
  const DAY = 1440 * MINUTE;

  it("studies over days with Anki's keys, and takes an answer back", async () => {
    const page = await open("#/drill/study");
    await page.getByRole("button", { name: /Show answer/ }).waitFor();
    const total = Number((await threeCounts(page))[0]);
    expect(total).toBe(10);
    const first = await ask(page);
    await page.keyboard.press("3");
    expect(await page.locator(".grade").count()).toBe(0);
    await page.keyboard.press("Space");
    await expect
      .poll(() => page.locator(".grade small").allTextContents())
      .toEqual(["1m", "6m", "10m", "8d"]);
    await page.keyboard.press("4");
    await counts(page).toEqual(["9", "0", "0"]);
    await page.keyboard.press("u");
    await counts(page).toEqual(["10", "0", "0"]);
    await expect.poll(() => ask(page)).toBe(first);
    // Space, Space: the answer, then Good.
    await page.getByRole("button", { name: /Show answer/ }).waitFor();
    await page.keyboard.press("Space");
    await page.locator(".grade").first().waitFor();
    await page.keyboard.press("Space");
    await counts(page).toEqual(["9", "1", "0"]);
    await later(page, 11 * MINUTE);
    // With no more new ones today the step of ten minutes is next, and Good makes it two days.
    await go(page, "#/drill/settings");
    await page.getByRole("spinbutton", { name: "New items a day" }).fill("1");
    await page.getByRole("spinbutton", { name: "New items a day" }).press("Tab");
    await go(page, "#/drill/study");
    await counts(page).toEqual(["0", "1", "0"]);
    await page.getByRole("button", { name: /Show answer/ }).click();
    await expect.poll(() => page.locator(".grade small").allTextContents()).toContain("2d");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Done for today" }).waitFor();
    // The next day: one new item, none due. The day after: the first one is due.
    await later(page, DAY);
    await counts(page).toEqual(["1", "0", "0"]);
    await later(page, DAY);
    await counts(page).toEqual(["1", "0", "1"]);
    await page.reload();
    await counts(page).toEqual(["1", "0", "1"]);
    await expect
      .poll(() => page.evaluate(() => localStorage.getItem("whetstone-learned")))
      .toContain('"known":1');
  });

  it("shows its keys, and answers by them the claim, the formula and the number", async () => {
    const page = await open("#/drill/study");
    const seen = new Set<string>();
    for (let i = 0; i < 10 && seen.size < 4; i++) {
      await page.locator(".item").waitFor();
      const kind = (await page.locator(".item").getAttribute("class"))!.split("item-")[1]!;
      const name = await ask(page);
      if (kind === "claim") await page.keyboard.press("b");
      else if (kind === "prediction") {
        await page.getByLabel("Your number").fill("5");
        await page.keyboard.press("Enter");
        await expect.poll(() => page.locator(".measured output").textContent()).toBe("7");
        expect(await page.locator(".prediction").textContent()).toContain("2 too low");
      } else await page.keyboard.press("Enter");
      await page.locator(".grade").first().waitFor();
      if (kind === "claim") expect(await page.locator(".claim.is-wrong").count()).toBe(1);
      if (!seen.has(kind)) expect(await axe(page), kind).toEqual([]);
      seen.add(kind);
      await page.keyboard.press("4");
      await expect
        .poll(async () => (await page.locator(".grade").count()) === 0 || (await ask(page)) !== name)
        .toBe(true);
    }
    expect([...seen].sort()).toEqual(["claim", "formula", "prediction", "question"]);
    await page
      .locator(".study")
      .focus()
      .catch(() => {});
    await page.getByRole("button", { name: /Keys/ }).click();
    await page.getByRole("dialog").waitFor();
    expect(await page.getByRole("dialog").textContent()).toContain("take the last answer back");
  });

  it("merges what two tabs answer", async () => {
    const both = await context();
    const a = await open("#/drill/study", both);
    const b = await open("#/drill/study", both);
    for (const page of [a, b]) await page.getByRole("button", { name: /Show answer/ }).waitFor();
    const shown = await ask(a);
    expect(await ask(b)).toBe(shown);
    await a.keyboard.press("Space");
    await a.locator(".grade").first().waitFor();
    await a.keyboard.press("4");
    await counts(b).toEqual(["9", "0", "0"]);
    await expect.poll(() => ask(b)).not.toBe(shown);
    await b.getByRole("button", { name: /Show answer/ }).click();
    await b.keyboard.press("4");
    await counts(a).toEqual(["8", "0", "0"]);
    await a.reload();
    await counts(a).toEqual(["8", "0", "0"]);
  });

  it("goes on without storage, and says so", async () => {
    const within = await context();
    await within.addInitScript(() => {
      Object.defineProperty(window, "indexedDB", {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    });
    const page = await open("#/drill/study", within);
    await expect.poll(() => page.locator(".notice").textContent()).toContain("keeps nothing for this page");
    await page.getByRole("button", { name: /Show answer/ }).click();
    await page.keyboard.press("4");
    await counts(page).toEqual(["9", "0", "0"]);
  });

  it("says that storage is full, goes on, and stores all of it when there is room again", async () => {
    const within = await context();
    const page = await open("#/drill/study", within);
    const answer = async (left: string) => {
      await page.getByRole("button", { name: /Show answer/ }).click();
      await page.keyboard.press("4");
      await counts(page).toEqual([left, "0", "0"]);
    };
    await page.locator(".item").waitFor();
    await page.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
      Object.assign(window, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { put }) });
    });
    await answer("9");
    await expect.poll(() => page.locator(".notice").textContent()).toContain("is its storage full?");
    await answer("8");
    await page.evaluate(() => (window as unknown as { makeRoom(): void }).makeRoom());
    await answer("7");
    await expect.poll(() => page.locator(".notice").count()).toBe(0);
    await page.reload();
    await counts(page).toEqual(["7", "0", "0"]);
  });

  it("migrates a history of version 1", async () => {
    const within = await context();
    const page = await open("", within);
    await page.evaluate(
      (time) =>
        new Promise<void>((resolve, reject) => {
          const asked = indexedDB.open("whetstone-history", 1);
          asked.onupgradeneeded = () => asked.result.createObjectStore("reviews", { keyPath: "id" });
          asked.onerror = () => reject(asked.error);
          asked.onsuccess = () => {
            const write = asked.result.transaction("reviews", "readwrite");
            write.objectStore("reviews").put({ id: "old", item: "c-math/controls", rating: 4, time });
            write.oncomplete = () => {
              asked.result.close();
              resolve();
            };
          };
        }),
      MONDAY.getTime() - 9 * DAY,
    );
    await go(page, "#/drill");
    await counts(page).toEqual(["10", "0", "1"]);
    await page.reload();
    await counts(page).toEqual(["10", "0", "1"]);
  });

  it("says on the first page what is due, and marks there and in the gallery what is known", async () => {
    const within = await context();
    const page = await open("", within);
    await page.getByRole("heading", { name: "The map" }).waitFor();
    const due = page.locator(".entries .due");
    expect(await due.count()).toBe(0);
    expect(await page.locator(".known").count()).toBe(0);
    await page.evaluate(
      (time) =>
        new Promise<void>((resolve, reject) => {
          const asked = indexedDB.open("whetstone-history", 2);
          asked.onupgradeneeded = () => {
            asked.result.createObjectStore("log", { keyPath: "id" });
            asked.result.createObjectStore("settings");
          };
          asked.onerror = () => reject(asked.error);
          asked.onsuccess = () => {
            const write = asked.result.transaction("log", "readwrite");
            const easy = { kind: "review", grade: 4, time, ms: null, from: "drill" };
            write.objectStore("log").put({ ...easy, id: "a", item: "c-math/controls" });
            write
              .objectStore("log")
              .put({ ...easy, id: "b", item: "f-math-line", time: time + 4 * 86_400_000 });
            write.oncomplete = () => {
              asked.result.close();
              resolve();
            };
          };
        }),
      MONDAY.getTime() - 9 * DAY,
    );
    await go(page, "#/drill");
    await counts(page).toEqual(["10", "0", "1"]);
    await go(page, "#/");
    await expect.poll(() => due.textContent()).toBe("1 due today");
    await expect.poll(() => page.locator(".place .known").first().textContent()).toMatch(/^2 of \d+ known$/);
    expect(await axe(page)).toEqual([]);
    // Four days on the other one is due too, though nobody looked at the drill.
    await later(page, 4 * DAY);
    await page.reload();
    await expect.poll(() => due.textContent()).toBe("2 due today");
    await go(page, "#/chapter/math");
    await page.locator(".learned").first().waitFor();
    expect(await page.locator(".learned").count()).toBe(1);
    expect(
      await page
        .locator("li, article")
        .filter({ has: page.locator(".learned") })
        .last()
        .textContent(),
    ).toContain("Every control");
    // Studied, nothing is due, and the link still leads there.
    await go(page, "#/drill/study");
    for (const left of ["1", "0"]) {
      await page.getByRole("button", { name: /Show answer/ }).click();
      await page.keyboard.press("4");
      await expect.poll(async () => (await threeCounts(page))[2]).toBe(left);
    }
    await go(page, "#/");
    await expect.poll(() => due.textContent()).toBe("Nothing due today");
    await due.click();
    await page.getByRole("heading", { name: "Drill" }).waitFor();
  });

  it("exports, starts anew after a download, and imports what it exported", async () => {
    const page = await open("#/drill/study");
    await page.getByRole("button", { name: /Show answer/ }).click();
    await page.keyboard.press("4");
    await counts(page).toEqual(["9", "0", "0"]);
    await go(page, "#/drill/settings");
    await page.getByRole("button", { name: "Start anew …" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download and start anew" }).click(),
    ]);
    const path = await file.path();
    expect(JSON.parse(readFileSync(path, "utf8")).log).toHaveLength(1);
    await expect.poll(() => page.locator("section .notice").textContent()).toContain("starts anew");
    const input = page.locator('input[type="file"]');
    await input.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("no") });
    await expect.poll(() => page.locator("section .notice").textContent()).toContain("is not JSON");
    await input.setInputFiles(path);
    await page.getByRole("button", { name: "Add to mine" }).click();
    await go(page, "#/drill");
    await counts(page).toEqual(["9", "0", "0"]);
    await go(page, "#/drill/settings");
    // Another history in the place of this one, which is downloaded before.
    const other = JSON.parse(readFileSync(path, "utf8"));
    other.log.push({ ...other.log[0], id: "another", item: "f-math-line" });
    await input.setInputFiles({
      name: "other.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(other)),
    });
    const [before] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Replace mine" }).click(),
    ]);
    expect(JSON.parse(readFileSync(await before.path(), "utf8")).log).toHaveLength(1);
    await page.getByText("Your history is the file's now, 2 entries").waitFor();
    await page.reload();
    await page.getByText("2 entries, kept in this browser").waitFor();
    const [anki] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export items for Anki" }).click(),
    ]);
    const notes = readFileSync(await anki.path(), "utf8")
      .trim()
      .split("\n");
    expect(notes.slice(0, 3)).toEqual(["#separator:tab", "#html:true", "#tags column:3"]);
    for (const note of notes.slice(3)) expect(note.split("\t")).toHaveLength(3);
  });

  it("runs at speed, by keys, and sends what was missed to the drill", async () => {
    const page = await open("#/speed");
    await page.getByRole("button", { name: /Start/ }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByLabel("Minutes").fill("2");
    await page.getByLabel("Minutes").press("Tab");
    await page.getByRole("button", { name: "Start: 2 items at most" }).click();
    await page.locator(".run .item").waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: /Missed/ }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press("1");
    // A minute of silence shows the line.
    await page.getByRole("button", { name: /Show the line/ }).waitFor();
    await later(page, 61_000);
    await page.getByRole("button", { name: /Knew it/ }).waitFor();
    await page.keyboard.press("2");
    await page.getByRole("heading", { name: "Missed" }).waitFor();
    expect(await page.locator(".missed li").count()).toBe(1);
    expect(await page.locator(".figures dd").allTextContents()).toEqual(["1", expect.any(String), "1"]);
    expect(await axe(page)).toEqual([]);
    await page.getByRole("link", { name: /Study the misses/ }).click();
    await counts(page).toEqual(["10", "1", "0"]);
  });

  it.each(["", "/statistics", "/settings"])(
    "is clean to axe and fits 360 pixels at #/drill%s",
    async (path) => {
      const page = await open(`#/drill${path}`, await context(360));
      await page.locator("h2").first().waitFor();
      if (path === "/settings") await page.locator("figure.workload").waitFor();
      expect(await axe(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    },
  );
});

import { readFileSync } from "node:fs";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { axe, beyond, executablePath, served } from "./studio-page.ts";

const MONDAY = new Date("2026-03-09T09:00:00");
/** A microphone that hums, and that a page may use where it is permitted. */
const HUM = ["--use-fake-device-for-media-stream"];
const SPEAK = { permissions: ["microphone"] };

describe.skipIf(executablePath === null)("a round of the interview in a browser", () => {
  const at = served(FIXTURES, HUM);
  const contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts.length = 0;
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  async function contextOf(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const made = await at.browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
    contexts.push(made);
    return made;
  }
  /** A page whose clock stands at Monday, nine o'clock; what it prints on the console fails the test. */
  async function open(hash: string, context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") complaints.push(m.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.clock.install({ time: MONDAY });
    await page.goto(`${at.server.url}/?nosw${hash}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    return page;
  }
  const go = (page: Page, hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const notes = (page: Page) => page.getByLabel("Your answer, in notes");
  const shown = (page: Page) => page.locator(".run .ask").innerText();
  const reviewing = (page: Page) => page.getByRole("heading", { name: "Compare and grade" });
  const onward = async (page: Page) => {
    const before = await page.locator(".run .ask").textContent();
    await page.keyboard.press("Control+Enter");
    await expect
      .poll(
        async () => (await reviewing(page).count()) > 0 || (await page.locator(".run .ask").textContent()),
      )
      .not.toBe(before);
  };
  async function start(page: Page, questions: number, minutes = 20): Promise<void> {
    await page.getByRole("radio", { name: /Researcher/ }).check();
    for (const [label, n] of [
      ["Questions", questions],
      ["Minutes", minutes],
    ] as const) {
      await page.getByLabel(label).fill(String(n));
      await page.getByLabel(label).press("Tab");
    }
    await page.getByRole("button", { name: "Start the round" }).click();
    await notes(page).waitFor();
  }
  /** Grades everything by the given grades in turn, with the keys. */
  async function grade(page: Page, given: readonly number[]): Promise<void> {
    const groups = await page.getByRole("group").all();
    for (const [i, group] of groups.entries()) {
      await group.getByRole("radio").first().focus();
      await page.keyboard.press("Space");
      for (let k = 1; k < given[i % given.length]!; k++) await page.keyboard.press("ArrowRight");
    }
  }
  async function playShort(page: Page, given: readonly number[] = [2, 3]): Promise<void> {
    await start(page, 1);
    await notes(page).fill("An answer");
    await page.getByRole("button", { name: "End here" }).click();
    await reviewing(page).waitFor();
    await grade(page, given);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: "How it went" }).waitFor();
  }
  const stores = (page: Page) =>
    page.evaluate(
      () =>
        new Promise<Record<string, unknown[]>>((resolve, reject) => {
          const asked = indexedDB.open("whetstone-history");
          asked.onerror = () => reject(asked.error);
          asked.onsuccess = () => {
            const names = [...asked.result.objectStoreNames];
            const found: Record<string, unknown[]> = {};
            const read = asked.result.transaction(names);
            for (const name of names) {
              const all = read.objectStore(name).getAll();
              all.onsuccess = () => {
                found[name] = all.result;
              };
            }
            read.oncomplete = () => {
              asked.result.close();
              resolve(found);
            };
          };
        }),
    );

  /** Waits until the microphone's first sound is kept: a recording that is stopped before is empty. */
  const heard = (page: Page) =>
    expect.poll(async () => (await stores(page)).recordings!.length).toBeGreaterThan(0);

  it("is played by keys alone: follow-ups, a recording, a reload in the middle, review, summary", async () => {
    const page = await open("#/interview", await contextOf(SPEAK));
    const link = page.getByRole("link", { name: "To the round" });
    for (let i = 0; i < 40 && !(await link.evaluate((a) => a === document.activeElement)); i++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Start the round" }).waitFor();
    expect(await axe(page)).toEqual([]);
    // The chapter that has follow-ups, and a card with two questions: four in all.
    await page.getByRole("radio", { name: /Researcher/ }).focus();
    await page.keyboard.press("Space");
    await page.getByLabel("Questions").focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("4");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+Enter");
    await notes(page).waitFor();
    expect(await axe(page)).toEqual([]);

    const asked: string[] = [];
    for (let i = 0; i < 6; i++) {
      asked.push(await page.locator(".run .kind").innerText());
      await expect.poll(() => notes(page).evaluate((n) => n === document.activeElement)).toBe(true);
      await page.keyboard.type(`answer ${i} to ${(await shown(page)).slice(0, 9)}`);
      if (i === 1) {
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Stop recording" }).waitFor();
        await heard(page);
        await page.getByRole("button", { name: "Stop recording" }).focus();
        await page.keyboard.press("Enter");
        await page.locator("audio").waitFor();
        expect(await axe(page)).toEqual([]);
      }
      if (i === 3) {
        await page.clock.runFor(65_000);
        const before = [await shown(page), await page.locator(".run .clock").innerText()];
        await page.reload();
        await notes(page).waitFor();
        expect(await notes(page).inputValue()).toContain("answer 3 to");
        expect(await shown(page)).toBe(before[0]);
        // What was written before the reload may be told after it, and is no other tab's.
        await page.evaluate((key) => {
          dispatchEvent(new StorageEvent("storage", { key, newValue: localStorage.getItem(key) }));
        }, "whetstone.interview.round.v1");
        const seconds = (text: string) =>
          text
            .split(/[: ]/)
            .slice(0, 2)
            .map(Number)
            .reduce((m, s) => 60 * m + s);
        const now = seconds(await page.locator(".run .clock").innerText());
        // The page's clock goes on by itself, however slow the machine is; a minute was not lost.
        expect(seconds(before[1]!) - now).toBeLessThan(60);
        expect(now).toBeLessThan(19 * 60);
      }
      await onward(page);
    }
    await reviewing(page).waitFor();
    expect(asked.filter((kind) => kind.startsWith("Question"))).toHaveLength(4);
    expect(asked.filter((kind) => kind.startsWith("Follow-up"))).toEqual([
      "Follow-up 1 of 2",
      "Follow-up 2 of 2",
    ]);
    const own = await page.locator(".own .said").allInnerTexts();
    expect(own.map((text) => text.slice(0, 8)).sort()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `answer ${i}`));
    expect(await page.locator(".model .katex").count()).toBeGreaterThan(0);
    await page.locator("audio").waitFor();
    expect(
      await page.locator("audio").evaluate(async (audio: HTMLAudioElement) => {
        const sound = await (await fetch(audio.src)).blob();
        return sound.type.startsWith("audio/") && sound.size > 100;
      }),
    ).toBe(true);
    expect(await axe(page)).toEqual([]);
    // Nothing is graded: the keys do not end the review yet.
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Finish without 9 grades" }).waitFor();
    await grade(page, [1, 3, 2, 4, 3, 3, 4, 1, 3]);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: "How it went" }).waitFor();
    expect(await page.locator(".figures dd").allInnerTexts()).toEqual(["4", expect.any(String), "2.5", "2"]);
    await page.getByRole("heading", { name: "Weakest signal: numbers" }).waitFor();
    await page.locator("audio").waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("link", { name: "Study them in the drill" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".three dd").allTextContents()).toEqual(["10", "2", "0"]);
    const { log, rounds, recordings } = await stores(page);
    expect(log).toMatchObject([
      { grade: 1, from: "interview" },
      { grade: 1, from: "interview" },
    ]);
    expect([rounds!.length, recordings!.length]).toEqual([1, 1]);
  }, 120_000);

  it("goes on by typing where the microphone is refused, or there is none", async () => {
    const page = await open("#/interview/round", await contextOf({ permissions: [] }));
    await start(page, 2);
    await page.getByRole("button", { name: "Record your answer" }).click();
    await page.getByText("The microphone was refused, so type your answer").waitFor();
    await notes(page).fill("typed");
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
    });
    await page.getByRole("button", { name: "Record your answer" }).click();
    await page.getByText("No microphone was found, so type your answer.").waitFor();
    await page.evaluate(() => Object.assign(window, { MediaRecorder: undefined }));
    await onward(page);
    await page.getByText("This browser records nothing on this page").waitFor();
    expect(await page.getByRole("button", { name: /Record/ }).count()).toBe(0);
  });

  it("stops a recording at three minutes, and one that its question outlives", async () => {
    const page = await open("#/interview/round", await contextOf(SPEAK));
    await start(page, 2);
    await page.getByRole("button", { name: "Record your answer" }).click();
    await page.getByRole("button", { name: "Stop recording" }).waitFor();
    await heard(page);
    await page.clock.runFor(181_000);
    await page.getByText("The recording stopped at three minutes").waitFor();
    await page.locator("audio").waitFor();
    await page.getByRole("button", { name: "Delete recording" }).click();
    await expect.poll(async () => (await stores(page)).recordings).toEqual([]);
    await page.getByRole("button", { name: "Record your answer" }).click();
    await page.getByRole("button", { name: "Stop recording" }).waitFor();
    await heard(page);
    await onward(page);
    await page.getByRole("button", { name: "Record your answer" }).waitFor();
    await expect.poll(async () => (await stores(page)).recordings!.length).toBe(1);
    await page.getByRole("button", { name: "End here" }).click();
    await page.locator("audio").waitFor();
    expect(await page.locator("audio").count()).toBe(1);
  });

  it("tells the time by the minute, and lets a sentence be finished when it is over", async () => {
    const page = await open("#/interview/round", await contextOf());
    await page.getByRole("button", { name: "Start the round" }).waitFor();
    // From here the clock moves only when it is told to.
    await page.clock.pauseAt(MONDAY.getTime() + 3_600_000);
    await start(page, 2, 2);
    await page.clock.runFor(1000);
    const said = page.locator('.run > [role="status"]');
    expect(await said.innerText()).toBe("2 minutes left.");
    await page.clock.runFor(50_000);
    expect(await said.innerText()).toBe("2 minutes left.");
    await page.clock.runFor(20_000);
    await expect.poll(() => said.innerText()).toBe("1 minute left.");
    await expect.poll(() => page.locator(".run .late").innerText()).toBe("1 behind");
    await page.clock.runFor(60_000);
    await expect.poll(() => said.innerText()).toBe("Time is over.");
    await notes(page).fill("the last sentence");
    expect(await page.locator(".run .clock").innerText()).toMatch(/over$/);
    await page.getByRole("button", { name: "To the review" }).click();
    await page.getByText("1 question was not reached.").waitFor();
    expect(await page.locator(".own .said").first().innerText()).toBe("the last sentence");
  });

  it("passes axe in dark colours and fits 360 pixels, from the start to the history", async () => {
    const page = await open(
      "#/interview",
      await contextOf({ ...SPEAK, colorScheme: "dark", viewport: { width: 360, height: 740 } }),
    );
    const fits = async (what: string) => {
      expect(await beyond(page), what).toBeLessThanOrEqual(0);
      expect(await axe(page), what).toEqual([]);
    };
    await fits("interview");
    await go(page, "#/interview/history");
    await page.getByText("No round is over yet").waitFor();
    await go(page, "#/interview/round");
    await page.getByRole("button", { name: "Start the round" }).waitFor();
    await fits("start");
    await start(page, 2);
    await notes(page).fill(`${"long".repeat(60)}\nand a line`);
    await page.getByRole("button", { name: "Record your answer" }).click();
    await page.getByRole("button", { name: "Stop recording" }).waitFor();
    await fits("run");
    await heard(page);
    await page.getByRole("button", { name: "Stop recording" }).click();
    await page.locator("audio").waitFor();
    await fits("run, recorded");
    await page.getByRole("button", { name: "End here" }).click();
    await page.locator("audio").waitFor();
    await fits("review");
    await grade(page, [3, 2, 4]);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: "How it went" }).waitFor();
    await fits("summary");
    await page.getByRole("link", { name: "Rounds" }).click();
    await page.locator(".signal-line").first().waitFor();
    await fits("history");
  });

  it("keeps rounds: over time, in the export and back, and deletes one after asking", async () => {
    const page = await open("#/interview/round", await contextOf());
    await playShort(page, [2, 3]);
    await page.clock.fastForward(86_400_000);
    await go(page, "#/interview/round");
    await playShort(page, [4, 1]);
    await go(page, "#/interview/history");
    const line = (name: string) => page.getByRole("img", { name: new RegExp(`^${name}`) });
    expect(await axe(page)).toEqual([]);
    expect(await line("Framing").getAttribute("aria-label")).toBe("Framing, the oldest round first: 3, 1.");
    const days = await page.locator(".past-rounds a").allInnerTexts();
    expect(days.map((text) => text.split(" at ")[0])).toEqual(["10 March 2026", "9 March 2026"]);
    await page.locator(".past-rounds a").last().click();
    await page.getByText("Your grade: 2, partial").waitFor();
    expect(await page.locator(".own .said").innerText()).toBe("An answer");
    expect(await page.getByRole("radio").count()).toBe(0);
    await page.getByRole("button", { name: "Delete this round …" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Delete this round …" }).click();
    expect(await axe(page)).toEqual([]);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export all, then delete" }).click(),
    ]);
    const path = await file.path();
    expect(JSON.parse(readFileSync(path, "utf8")).rounds).toHaveLength(2);
    await expect.poll(() => page.locator(".past-rounds li").count()).toBe(1);
    await page.reload();
    await expect.poll(() => page.locator(".past-rounds li").count()).toBe(1);
    await go(page, "#/drill/settings");
    await page.locator('input[type="file"]').setInputFiles(path);
    await page.getByText("2 rounds of the interview. Adding keeps both").waitFor();
    await page.getByRole("button", { name: "Add to mine" }).click();
    await go(page, "#/interview/history");
    await expect.poll(() => page.locator(".past-rounds li").count()).toBe(2);
    await page.reload();
    await expect.poll(() => page.locator(".past-rounds li").count()).toBe(2);
  });

  it("goes on in one of two tabs, and there is one history", async () => {
    const both = await contextOf();
    const a = await open("#/interview/round", both);
    await start(a, 2);
    await notes(a).fill("here");
    const b = await open("#/interview/round", both);
    await expect.poll(() => notes(b).inputValue()).toBe("here");
    await notes(b).fill("here and there");
    await a.getByText("This round goes on in another tab.").waitFor();
    await a.bringToFront();
    await a.getByRole("button", { name: "Go on here" }).click();
    expect(await notes(a).inputValue()).toBe("here and there");
    await notes(a).fill("back");
    await b.getByText("This round goes on in another tab.").waitFor();
    await go(b, "#/interview/history");
    await a.getByRole("button", { name: "End here" }).click();
    await a.getByRole("button", { name: /^Finish without/ }).click();
    await b.locator(".past-rounds li").waitFor();
  });

  it("goes on without storage, and keeps a round for which there was no room until there is", async () => {
    const blocked = await contextOf();
    await blocked.addInitScript(() => {
      for (const name of ["indexedDB", "localStorage"])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("blocked", "SecurityError");
          },
        });
    });
    const page = await open("#/interview/round", blocked);
    await page.getByText("This browser keeps nothing for this page").first().waitFor();
    await playShort(page);
    await page.getByText("Your grade: 2, partial").waitFor();
    expect(await page.locator(".notice").count()).toBe(1);

    const full = await open("#/interview/round", await contextOf());
    await start(full, 1);
    await full.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
      Object.assign(window, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { put }) });
    });
    await notes(full).fill("kept");
    await full.getByRole("button", { name: "End here" }).click();
    await full.getByRole("button", { name: /^Finish without/ }).click();
    await full.getByText("is its storage full?").waitFor();
    await full.getByText("kept", { exact: true }).waitFor();
    expect((await stores(full)).rounds).toEqual([]);
    await full.reload();
    await full.getByText("kept", { exact: true }).waitFor();
    await expect.poll(async () => (await stores(full)).rounds!.length).toBe(1);
  });

  it("puts damaged entries of an old history aside, and migrates all others", async () => {
    for (const version of [1, 2]) {
      const page = await open("", await contextOf());
      await page.evaluate(
        ([from, time]) =>
          new Promise<void>((resolve, reject) => {
            const asked = indexedDB.open("whetstone-history", from);
            const name = from === 1 ? "reviews" : "log";
            asked.onupgradeneeded = () => {
              asked.result.createObjectStore(name, { keyPath: "id" });
              if (from === 2) asked.result.createObjectStore("settings").put({ newPerDay: 3 }, "settings");
            };
            asked.onerror = () => reject(asked.error);
            asked.onsuccess = () => {
              const write = asked.result.transaction(name, "readwrite");
              const put = (id: string, grade: number) =>
                write
                  .objectStore(name)
                  .put(
                    from === 1
                      ? { id, item: "c-math/controls", rating: grade, time }
                      : { kind: "review", id, item: "c-math/controls", grade, time, ms: null, from: "drill" },
                  );
              put("a-bad", 9);
              put("good", 4);
              put("z-bad", 0);
              write.oncomplete = () => {
                asked.result.close();
                resolve();
              };
            };
          }),
        [version, MONDAY.getTime() - 9 * 86_400_000] as const,
      );
      await go(page, "#/drill");
      await expect
        .poll(() => page.locator(".three dd").allTextContents())
        .toEqual([version === 1 ? "10" : "3", "0", "1"]);
      const found = await stores(page);
      expect(found.log).toMatchObject([{ id: "good", grade: 4 }]);
      expect(found.damaged).toMatchObject([{ id: "a-bad" }, { id: "z-bad" }]);
      expect(Object.keys(found).sort()).toEqual(["damaged", "log", "recordings", "rounds", "settings"]);
    }
  });
});

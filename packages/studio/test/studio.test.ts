import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { buildStudio, FIXTURES } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);

describe.skipIf(executablePath === null)("the studio in a browser", () => {
  let folder: string;
  let server: StudioServer;
  let plainServer: StudioServer;
  let browser: Browser;
  const opened: { page: Page; complaints: string[] }[] = [];

  beforeAll(async () => {
    folder = buildStudio(FIXTURES);
    server = await serveStudio({ port: 0, root: folder });
    plainServer = await serveStudio({ port: 0, root: folder, isolated: false });
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await plainServer?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const { page } of opened) await page.context().close();
    const complaints = opened.flatMap((o) => o.complaints);
    opened.length = 0;
    expect(complaints).toEqual([]);
  });

  /** A fresh page at an address of the studio. What it prints on the console fails the test. */
  async function open(
    hash: string,
    options: BrowserContextOptions & { plain?: boolean } = {},
  ): Promise<Page> {
    const { plain = false, ...context } = options;
    const page = await (
      await browser.newContext({ viewport: { width: 1200, height: 900 }, ...context })
    ).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    opened.push({ page, complaints });
    await page.goto(`${(plain ? plainServer : server).url}/?nosw${hash}`);
    return page;
  }
  const go = (page: Page, hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const note = (page: Page) => page.locator(".note");
  const hashOf = (page: Page) => page.evaluate(() => location.hash);
  const drawn = (page: Page, figures = 1) =>
    expect.poll(() => page.locator(".drawing > svg, .drawing > figure").count()).toBe(figures);
  const slide = async (page: Page, name: string, value: number) =>
    page.getByRole("slider", { name }).evaluate((element, to) => {
      (element as HTMLInputElement).value = String(to);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }, value);
  const noted = (page: Page, text: string) => expect.poll(() => note(page).textContent()).toContain(text);

  it("shows on its home page the chapters, their cards, and how much of the territory is live", async () => {
    const page = await open("");
    const map = page.getByRole("region", { name: "The map" });
    expect(await map.getByRole("listitem").getByRole("link").count()).toBe(3);
    const places = (await map.getByRole("listitem").allTextContents()).join(" ");
    for (const [chapter, cards] of [
      ["Mathematics", 3],
      ["Statistics", 2],
      ["Data", 3],
    ])
      expect(places).toContain(`${chapter}${cards} cards`);
    expect(await page.locator(".figures").textContent()).toContain("systems live of 723");
    expect(await map.locator("li", { hasText: "Mathematics" }).textContent()).toContain("4 of 17");
    expect(await map.textContent()).toContain("Language models 64");
    await map.getByRole("link", { name: "Mathematics" }).click();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toBe("Mathematics");
    await page.getByRole("link", { name: /A check that does not hold/ }).click();
    await expect
      .poll(() => page.getByRole("heading", { level: 1 }).textContent())
      .toBe("A check that does not hold");
  });

  it("draws every kind of mark when a card opens, with formula, table, note and checks", async () => {
    const page = await open("#/card/math/marks");
    await drawn(page, 6);
    expect(await page.title()).toBe("Every mark on every axis – Whetstone");
    expect(await page.locator(".formula math").count()).toBe(1);
    for (const label of await page.getByRole("img").all()) {
      expect((await label.getAttribute("aria-label"))!.length).toBeGreaterThan(10);
    }
    const svgs = page.locator(".drawing svg");
    // Figures are drawn one after the other: what is counted may still be on its way.
    const count = (of: string) => expect.poll(() => svgs.locator(of).count());
    await count("[aria-label=line] path").toBeGreaterThanOrEqual(4);
    await count("[aria-label=area] path").toBe(1);
    await count("[aria-label=rect] rect").toBeGreaterThanOrEqual(10);
    await count("[aria-label=bar] rect").toBe(3);
    await count("[aria-label=dot] circle").toBe(401);
    await count("[aria-label=arrow] path").toBe(2);
    await count("[aria-label=contour] path").toBeGreaterThanOrEqual(5);
    await count("image").toBe(1);
    expect((await page.locator(".drawing").allTextContents()).join(" ")).not.toMatch(
      /NaN|undefined|Infinity/,
    );
    await expect.poll(() => page.getByText("There is nothing to draw.").count()).toBe(1);
    expect(await page.locator("table tbody tr").count()).toBe(3);
    expect(await note(page).textContent()).toBe("One line of text.");
    expect(await page.locator(".checks").textContent()).toMatch(
      /1 of 1 check held.*holds.*largest density.*0\.3987.*= 0\.3989/s,
    );
    expect(await page.locator(".verified").textContent()).toContain("eyes");
  });

  it("paints a field the right way up, in the colours its legend names", async () => {
    const page = await open("#/card/math/marks");
    await drawn(page, 6);
    const pixel = (x: number, y: number) =>
      page.locator(".drawing image").evaluate(
        async (element, [x, y]) => {
          const image = new Image();
          image.src = element.getAttribute("href")!;
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext("2d")!;
          context.drawImage(image, 0, 0);
          return [
            ...context.getImageData(x! * (image.width - 1), y! * (image.height - 1), 1, 1).data.slice(0, 3),
          ];
        },
        [x, y] as const,
      );
    // The field is a² − b²: high (orange: red above blue) left and right, low (blue) above and below.
    const [left, top] = [await pixel(0, 0.5), await pixel(0.5, 0)];
    expect(left[0]! - left[2]!).toBeGreaterThan(60);
    expect(top[2]! - top[0]!).toBeGreaterThan(60);
  });

  it("runs again when a control moves, and writes it into the address", async () => {
    const page = await open("#/card/math/controls");
    await noted(page, "depth 20, rate 0.1, shape line, letter alpha, noise false, seed 0");
    await slide(page, "depth", 7);
    await noted(page, "depth 7,");
    await slide(page, "rate", 0);
    await noted(page, "rate 1,");
    await page.getByText("step", { exact: true }).click();
    await noted(page, "shape step");
    await page.getByLabel("letter").selectOption("theta");
    await noted(page, "letter theta");
    await page.getByLabel("add noise").check();
    await noted(page, "noise true");
    await page.getByRole("button", { name: "Next seed" }).click();
    await noted(page, "seed 1");
    await expect
      .poll(() => hashOf(page))
      .toBe("#/card/math/controls?depth=7&rate=1&shape=step&letter=theta&noise=true&seed=1");
    const before = await note(page).textContent();

    await page.reload();
    await expect.poll(() => note(page).textContent()).toBe(before);
    expect(await page.getByRole("slider", { name: "depth" }).inputValue()).toBe("7");

    await page.getByRole("button", { name: "Reset" }).click();
    await noted(page, "depth 20, rate 0.1, shape line, letter alpha, noise false, seed 0");
    await expect.poll(() => hashOf(page)).toBe("#/card/math/controls");
  });

  it("follows back, forward and an edited address", async () => {
    const page = await open("#/card/math/controls?depth=3");
    await noted(page, "depth 3,");
    await page.getByRole("button", { name: "Chapters" }).click();
    await page
      .getByRole("navigation", { name: "Chapters" })
      .getByRole("link", { name: "Statistics" })
      .click();
    await page.getByRole("heading", { level: 1, name: "Statistics" }).waitFor();
    await page.goBack();
    await noted(page, "depth 3,");
    await page.goForward();
    await page.getByRole("heading", { level: 1, name: "Statistics" }).waitFor();
    await page.goBack();
    await noted(page, "depth 3,");
    await go(page, "#/card/math/controls?depth=9&seed=4");
    await noted(page, "depth 9,");
    await noted(page, "seed 4");
  });

  it("says in one line which parts of an address it cannot use, and uses the defaults", async () => {
    const page = await open("#/card/math/controls?depth=900&shape=circle&colour=red&seed=-1&rate=0.5");
    await noted(page, "depth 20, rate 0.5, shape line");
    await noted(page, "seed 0");
    const notice = await page.locator(".notice").textContent();
    for (const name of ["depth", "shape", "colour", "seed"]) expect(notice).toContain(`“${name}”`);
    expect(notice).not.toContain("“rate”");
  });

  it("lets the latest value win when controls move faster than the card runs", async () => {
    const page = await open("#/card/data/busy");
    await noted(page, "n is 50");
    for (let n = 0; n <= 60; n++) await slide(page, "n", n);
    await noted(page, "n is 60");
    await page.waitForTimeout(400);
    expect(await note(page).textContent()).toBe("n is 60");
  });

  it("keeps the page free while a lab computes", async () => {
    const page = await open("#/card/stats/slow?steps=15");
    await page.locator("progress").waitFor();
    const longest = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let longest = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
          }).observe({ type: "longtask" });
          setTimeout(() => resolve(longest), 800);
        }),
    );
    expect(longest).toBeLessThan(50);
    await noted(page, "ran 15 steps");
  });

  it("runs a costly card once, then waits for Run and says that what is shown is stale", async () => {
    const page = await open("#/card/stats/slow");
    await noted(page, "ran 4 steps");
    await slide(page, "steps", 6);
    await page.getByText("Stale").waitFor();
    expect(await note(page).textContent()).toBe("ran 4 steps");
    await page.getByRole("button", { name: "Run" }).click();
    // A control that moves during the run makes its result stale too.
    await slide(page, "steps", 5);
    await noted(page, "ran 6 steps");
    await page.getByText("Stale").waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    await noted(page, "ran 5 steps");
    expect(await page.getByText("Stale").count()).toBe(0);
  });

  it("cancels a run at once and starts a fresh worker for the next", async () => {
    const page = await open("#/card/stats/slow?steps=1000");
    await expect.poll(() => page.locator("progress").getAttribute("max")).toBe("1000");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled. Run starts again.").waitFor({ timeout: 5000 });
    await slide(page, "steps", 2);
    await page.getByRole("button", { name: "Run" }).click();
    await noted(page, "ran 2 steps");
  });

  it("says what a card threw, what killed its worker, and goes on", async () => {
    const page = await open("#/card/stats/throws");
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.textContent()).toContain("level 0 is too low");
    await slide(page, "level", 1);
    await noted(page, "level 1 is fine");
    expect(await alert.count()).toBe(0);
    await slide(page, "level", 2);
    await expect.poll(() => alert.textContent()).toContain("the ground gave way");
    await slide(page, "level", 3);
    await noted(page, "level 3 is fine");
    await slide(page, "level", 4);
    await expect.poll(() => alert.textContent()).toContain("nobody waited for this");
  });

  it("shows a check that does not hold in words and in the badge", async () => {
    const page = await open("#/card/math/fails");
    await expect.poll(() => page.locator(".checks").textContent()).toContain("1 of 2 checks held");
    expect(await page.locator(".seal.broken").count()).toBe(1);
    expect(await page.locator(".checks li.broken").textContent()).toMatch(/fails.*two and two.*4.*= 5/s);
  });

  it("cuts output that no page can hold, and says so", async () => {
    const page = await open("#/card/data/huge");
    await drawn(page, 3);
    const captions = (await page.locator("figcaption").allTextContents()).join(" ");
    expect(captions).toMatch(/Every 100th of 200.000 points/);
    expect(await page.locator("table").locator("tbody tr").count()).toBe(100);
    expect(await page.locator(".table").textContent()).toMatch(/first 100 of 20.000 rows/);
    // The one high value among 200 000 is still on the line: its axis reaches 40.
    expect(await page.locator(".drawing").nth(1).textContent()).toContain("40");
  });

  it("answers an unknown card, chapter or page in a sentence", async () => {
    for (const [hash, text] of [
      ["#/card/math/nothing", "There is no card “math/nothing”"],
      ["#/chapter/nothing", "There is no chapter “nothing”"],
      ["#/somewhere/else", "There is no page at this address"],
      ["#/%E0%A4%A", "There is no page at this address"],
    ] as const) {
      const page = await open(hash);
      expect(await page.locator("main").textContent()).toContain(text);
    }
  });

  it("says when a card's texts cannot be loaded", async () => {
    const page = await open("");
    await page.route("**/assets/controls-*.js", (route) => route.abort());
    await go(page, "#/card/math/controls");
    await page.getByText("could not be loaded").waitFor();
    opened.at(-1)!.complaints.length = 0; // the failed request itself
  });

  it("gives formula, erratum, derivation and the code as it was written", async () => {
    const page = await open("#/card/math/controls");
    await page.locator(".checks li").first().waitFor();
    expect(await page.locator(".answer .katex math").count()).toBe(1);
    expect(await page.locator(".erratum").textContent()).toMatch(/Claimed.*2\+2=5.*True.*2\+2=4/s);
    expect(await page.locator(".derivation").textContent()).toContain("& nothing < else.");
    await page.getByText("The code of the experiment").click();
    const code = await page.locator("pre code").textContent();
    expect(code).toContain('rate: slider(0.001, 10, 0.1, { label: "rate", scale: "log" })');
    expect(await page.locator("pre .t-keyword").count()).toBeGreaterThan(3);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  });

  it("uses threads when it is isolated, and one thread when it is not, with the same result", async () => {
    const isolated = await open("#/card/data/threads");
    await expect.poll(() => note(isolated).textContent()).toBe("threads 2");
    expect(await isolated.locator(".checks").textContent()).toContain("1 of 1 check held");
    expect(await isolated.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await isolated.locator(".foot").textContent()).toMatch(/\d+ threads?$/);

    const plain = await open("#/card/data/threads", { plain: true });
    await expect.poll(() => note(plain).textContent()).toBe("threads 1");
    expect(await plain.locator(".checks").textContent()).toContain("1 of 1 check held");
    expect(await plain.locator(".foot").textContent()).toContain("1 thread (page is not isolated)");
  });

  it("is driven by the keyboard alone", async () => {
    const page = await open("#/card/math/controls");
    await noted(page, "depth 20");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
    const reach = async (wanted: string) => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        const { name, outline } = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          const shown = element.matches(".choice input") ? element.nextElementSibling! : element;
          const label = (element as HTMLInputElement).labels?.[0]?.textContent;
          return {
            name: element.getAttribute("aria-label") ?? label ?? element.textContent ?? "",
            outline: getComputedStyle(shown).outlineStyle,
          };
        });
        expect(outline, `focus is seen on “${name}”`).not.toBe("none");
        if (name.trim().startsWith(wanted)) return;
      }
      throw new Error(`“${wanted}” is not reached by Tab`);
    };
    await reach("depth");
    await page.keyboard.press("ArrowRight");
    await noted(page, "depth 21");
    await reach("line");
    await page.keyboard.press("ArrowRight");
    await noted(page, "shape curve");
    await reach("add noise");
    await page.keyboard.press("Space");
    await noted(page, "noise true");
    await reach("Next seed");
    await page.keyboard.press("Enter");
    await noted(page, "seed 1");
    await reach("Reset");
    await page.keyboard.press("Enter");
    await noted(page, "depth 20, rate 0.1, shape line");
    await reach("The code of the experiment");
    await page.keyboard.press("Enter");
    expect(await page.locator("details.code").getAttribute("open")).not.toBeNull();
  });

  it("names every control, heads every page once, and gives no link or button without text", async () => {
    const page = await open("");
    for (const hash of ["#/", "#/chapter/math", "#/card/math/controls", "#/card/math/marks"]) {
      await go(page, hash);
      if (hash.startsWith("#/card")) await page.locator(".checks li").first().waitFor();
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      for (const role of ["main", "banner", "contentinfo"] as const)
        expect(await page.getByRole(role).count()).toBe(1);
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("a, button, input, select, progress, [role=img]")]
          .filter((element) => {
            const labels = (element as HTMLInputElement).labels;
            const name =
              element.getAttribute("aria-label") || element.textContent || labels?.[0]?.textContent;
            return !name?.trim();
          })
          .map((element) => element.outerHTML),
      );
      expect(nameless).toEqual([]);
      const levels = await page.evaluate(() =>
        [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1])),
      );
      for (let i = 1; i < levels.length; i++) expect(levels[i]! - levels[i - 1]!).toBeLessThanOrEqual(1);
      const ids = await page.evaluate(() =>
        [...document.querySelectorAll("[id]")].map((element) => element.id),
      );
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("reads well in both themes: text stands out against its ground", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/card/math/controls", { colorScheme });
      await page.locator(".checks li").first().waitFor();
      const ratios = await page.evaluate(() => {
        const luminance = (colour: string) => {
          const [r, g, b] = colour.match(/[\d.]+/g)!.map((v) => {
            const c = Number(v) / 255;
            return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        const ground = (element: Element | null): string => {
          for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (!colour.startsWith("rgba") || colour.endsWith(", 1)")) return colour;
          }
          return "rgb(255, 255, 255)";
        };
        const low: string[] = [];
        for (const element of document.querySelectorAll("body *:not(.katex *):not(svg *):not(.skip)")) {
          const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
          if (!own || !element.checkVisibility()) continue;
          const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
        }
        return low;
      });
      expect(ratios).toEqual([]);
    }
  });

  it("follows the system's theme, keeps a chosen one, and works where storage is blocked", async () => {
    const page = await open("", { colorScheme: "dark" });
    const ground = (of: Page) => of.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground(page);
    await page.getByRole("button", { name: "Switch to light colours" }).click();
    const light = await ground(page);
    expect(light).not.toBe(dark);
    await page.reload();
    await expect.poll(() => ground(page)).toBe(light);

    const blocked = await browser.newContext({ colorScheme: "dark" });
    await blocked.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    });
    const without = await blocked.newPage();
    const errors: string[] = [];
    without.on("pageerror", (error) => errors.push(String(error)));
    await without.goto(`${server.url}/#/card/math/controls`);
    await noted(without, "depth 20");
    await without.getByRole("button", { name: "Switch to light colours" }).click();
    await expect.poll(() => ground(without)).toBe(light);
    expect(errors).toEqual([]);
    await blocked.close();
  });

  it.each([360, 900, 1600])("fits a window %i pixels wide", async (width) => {
    for (const hash of [
      "",
      "#/chapter/math",
      "#/card/math/marks",
      "#/card/math/controls",
      "#/card/data/huge",
    ]) {
      const page = await open(hash, { viewport: { width, height: 800 } });
      if (hash.startsWith("#/card")) {
        await page.locator(".drawing > svg").first().waitFor();
        await page.getByText("The code of the experiment").click();
      }
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(beyond, hash).toBeLessThanOrEqual(0);
    }
  });

  it("loads its drawing code and its worker only with a lab", async () => {
    const page = await open("");
    await page.locator(".map").waitFor();
    const loaded = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map((entry) => entry.name)
          .join(" "),
      );
    expect(await loaded()).not.toMatch(/draw-|lab-worker-/);
    await go(page, "#/card/math/controls");
    await drawn(page);
    expect(await loaded()).toMatch(/draw-/);
  });

  it("works below any path, and from a server without a notion of folders", async () => {
    const parent = mkdtempSync(join(tmpdir(), "whetstone-below-"));
    cpSync(folder, join(parent, "deep", "below"), { recursive: true });
    writeFileSync(join(parent, "index.html"), "");
    const below = await serveStudio({ port: 0, root: parent });
    try {
      const page = await open("");
      await page.goto(`${below.url}/deep/below/index.html#/card/math/controls?depth=4`);
      await noted(page, "depth 4");
      await drawn(page);
    } finally {
      await below.close();
      rmSync(parent, { recursive: true });
    }
  });
});

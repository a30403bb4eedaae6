import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { statements } from "../build/math.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { buildStudio } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);
const ODD = fileURLToPath(new URL("fixtures/odd", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = buildStudio(ODD);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("shows its first view with less than 80 KB of script", () => {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const files = new Set([...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((m) => m[1]!));
  expect(files.size).toBeGreaterThan(0);
  let bytes = 0;
  for (const file of files) {
    const code = readFileSync(join(folder, file), "utf8");
    bytes += gzipSync(code).length;
    // Static imports only: what is imported when asked for is not of the first view.
    for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) files.add(`assets/${name}`);
  }
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(80_000);
});

it("parts a formula at its quads, but not inside a group, a bracket or an environment", () => {
  expect(statements(String.raw`a=b,\qquad c\quad\text{at }x`)).toEqual([
    "a=b,",
    "c",
    String.raw`\text{at }x`,
  ]);
  for (const whole of [
    String.raw`\left(a\quad b\right)`,
    String.raw`\text{a \quad b}`,
    String.raw`\begin{cases}a&b\quad c\end{cases}`,
    String.raw`\quadratic \{ a \}`,
  ])
    expect(statements(whole)).toEqual([whole]);
});

describe("the colours of the page", () => {
  const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const TEXT = [
    ...["ink", "ink-2", "link", "good", "bad"].flatMap((c) => [
      [c, "paper"],
      [c, "panel"],
    ]),
    ["ink", "warm"],
    ["ink-2", "warm"],
    ["bad", "warm"],
    ["paper", "accent"],
    ["paper", "bad"],
    ["paper", "broken"],
    ...["keyword", "string", "number", "comment"].map((c) => [`code-${c}`, "panel"]),
  ] as [string, string][];

  it.each(["light", "dark"])("are far enough apart in the %s theme", (name) => {
    const block = new RegExp(`data-theme="${name}"\\] \\{([^}]*)\\}`).exec(css)![1]!;
    const tokens = new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));
    const low = (pairs: readonly [string, string][], least: number) =>
      pairs
        .map(([a, b]) => [a, b, contrast(tokens.get(a)!, tokens.get(b)!)] as const)
        .filter(([, , ratio]) => !(ratio >= least));
    expect(low(TEXT, 4.5)).toEqual([]);
    const lines = [1, 2, 3, 4, 5, 6].map((i) => [`series-${i}`, "paper"] as [string, string]);
    expect(low([...lines, ["accent", "paper"]], 3)).toEqual([]);
  });
});

describe.skipIf(executablePath === null)("when things go wrong in the page", () => {
  let server: StudioServer;
  let browser: Browser;
  const opened: Page[] = [];
  beforeAll(async () => {
    server = await serveStudio({ port: 0, root: folder });
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close();
  });

  async function blank(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    opened.push(page);
    return page;
  }
  const go = (page: Page, hash: string) => page.goto(`${server.url}/?nosw${hash}`);
  async function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await blank(options);
    await go(page, hash);
    return page;
  }
  const noted = (page: Page, text: string) => page.locator(".note", { hasText: text }).waitFor();
  const drawn = (page: Page) => page.locator(".drawing > svg").first().waitFor();
  const run = (page: Page) => page.getByRole("button", { name: "Run", exact: true });
  const slide = (page: Page, value: number) =>
    page.getByRole("slider").evaluate((element, to) => {
      (element as HTMLInputElement).value = String(to);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }, value);

  it("says that the browser refused a worker, and starts one when it may", async () => {
    const page = await blank();
    await page.addInitScript(() => {
      const own = window.Worker;
      window.Worker = class extends own {
        constructor(url: string | URL, options?: WorkerOptions) {
          if (!("workersAllowed" in window))
            throw new DOMException("workers are not allowed here.", "SecurityError");
          super(url, options);
        }
      };
    });
    await go(page, "#/card/math/quiet");
    await page.getByText("refused to start the lab's worker: workers are not allowed here.").waitFor();
    expect(await page.locator(".alert, [role=alert]").textContent()).not.toContain("..");
    await page.evaluate(() => Object.assign(window, { workersAllowed: true }));
    await run(page).click();
    await noted(page, "n is 5");
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it.each([
    ["the lab's code", /lab-worker-/, "The lab could not be loaded", "Run"],
    ["the drawing code", /draw-/, "The code that draws could not be loaded", "Try again"],
    ["the texts of a card", /quiet-/, "This card could not be loaded", "Try again"],
  ])(
    "says that %s did not arrive, and gets it when the connection is back",
    async (_, file, says, button) => {
      const page = await blank();
      const url = new RegExp(`assets/${file.source}`);
      await page.context().route(url, (route) => route.abort());
      await go(page, "#/card/math/quiet");
      await page.getByText(says).waitFor();
      await page.context().unroute(url);
      await page.getByRole("button", { name: button, exact: true }).click();
      await noted(page, "n is 5");
      await drawn(page);
      expect(await page.getByText(says).count()).toBe(0);
    },
  );

  it("puts a sentence in the place of a figure without a finite number, and draws the others", async () => {
    const page = await open("#/card/stats/empty");
    await drawn(page);
    await expect.poll(() => page.getByText(/could not be drawn|nothing to draw/i).count()).toBe(4);
    expect(await page.locator(".drawing > svg").count()).toBe(1);
    expect(await page.locator(".drawing > svg").innerHTML()).not.toMatch(/NaN|Infinity/);
  });

  it("ends a card that holds its worker, at once", async () => {
    const page = await open("#/card/data/block?tenths=600");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled. Run starts again.").waitFor({ timeout: 5000 });
    await slide(page, 2);
    await noted(page, "held for 2");
  });

  it("drops a long run for a newer one, and lets that be cancelled too", async () => {
    const page = await open("#/card/data/block?tenths=600");
    await page.locator("progress").waitFor();
    await slide(page, 599);
    await page.waitForTimeout(1300);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled. Run starts again.").waitFor({ timeout: 5000 });
    await slide(page, 3);
    await noted(page, "held for 3");
  });

  it("shows progress for a run that had to wait for another", async () => {
    const page = await open("#/card/data/block?tenths=3");
    await slide(page, 60);
    await noted(page, "held for 3");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled").waitFor({ timeout: 5000 });
  });

  it("takes no value that the slider does not have, and forgets the notice once a control moves", async () => {
    const page = await open("#/card/math/quiet?n=7.3");
    await noted(page, "n is 5");
    await page.getByText("asked for “n”").waitFor();
    await slide(page, 8);
    await noted(page, "n is 8");
    expect(await page.getByText("asked for").count()).toBe(0);
    await page.evaluate(() => {
      location.hash = "#/card/math/quiet?n=8&colour=red";
    });
    await page.getByText("asked for “colour”").waitFor();
    await noted(page, "n is 8");
  });

  it("moves nothing for a reader who wants no motion", async () => {
    const page = await open("#/card/math/quiet", { reducedMotion: "reduce" });
    await drawn(page);
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          return (
            style.transitionDuration.split(", ").some((d) => d !== "0s") || style.animationName !== "none"
          );
        }).length,
    );
    expect(moving).toBe(0);
  });

  it("prints dark pages on light paper, with the derivation and without controls", async () => {
    const page = await open("#/card/math/quiet", { colorScheme: "dark" });
    await drawn(page);
    const details = page.locator("details.derivation");
    await details.evaluate((element) => (element as HTMLDetailsElement).removeAttribute("open"));
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const [paper, ink] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return [backgroundColor, color].map((c) => Number(/\d+/.exec(c)![0]));
    });
    expect(paper).toBeGreaterThan(200);
    expect(ink).toBeLessThan(80);
    for (const gone of [".controls", ".top", ".code"])
      expect(await page.locator(gone).isVisible()).toBe(false);
    expect(await details.locator("p").isVisible()).toBe(true);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("puts the statements of a formula on lines of their own on a phone, and lets a long one scroll", async () => {
    const lines = async (width: number) => {
      const page = await open("#/card/math/quiet", { viewport: { width, height: 800 } });
      const parts = page.locator(".formula > .katex-display");
      await parts.first().waitFor();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      return parts.evaluateAll((all) => ({
        tops: new Set(all.map((e) => Math.round(e.getBoundingClientRect().top + e.clientHeight / 2))).size,
        scrolls: all.map((e) => e.scrollWidth > e.clientWidth),
      }));
    };
    expect(await lines(1200)).toEqual({ tops: 1, scrolls: [false, false, false] });
    expect(await lines(360)).toEqual({ tops: 2, scrolls: [true, false, false] });
  });
});

import type { BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { axe, executablePath, served } from "./studio-page.ts";

describe.skipIf(executablePath === null)("the interview in a browser", () => {
  const at = served(FIXTURES);
  const opened: { page: Page; complaints: string[] }[] = [];

  afterEach(async () => {
    for (const { page } of opened) await page.context().close();
    const complaints = opened.flatMap((o) => o.complaints);
    opened.length = 0;
    expect(complaints).toEqual([]);
  });

  /** A fresh page; what it prints on the console fails the test. */
  async function open(hash: string, options: BrowserContextOptions = {}, script?: () => void): Promise<Page> {
    const context = await at.browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    if (script) await context.addInitScript(script);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    opened.push({ page, complaints });
    await page.goto(`${at.server.url}/?nosw${hash}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }

  const panel = (page: Page, name: string) => page.getByRole("region", { name });

  it("calculates what the address says, and writes what is entered into the address", async () => {
    const page = await open("#/interview/calculators?kv-cache.tokens=131072&kv-cache.batch=1");
    const cache = panel(page, "KV-cache memory");
    expect(await cache.locator("dd").first().textContent()).toBe("42.9 GB");
    await cache.getByLabel("KV heads").fill("64");
    expect(await cache.locator("dd").first().textContent()).toBe("344 GB");
    await page.reload();
    await expect.poll(() => cache.locator("dd").first().textContent()).toBe("344 GB");
    await cache.getByRole("button", { name: "Reset: KV-cache memory" }).click();
    expect(await page.evaluate(() => location.hash)).toBe("#/interview/calculators");
    expect(await cache.getByLabel("KV heads").inputValue()).toBe("8");
  });

  it("says in a sentence why there is no number, and goes on", async () => {
    const page = await open("#/interview/calculators");
    const queue = panel(page, "Waiting and replicas");
    await queue.getByLabel("Servers").fill("40");
    expect(await queue.getByRole("status").textContent()).toContain("servers is 40, expected more than 40");
    await queue.getByLabel("Servers").fill("45");
    expect(await queue.locator("dd").count()).toBe(4);
  });

  it.each(["light", "dark"] as const)(
    "passes axe in %s colours, and fits narrow windows",
    async (colorScheme) => {
      const page = await open("#/interview/calculators", {
        colorScheme,
        viewport: { width: 360, height: 800 },
      });
      expect(await axe(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    },
  );

  it("keeps a walk through a prompt over a reload, and its clock pauses", async () => {
    const page = await open("#/interview");
    expect(await axe(page)).toEqual([]);
    await page.clock.install();
    await page.getByRole("link", { name: "Payment fraud" }).click();
    const step = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) });
    await page.getByLabel("Clarify: what do you say?").fill("What does a missed fraud cost?");
    await page.clock.runFor(5000);
    await expect.poll(() => step("Clarify").textContent()).toBe("Clarify 0:05");
    await page.getByRole("button", { name: "Pause the clock" }).click();
    await page.clock.runFor(60_000);
    expect(await step("Clarify").textContent()).toBe("Clarify 0:05");
    await step("Serving").click();
    await page.getByRole("button", { name: "Fill in these inputs" }).click();
    expect(await panel(page, "Waiting and replicas").locator("dd").first().textContent()).toBe("50 ");
    expect(await axe(page)).toEqual([]);

    await page.reload();
    await step("Clarify").click();
    expect(await page.getByLabel("Clarify: what do you say?").inputValue()).toContain("missed fraud");
    await step("Review").click();
    expect(await page.getByRole("region", { name: "Clarify" }).textContent()).toContain("missed fraud cost?");
    await page.getByRole("checkbox").first().check();
    for (const [i, fieldset] of (await page.locator("fieldset").all()).entries())
      await fieldset.getByLabel(i === 3 ? "2" : "3", { exact: true }).check();
    await page.getByText("You said 1 of 18 points; your weakest signal is numbers.").waitFor();
    expect(await axe(page)).toEqual([]);
  });

  it("says where the browser keeps nothing, and walks on", async () => {
    const page = await open("#/interview/feed", {}, () => {
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    });
    await page.getByRole("status").getByText("a reload loses what you write").waitFor();
    await page.getByRole("button", { name: "On to metrics" }).click();
    await page.getByLabel("Metrics: what do you say?").waitFor();
  });
});

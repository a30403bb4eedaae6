import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { axe, beyond, executablePath, served } from "./studio-page.ts";

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
      expect(await beyond(page)).toBeLessThanOrEqual(0);
      await page.goto(`${page.url().split("#")[0]}#/interview`);
      await page.getByRole("heading", { name: "System design" }).waitFor();
      expect(await axe(page)).toEqual([]);
      expect(await beyond(page)).toBeLessThanOrEqual(0);
    },
  );

  it("shows by how much added percentiles overstate the sum", async () => {
    const page = await open("#/interview/calculators");
    const latency = panel(page, "Latency budget");
    const figures = Object.fromEntries(
      await latency
        .locator("dl > div")
        .evaluateAll((all) =>
          all.map((row) => [
            row.querySelector("dt")!.textContent,
            Number.parseFloat(row.querySelector("dd")!.textContent!),
          ]),
        ),
    );
    expect(figures).toMatchObject({ "99th percentile": 128, "99th percentiles added": 185, Mean: 65 });
    expect(figures["Off by at most"]).toBeLessThan(1);
    await latency.getByLabel("Limit").fill("128.28");
    await expect.poll(() => latency.locator("dd").last().textContent()).toBe("99 %");
  });

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
    await page.getByRole("button", { name: "Fill in the inputs" }).click();
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
    await page.getByText(/You said 1 of 24 points in .* your weakest signal is numbers\./).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("link", { name: "Interview" }).last().click();
    await page.getByText("1 point said").waitFor();
  });

  it("shows each number in the review beside what was estimated and calculated", async () => {
    const page = await open("#/interview/code-assistant", { viewport: { width: 360, height: 800 } });
    const step = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) });
    await step("Serving").click();
    const estimate = page.getByLabel("Your estimate, before you calculate");
    await estimate.fill("30");
    await page.getByRole("button", { name: "Fill in the inputs" }).click();
    await panel(page, "KV-cache memory").getByLabel("Sequences at once").fill("64");
    await step("Model").click();
    expect(await estimate.inputValue()).toBe("");
    await page.reload();
    await step("Serving").click();
    expect(await estimate.inputValue()).toBe("30");
    await step("Review").click();
    const rows = (name: string) => page.getByRole("region", { name }).locator("dd").allTextContents();
    expect(await rows("Serving")).toEqual([
      "85.9 GB",
      "30 GB, 2.83 times too small",
      "172 GB, within a factor of two, 1.97 times too large",
    ]);
    expect(await rows("Model")).toEqual(["140 GB", "nothing", "nothing"]);
    await page.getByText("328 kB a token").waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axe(page)).toEqual([]);
    }
    expect(await beyond(page)).toBeLessThanOrEqual(0);
    await page
      .getByRole("region", { name: "Serving" })
      .getByRole("link", { name: "KV-cache memory" })
      .click();
    expect(await panel(page, "KV-cache memory").getByLabel("Sequences at once").inputValue()).toBe("32");
  });

  it("asks in the page before it deletes answers, and hands them out first", async () => {
    const page = await open("#/interview/churn");
    const step = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) });
    await page.getByLabel("Clarify: what do you say?").fill("What may an offer cost?");
    await step("Review").click();
    const ask = page.getByRole("button", { name: "Delete them and start again" });
    const question = page.getByRole("region", { name: /Delete your answers/ });
    await ask.click();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Delete them"));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Download them first");
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(file.suggestedFilename()).toBe("whetstone-churn.txt");
    expect(readFileSync(await file.path(), "utf8")).toContain("What may an offer cost?");
    await question.getByRole("status").getByText("whetstone-churn.txt").waitFor();
    await question.getByRole("button", { name: "Keep them" }).click();
    expect(await page.getByRole("region", { name: "Clarify" }).textContent()).toContain("an offer cost?");
    await ask.click();
    await question.getByRole("button", { name: "Delete", exact: true }).click();
    expect(await page.getByLabel("Clarify: what do you say?").inputValue()).toBe("");
    await page.getByRole("status").getByText("Your answers are deleted").waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    await page.reload();
    expect(await page.getByLabel("Clarify: what do you say?").inputValue()).toBe("");
  });

  it("takes over a walk of the first version, once", async () => {
    const page = await open("#/interview/feed", {}, () => {
      if (localStorage.getItem("planted")) return;
      const walk = {
        step: 1,
        notes: ["Who is it for?", "", "", "", "", ""],
        seconds: [75, 0, 0, 0, 0, 0],
        said: [],
        grades: {},
      };
      localStorage.setItem("whetstone.interview.walk.v1.feed", JSON.stringify(walk));
      localStorage.setItem("planted", "yes");
    });
    const clarify = page.getByRole("button", { name: "Clarify 1:15" });
    await clarify.click();
    expect(await page.getByLabel("Clarify: what do you say?").inputValue()).toBe("Who is it for?");
    await page.getByLabel("Clarify: what do you say?").fill("For whom?");
    await page.reload();
    expect(await page.getByLabel("Clarify: what do you say?").inputValue()).toBe("For whom?");
    const keys = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("walk")));
    expect(keys).toEqual(["whetstone.interview.walk.v2.feed"]);
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

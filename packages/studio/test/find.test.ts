import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { errataOf } from "../build/errata-plugin.ts";
import { docsOfCard, docsOfDrill } from "../build/search-plugin.ts";
import { buildIndex, type FindDoc, marked, search, tokenize } from "../src/find/search.ts";
import { plainText, texToWords } from "../src/find/tex.ts";
import { axe, beyond, executablePath, served } from "./studio-page.ts";

describe("a formula as somebody would type it", () => {
  it.each([
    [String.raw`\sigma(z) = \frac{1}{1+e^{-z}}`, "sigma(z) = 1/(1+e^-z)"],
    [String.raw`\frac{a}{b}`, "a/b"],
    [String.raw`\frac ab`, "a/b"],
    [String.raw`\sqrt{x^2+y^2}`, "sqrt(x^2+y^2)"],
    [String.raw`\sqrt[3]{x}`, "sqrt(x)"],
    [String.raw`\dfrac{\sqrt{\frac{a}{b}}}{n}`, "(sqrt(a/b))/n"],
    [String.raw`\binom{n}{k} p^k`, "n choose k p^k"],
    [String.raw`\mathrm{KL}(p\,\|\,q) = \sum_i p_i \log\frac{p_i}{q_i}`, "KL(p | q) = sum_i p_i log p_i/q_i"],
    [String.raw`\hat{\beta} = (X^\top X)^{-1} X^\top y`, "beta = (X^T X)^-1 X^T y"],
    [String.raw`\left(\nabla f\right) \le \infty`, "(gradient f) <= infinity"],
    [String.raw`\begin{aligned} a &= b \\ c &= d \end{aligned}`, "a = b c = d"],
    ["plain x", "plain x"],
  ])("%s is %s", (tex, words) => {
    expect(texToWords(tex).replaceAll(/\s+/g, " ")).toBe(words);
  });

  it("leaves prose between formulas alone", () => {
    expect(plainText("The rate is $\\frac{1}{n}$, `n` rows.")).toBe("The rate is 1/n, n rows.");
  });
});

describe("the search", () => {
  const doc = (kind: FindDoc["kind"], title: string, text: string, more = ""): FindDoc => ({
    kind,
    title,
    text,
    href: `#/${title}`,
    more,
  });
  const index = buildIndex([
    doc("card", "Ridge shrinks", "How does an L2 penalty act?", "beta = (X^T X + lambda I)^-1 X^T y"),
    doc(
      "card",
      "The logistic function",
      "What is its slope?",
      texToWords(String.raw`\sigma(z)=\frac{1}{1+e^{-z}}`),
    ),
    doc("api", "RidgeCV", "Ridge regression that chooses its strength."),
    doc("api", "LogisticRegression", "A linear classifier."),
    doc("claim", "The p-value is P(H0)", "It is not.", "claim-a-019"),
    doc("question", "Why standardise before a ridge?", "The penalty depends on units."),
  ]);
  const titles = (query: string) => search(index, query).flatMap(([, hits]) => hits.map((h) => h.title));

  it("forgives a slip of the keyboard and half a word, in groups by kind", () => {
    expect(search(index, "rigde").map(([kind]) => kind)).toContain("api");
    expect(titles("ridg regresion")[0]).toBe("RidgeCV");
    expect(titles("logis").sort()).toEqual(["LogisticRegression", "The logistic function"]);
    expect(titles("cv")).toEqual(["RidgeCV"]);
    expect(titles("xyzzyx")).toEqual([]);
    expect(titles("  ")).toEqual([]);
  });

  it("finds formulas typed as text or as TeX, and claims by their id", () => {
    expect(titles("sigma")[0]).toBe("The logistic function");
    expect(titles(String.raw`\frac{1}{1+e^{-z}}`)[0]).toBe("The logistic function");
    expect(titles("claim-a-019")[0]).toBe("The p-value is P(H0)");
  });

  it("reads names by their parts and marks the words that were met", () => {
    expect(tokenize("HistGradientBoosting kNN RidgeCV")).toEqual([
      ...["HistGradientBoosting", "Hist", "Gradient", "Boosting", "kNN", "k", "NN", "RidgeCV", "Ridge", "CV"],
    ]);
    expect(marked("RidgeCV and porridge", ["ridge", "cv"])).toEqual([
      { text: "RidgeCV", on: true },
      { text: " and porridge", on: false },
    ]);
  });

  it("knows a card's claims, and never gives a prediction away", () => {
    const card = {
      ...{ id: "stats/p", title: "T", formula: "p", ask: "?", answer: "a", pitfall: "b", covers: [] },
      ...{ errata: [{ claim: "claim-x-1", claimed: "$\\sigma$ is 1", truth: "No" }], verifiedAgainst: [] },
      ...{ level: "easy" as const, whenNot: "", followUps: [], derivation: "" },
      ...{ budget: "quick" as const, controls: {}, run: () => undefined },
    };
    expect(docsOfCard(card).map((d) => [d.kind, d.title, d.href])).toEqual([
      ["card", "T", "#/card/stats/p"],
      ["claim", "sigma is 1", "#/errata?claim=claim-x-1"],
    ]);
    expect(errataOf([card])).toMatchObject([{ claim: "claim-x-1", chapter: "stats", card: "stats/p" }]);
    const item = { card: "stats/p", level: "easy" as const, ask: "How many?" };
    expect(
      docsOfDrill([
        { ...item, kind: "prediction", id: "p-1", controls: {}, check: "c" },
        { ...item, kind: "formula", id: "f-1", formula: "a = \\gap", missing: "\\frac{b}{c}" },
      ]).map((d) => d.text),
    ).toEqual(["a = b/c"]);
  });
});

describe.skipIf(executablePath === null)("find and errata in a browser", () => {
  const at = served();
  const open = async (hash = "", options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await at.browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(`${at.server.url}/?nosw${hash}`);
    await page.locator("main > *").first().waitFor();
    return page;
  };
  const box = (page: Page) => page.getByRole("combobox");
  const options = (page: Page) => page.getByRole("option");
  const ready = (page: Page) => expect.poll(() => options(page).count()).toBeGreaterThan(0);

  it("opens by / and Ctrl+K and the button, closes by Esc, and gives the focus back", async () => {
    const page = await open();
    const button = page.getByRole("button", { name: "Search" });
    expect(
      await page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map((e) => e.name)
          .join(),
      ),
    ).not.toMatch(/palette|search/);
    for (const way of [
      () => page.keyboard.press("/"),
      () => page.keyboard.press("Control+k"),
      () => page.keyboard.press("Enter"),
    ]) {
      await button.focus();
      await way();
      await box(page).waitFor();
      expect(await box(page).evaluate((e) => e === document.activeElement)).toBe(true);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
      await expect.poll(() => button.evaluate((e) => e === document.activeElement)).toBe(true);
    }
    await page.context().close();
  });

  it("does not take / from a field one types in", async () => {
    const page = await open("#/card/stats/p-value");
    const seed = page.locator(".seed input");
    await seed.focus();
    await page.keyboard.press("/");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.context().close();
  });

  it("moves by arrows, opens by Enter, and remembers what was opened", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await box(page).fill("RidgeCV");
    await ready(page);
    expect(await box(page).getAttribute("aria-activedescendant")).toBe("find-0");
    expect(await options(page).first().getAttribute("aria-selected")).toBe("true");
    expect(await options(page).first().locator("mark").first().textContent()).toMatch(/Ridge/);
    await page.keyboard.press("ArrowDown");
    expect(await box(page).getAttribute("aria-activedescendant")).toBe("find-1");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/api/linear/RidgeCV");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.locator("#main").press("Control+k");
    await ready(page);
    expect(await options(page).first().textContent()).toContain("RidgeCV");
    expect(await page.locator(".find-list p").first().textContent()).toBe("Opened before");
    await page.context().close();
  });

  it("finds cards, names and claims, offline, and works where nothing can be stored", async () => {
    const page = await open();
    await page.evaluate(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new Error("blocked");
        },
      });
    });
    await page.keyboard.press("/");
    await box(page).fill("a");
    await ready(page);
    await page.context().setOffline(true);
    for (const [query, kind] of [
      ["sigmod derivative", "Cards"],
      ["softmax", "API"],
      ["p-value observation", "Claims that do not hold"],
    ] as const) {
      await box(page).fill(query);
      await expect
        .poll(() => page.locator(".find-list [role=group] > p").allTextContents(), { message: query })
        .toContain(kind);
    }
    await box(page).fill("claim-a-019");
    await page.getByRole("group", { name: "Claims that do not hold" }).getByRole("option").first().click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/errata?claim=claim-a-019");
    await page.context().close();
  });

  it("lists every claim that does not hold, by chapter, each with its own address", async () => {
    const page = await open("#/errata");
    const articles = page.locator(".errata-entry");
    await articles.first().waitFor();
    const all = await articles.count();
    expect(all).toBeGreaterThan(30);
    expect(await page.locator(".lead").textContent()).toContain(`${all} claims that circulate`);
    const filter = page.getByRole("navigation", { name: "Chapters with errata" });
    await filter.getByRole("link", { name: /^Statistics/ }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/errata/stats");
    await expect.poll(() => articles.count()).toBeLessThan(all);
    expect(await filter.locator("[aria-current=page] small").textContent()).toBe(
      String(await articles.count()),
    );
    await page.context().close();
  });

  it("scrolls to the claim of the address, copies its link, and runs its experiment", async () => {
    const page = await open("#/errata?claim=claim-a-019", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const claim = page.locator("[data-claim=claim-a-019]");
    await expect.poll(() => claim.getAttribute("aria-current")).toBe("true");
    await expect
      .poll(() =>
        claim.evaluate(
          (e) => e.getBoundingClientRect().top > 0 && e.getBoundingClientRect().bottom < innerHeight,
        ),
      )
      .toBe(true);
    await claim.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(() => claim.getByRole("status").first().textContent()).toBe("Link copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${at.server.url}/?nosw#/errata?claim=claim-a-019`,
    );
    await claim.getByRole("button", { name: "Run the experiment" }).click();
    await claim.locator(".checks").waitFor();
    expect(await claim.locator(".checks li.broken").count()).toBe(0);
    expect(await claim.locator(".checks li.held").count()).toBeGreaterThan(0);
    await expect.poll(() => claim.locator(".drawing svg, table").count()).toBeGreaterThan(0);
    await page.context().close();
  });

  it("says which claim or chapter has no errata", async () => {
    const page = await open("#/errata?claim=claim-z-999");
    await expect.poll(() => page.locator(".notice").textContent()).toContain("No claim “claim-z-999”");
    await page.evaluate(() => {
      location.hash = "#/errata/nowhere";
    });
    await expect.poll(() => page.locator(".notice").textContent()).toContain("No card of “nowhere”");
    await page.context().close();
  });

  it.each(["light", "dark"] as const)("is clean for axe-core and fits a phone, %s", async (colorScheme) => {
    const page = await open("#/errata/stats", { colorScheme, viewport: { width: 360, height: 800 } });
    await page.locator(".errata-entry").first().waitFor();
    await page.getByRole("button", { name: "Run the experiment" }).first().click();
    await page.locator(".checks").first().waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await beyond(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Search" }).click();
    await box(page).fill("ridge");
    await ready(page);
    expect(await axe(page)).toEqual([]);
    expect(await beyond(page)).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});

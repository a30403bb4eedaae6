import { describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { axe, executablePath, served } from "./studio-page.ts";

describe.skipIf(executablePath === null)("for every reader", () => {
  const at = served(FIXTURES);

  const PAGES: readonly [string, string, string][] = [
    ["home", "#/", ".map"],
    ["a chapter", "#/chapter/math", ".gallery svg"],
    ["a card", "#/card/math/controls", ".drawing svg"],
    ["a card with every mark", "#/card/math/marks", ".drawing svg"],
    ["a card whose check fails", "#/card/math/fails", ".checks li"],
    ["errata", "#/errata", "main h1"],
    ["the reference", "#/api", "main h1"],
    ["print", "#/print", "main h1"],
    ["an unknown page", "#/nowhere", "main h1"],
    ["an unknown card", "#/card/math/nothing", "main h1"],
  ];

  it.each(["light", "dark"] as const)("axe finds nothing on any kind of page, %s", async (colorScheme) => {
    const page = await (
      await at.browser.newContext({ colorScheme, viewport: { width: 1200, height: 900 } })
    ).newPage();
    await page.goto(`${at.server.url}/?nosw`);
    const problems: string[] = [];
    for (const [kind, hash, shown] of PAGES) {
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
      await page.locator(shown).first().waitFor();
      problems.push(...(await axe(page)).map((v) => `${kind}: ${v}`));
    }
    await page.context().close();
    expect(problems).toEqual([]);
  });

  it.each(["light", "dark"] as const)(
    "axe finds nothing while a card is compared, given a table and edited, %s",
    async (colorScheme) => {
      const page = await (
        await at.browser.newContext({ colorScheme, viewport: { width: 1200, height: 900 } })
      ).newPage();
      await page.goto(`${at.server.url}/?nosw#/card/math/controls?vs`);
      await expect.poll(() => page.locator(".checks").count()).toBe(2);
      await page.getByText("Your own table").first().click();
      await page.getByRole("textbox").first().fill("a,b,kind\n1,2,x\n2,1,y\n3,3,x");
      expect(await axe(page), "compared").toEqual([]);
      await page.goto(`${at.server.url}/?nosw#/card/math/controls/code`);
      await page.getByRole("button", { name: "Edit" }).click();
      await page.locator(".cm-content").waitFor();
      expect(await axe(page), "edited").toEqual([]);
      await page.context().close();
    },
  );

  it("axe finds nothing on a phone with its menu open", async () => {
    const page = await (await at.browser.newContext({ viewport: { width: 390, height: 800 } })).newPage();
    await page.goto(`${at.server.url}/?nosw#/card/math/controls`);
    await page.locator(".checks li").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("button", { name: "Menu" }).click();
    expect(await axe(page)).toEqual([]);
    await page.context().close();
  });

  it("is browsed from home to a card by the keyboard alone", async () => {
    const page = await (await at.browser.newContext({ viewport: { width: 1200, height: 900 } })).newPage();
    await page.goto(`${at.server.url}/?nosw`);
    await page.locator(".map").waitFor();
    const reach = async (wanted: RegExp) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        const { name, outline } = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          return {
            name: element.getAttribute("aria-label") ?? element.textContent ?? "",
            outline: getComputedStyle(element).outlineStyle,
          };
        });
        expect(outline, `focus is seen on “${name}”`).not.toBe("none");
        if (wanted.test(name)) return;
      }
      throw new Error(`${wanted} is not reached by Tab`);
    };
    const arrived = async (title: string) => {
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
    };
    await reach(/^Chapters/);
    await page.keyboard.press("Enter");
    await reach(/^Statistics/);
    await page.keyboard.press("Enter");
    await arrived("Statistics");
    await reach(/A costly card/);
    await page.keyboard.press("Enter");
    await arrived("A costly card");
    await page.getByRole("navigation", { name: "Depth" }).waitFor();
    await reach(/^Code$/);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("details.code").getAttribute("open")).not.toBeNull();
    await page.context().close();
  });

  it("moves nothing in the gallery for a reader who wants no motion", async () => {
    const page = await (await at.browser.newContext({ reducedMotion: "reduce" })).newPage();
    await page.goto(`${at.server.url}/?nosw#/chapter/math`);
    await page.locator(".gallery svg").first().waitFor();
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          const slow = style.transitionDuration.split(", ").some((d) => d !== "0s");
          return slow || style.animationName !== "none";
        }).length,
    );
    expect(moving).toBe(0);
    await page.context().close();
  });
});

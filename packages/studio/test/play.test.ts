import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { FIXTURES } from "./studio-build.ts";
import { executablePath, served } from "./studio-page.ts";

describe.skipIf(executablePath === null)("play", () => {
  const at = served(FIXTURES);
  let page: Page;
  const complaints: string[] = [];

  afterEach(async () => {
    await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(hash: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await at.browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(`${at.server.url}/?nosw${hash}`);
    await page.locator(".drawing > svg").first().waitFor();
    return page;
  }
  const depth = () => page.getByRole("slider", { name: "depth" });
  const depthOf = async () => Number(await depth().first().inputValue());

  it("saves a figure as an SVG that stands alone, and as a PNG of twice the size", async () => {
    await open("#/card/math/marks");
    await expect.poll(() => page.getByRole("button", { name: /as SVG$/ }).count()).toBe(6);
    // One after the other: there is one mouse.
    const files: Buffer[] = [];
    for (const kind of ["SVG", "PNG"]) {
      const coming = page.waitForEvent("download", (d) => d.suggestedFilename().endsWith(kind.toLowerCase()));
      await page
        .getByRole("button", { name: new RegExp(`as ${kind}$`) })
        .first()
        .click();
      files.push(readFileSync(await (await coming).path()));
    }
    const svg = files[0]!.toString();
    expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|currentColor|<style|class=/);
    expect(svg).toContain("<desc>");
    const [width, height] = ["width", "height"].map((side) => Number(svg.match(`${side}="([\\d.]+)"`)![1]));
    const png = files[1]!;
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      Math.floor(2 * width!),
      Math.floor(2 * height!),
    ]);
  });

  it("saves a field as shapes, with its colours and the values they stand for", async () => {
    await open("#/card/math/marks");
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download “A field” as SVG" }).click();
    const file = readFileSync(await (await coming).path());
    const svg = file.toString();
    expect(svg).not.toContain("<image");
    expect(file.length).toBeLessThan(60_000);
    expect(svg).toMatch(/<linearGradient id="ramp">(<stop [^>]*\/>){3}<\/linearGradient>/);
    expect(svg).toMatch(/>−3\.\d+<\/text><rect[^>]*fill="url\(#ramp\)"[^>]*\/><text[^>]*>3\.\d+</);
    // a² − b² is high at the right and left, low above and below, and between them in the corners.
    const far = await page.evaluate(async (text) => {
      const image = new Image();
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const drawn = new DOMParser().parseFromString(text, "image/svg+xml");
      const group = drawn.querySelector("g[fill-rule]")!;
      const [x, y, w, h] = group
        .getAttribute("transform")!
        .match(/-?[\d.]+/g)!
        .map(Number);
      const body = drawn.querySelector("svg > svg")!;
      const size = 60 * 32;
      const at = (a: number, b: number) => {
        const px = Number(body.getAttribute("x")) + x! + w! * size * a;
        const py = Number(body.getAttribute("y")) + y! + h! * size * b;
        return [...context.getImageData(Math.round(px), Math.round(py), 1, 1).data.subarray(0, 3)];
      };
      const token = (name: string) => {
        const n = Number.parseInt(
          getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1),
          16,
        );
        return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
      };
      const apart = (p: number[], q: number[]) => Math.max(...p.map((v, i) => Math.abs(v - q[i]!)));
      return [
        apart(at(0.98, 0.52), token("--field-high")),
        apart(at(0.02, 0.52), token("--field-high")),
        apart(at(0.52, 0.98), token("--field-low")),
        apart(at(0.52, 0.02), token("--field-low")),
        apart(at(0.9, 0.85), token("--paper")),
      ];
    }, svg);
    for (const distance of far) expect(distance).toBeLessThan(45);
  });

  it("copies the link of the experiment, and its code as a file with its settings", async () => {
    await open("#/card/math/controls?depth=7&seed=4");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Link copied").waitFor();
    expect(await clipboard()).toMatch(/#\/card\/math\/controls\?depth=7&seed=4$/);
    await page.getByText("The code of the experiment").click();
    await page.getByRole("button", { name: "Copy as TypeScript file" }).click();
    await page.getByText("Copied as a file").waitFor();
    expect(await clipboard()).toMatch(/"depth": 7[\s\S]*"seed": 4/);
  });

  it("plays a slider to its end, each frame after the run before it, and steps and goes back", async () => {
    await open("#/card/math/controls?depth=34");
    await page.getByRole("button", { name: "Play" }).press("Enter");
    await expect.poll(() => page.getByRole("button", { name: "Pause" }).count()).toBe(1);
    await expect.poll(depthOf, { timeout: 5000 }).toBe(40);
    await page.getByRole("button", { name: "Play" }).waitFor();
    await expect.poll(() => page.locator(".note").textContent()).toContain("depth 40");
    expect(await page.getByRole("button", { name: "Step" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "To start" }).click();
    expect(await depthOf()).toBe(1);
    await page.getByRole("button", { name: "Step" }).click();
    expect(await depthOf()).toBe(2);
  });

  it("pauses when another control moves, and when the tab is hidden", async () => {
    await open("#/card/math/controls?depth=1");
    const play = page.getByRole("button", { name: "Play" });
    await play.click();
    await page.getByLabel("add noise").check();
    await play.waitFor();
    await play.click();
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await play.waitFor();
    expect(await depthOf()).toBeLessThan(20);
  });

  it("shows fewer than two frames a second to a reader who wants little motion", async () => {
    await open("#/card/math/controls?depth=1", { reducedMotion: "reduce" });
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(2000);
    const reached = await depthOf();
    expect(reached).toBeGreaterThan(1);
    expect(reached).toBeLessThanOrEqual(4);
  });

  it.each([1200, 360])("compares two settings in a window %i pixels wide", async (width) => {
    await open("#/card/math/controls?depth=5", { viewport: { width, height: 900 } });
    await page.getByRole("button", { name: "Compare" }).click();
    await expect.poll(() => page.locator(".note").count()).toBe(2);
    const second = page.getByRole("region", { name: "Lab B" });
    await second.getByRole("slider", { name: "depth" }).fill("8");
    await expect.poll(() => page.locator(".differs").count()).toBe(2);
    await expect.poll(() => second.locator(".note").textContent()).toContain("depth 8");
    await expect
      .poll(() => page.evaluate(() => location.hash))
      .toBe("#/card/math/controls?depth=5&vs.depth=8");
    const boxes = await Promise.all(
      ["A", "B"].map((l) => page.getByRole("region", { name: `Lab ${l}` }).boundingBox()),
    );
    const beside = boxes[1]!.x > boxes[0]!.x;
    expect(beside).toBe(width > 1000);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.reload();
    await expect
      .poll(() => page.locator(".note").allTextContents())
      .toEqual([expect.stringContaining("depth 5"), expect.stringContaining("depth 8")]);
    await page.getByRole("button", { name: "Close comparison" }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/card/math/controls?depth=5");
    expect(await page.getByRole("region", { name: "Lab" }).count()).toBe(1);
  });

  it("runs edited code, says where it fails, and goes back to the card", async () => {
    await open("#/card/math/controls?depth=5");
    await page.getByText("The code of the experiment").click();
    await page.getByRole("button", { name: "Edit" }).click();
    const editor = page.getByRole("textbox", { name: "Code of the experiment" });
    await editor.waitFor();
    const write = async (code: string) => {
      await editor.press("ControlOrMeta+a");
      await page.keyboard.insertText(code);
      await page.getByRole("button", { name: "Run edited code" }).click();
    };
    const head = `import { card } from "@whetstone/sheet";
import { svd, Matrix } from "whetstone/math";
const twice = (v: number): number => 2 * v;
`;
    const body = (lines: string) =>
      `${head}export default card({ controls: {}, run(lab) {\n${lines}\n} } as never);\n`;
    await write(
      body(
        'lab.note("edited: " + twice(svd(Matrix.from([[3]])).s[0]!)); lab.check("own", 1, { equals: 1 });',
      ),
    );
    await expect.poll(() => page.locator(".note").textContent()).toBe("edited: 6");
    await page.getByText("Edited code; its checks are yours.").waitFor();
    const alert = page.getByRole("alert");
    await write(body('const nothing = null;\nthrow new Error("on purpose");'));
    await expect.poll(() => alert.textContent()).toContain("line 6: on purpose");
    await write(`${head}const = 3;`);
    await expect.poll(() => alert.textContent()).toMatch(/line 4: .*[Uu]nexpected token/);
    await write('import fs from "node:fs";\nfs.readFileSync("x");');
    await expect.poll(() => alert.textContent()).toContain("there is no “node:fs” here");
    await write(body("for (;;);"));
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect.poll(() => alert.textContent()).toContain("Cancelled");
    await page.getByRole("button", { name: "Restore the code" }).click();
    await expect.poll(() => page.locator(".note").textContent()).toContain("depth 5");
    expect(await page.getByText("Edited code").count()).toBe(0);
  });

  it("takes its controls from edited code, and the card's own again when it is restored", async () => {
    await open("#/card/math/controls?depth=5");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByText("The code of the experiment").click();
    await page.getByRole("button", { name: "Edit" }).click();
    const editor = page.getByRole("textbox", { name: "Code of the experiment" });
    await editor.waitFor();
    const write = async (controls: string) => {
      await editor.press("ControlOrMeta+a");
      await page.keyboard.insertText(`import { card, choice, slider } from "@whetstone/sheet";
export default card({ controls: ${controls}, run(lab, values) {
  lab.note("edited: " + JSON.stringify(values)); lab.check("own", 1, { equals: 1 });
} } as never);`);
      await page.getByRole("button", { name: "Run edited code" }).click();
    };
    const note = () => page.locator(".note").textContent();
    await write('{ depth: slider(1, 9, 2, { label: "levels" }), kind: choice(["cat", "dog"], "cat") }');
    // What stood where the new control can stand stays.
    await expect.poll(note).toBe('edited: {"depth":5,"kind":"cat"}');
    const levels = page.getByRole("slider", { name: "levels" });
    await expect.poll(() => levels.count()).toBe(1);
    expect(await levels.getAttribute("max")).toBe("9");
    expect(await page.getByRole("slider", { name: "rate" }).count()).toBe(0);
    await page.getByText("Its controls are not part of the link.").waitFor();
    await levels.fill("8");
    await page.getByRole("radio", { name: "dog" }).check({ force: true });
    await expect.poll(note).toBe('edited: {"depth":8,"kind":"dog"}');
    expect(await page.evaluate(() => location.hash)).toBe("#/card/math/controls?depth=5");
    await page.getByRole("button", { name: "Copy as TypeScript file" }).click();
    await page.getByText("Copied as a file").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/"depth": 8,\s*"kind": "dog"/);
    await write('{ depth: { kind: "slider", min: 3, max: 1 } }');
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toContain("the control “depth” is not one that slider, choice, toggle or dataset makes");
    await page.getByRole("button", { name: "Restore the code" }).click();
    await expect.poll(note).toContain("ran with depth 5, rate 0.1");
    expect(await depthOf()).toBe(5);
    expect(await page.getByRole("slider", { name: "rate" }).count()).toBe(1);
    expect(await levels.count()).toBe(0);
  });

  it("does not show on a table what shapes only simulated data", async () => {
    await open("#/card/math/controls?noise=true");
    const noise = page.getByLabel("add noise");
    expect(await noise.isChecked()).toBe(true);
    await page.getByLabel("data", { exact: true }).selectOption("iris");
    await page
      .getByText("Not shown on a table, where they change nothing: “add noise” and the seed.")
      .waitFor();
    expect(await noise.count()).toBe(0);
    expect(await page.getByLabel("seed", { exact: true }).count()).toBe(0);
    await page.getByLabel("data", { exact: true }).selectOption("simulated");
    expect(await noise.isChecked()).toBe(true);
    expect(await page.getByText("Not shown on a table").count()).toBe(0);
  });

  it("runs on a bundled table, and on a reader's own by paste and by file", async () => {
    await open("#/card/math/controls?data=iris");
    const data = () => page.locator(".note").nth(1);
    await expect.poll(() => data().textContent()).toBe("data iris: 150 by 4, species, own false");
    await page.getByText("Your own table").click();
    expect(await page.locator(".drop").textContent()).toContain("never leaves your machine");
    const table = `a,b,kind\n${Array.from({ length: 30 }, (_, i) => `${i},${i * i},${i % 2 ? "x" : "y"}`).join("\n")}`;
    await page.getByLabel("Rows to paste").fill(table);
    await page.getByRole("button", { name: "Use these rows" }).click();
    await expect.poll(() => data().textContent()).toBe("data pasted rows: 30 by 2, kind, own true");
    // Not in the link.
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/card/math/controls");
    const give = (name: string, content: string | Buffer) =>
      page.getByLabel("CSV file").setInputFiles({
        name,
        mimeType: "text/csv",
        buffer: Buffer.from(content),
      });
    for (const [name, content, why] of [
      ["empty.csv", "", "empty"],
      ["picture.png", Buffer.from([137, 80, 78, 71, 0, 0, 1]), "binary"],
      ["one.csv", "a\n1\n2\n", "one column"],
    ] as const) {
      await give(name, content);
      await expect.poll(() => page.getByRole("alert").textContent()).toContain(`“${name}” is not used.`);
      expect(await page.getByRole("alert").textContent()).toContain(why);
      expect(await data().textContent()).toContain("pasted rows");
    }
    await give("mine.csv", table.replaceAll("kind", "sort"));
    await expect.poll(() => data().textContent()).toBe("data mine.csv: 30 by 2, sort, own true");
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

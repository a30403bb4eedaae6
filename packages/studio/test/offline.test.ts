import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from "../../../test/chromium.ts";
import { type StudioServer, serveStudio } from "../server/index.js";
import { buildStudio, FIXTURES } from "./studio-build.ts";

const executablePath = findChromium();
if (executablePath === null) console.warn(NO_CHROMIUM);
const ODD = fileURLToPath(new URL("fixtures/odd", import.meta.url));

describe.skipIf(executablePath === null)("the studio without a network, and across versions", () => {
  let first: string;
  let second: string;
  let site: string;
  let server: StudioServer;
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    first = buildStudio(ODD);
    second = buildStudio(FIXTURES);
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    for (const folder of [first, second]) if (folder) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    site = mkdtempSync(join(tmpdir(), "whetstone-site-"));
    publish(first);
    server = await serveStudio({ port: 0, root: site });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    await server.close();
    rmSync(site, { recursive: true, force: true });
  });

  /** Puts a build below `/below/` of the site, in place of the one there. */
  function publish(build: string) {
    rmSync(join(site, "below"), { recursive: true, force: true });
    cpSync(build, join(site, "below"), { recursive: true });
    // The server wants a page at its root.
    cpSync(join(build, "index.html"), join(site, "index.html"));
  }
  async function fresh(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
    contexts.push(context);
    return context;
  }
  async function open(context: BrowserContext, hash = "", search = ""): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${server.url}/below/${search}${hash}`);
    return page;
  }
  const foot = (page: Page) => expect.poll(() => page.locator(".kept").textContent());
  const go = (page: Page, hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const noted = (page: Page, text: string) => page.locator(".note", { hasText: text }).waitFor();
  const newer = (page: Page) => page.locator(".newer", { hasText: "A new version is ready" }).waitFor();
  const reload = (page: Page) => page.locator(".newer").getByRole("button", { name: "Reload" }).click();
  const home = (page: Page) => page.locator(".map").waitFor();
  const buildOf = (folder: string) =>
    /name="build" content="(\w+)"/.exec(readFileSync(join(folder, "index.html"), "utf8"))![1]!;
  /** Which build a page is of; empty while it is on its way. */
  const shown = (page: Page) =>
    page
      .evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=build]")?.content ?? "")
      .catch(() => "");
  const becomes = (page: Page, folder: string) => expect.poll(() => shown(page)).toBe(buildOf(folder));
  const cacheNames = (page: Page) => page.evaluate(() => caches.keys());

  it("works whole after the first visit: a reload, a card never opened before, its lab", async () => {
    const context = await fresh();
    const page = await open(context);
    await foot(page).toBe("Ready offline");
    await server.close();
    await page.reload();
    await home(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await go(page, "#/card/math/quiet");
    await noted(page, "n is 5");
    await page.locator(".drawing > svg").first().waitFor();
    expect(
      await page.evaluate(() => document.fonts.load("16px KaTeX_Main").then((fonts) => fonts.length)),
    ).toBeGreaterThan(0);
    const other = await open(context, "#/card/math/quiet?n=8");
    await noted(other, "n is 8");
    await foot(other).toBe("Ready offline");
  });

  it("gives threads, after a reload, to a page whose server sends no headers", async () => {
    await server.close();
    publish(second);
    server = await serveStudio({ port: 0, root: site, isolated: false });
    const page = await open(await fresh(), "#/card/data/threads");
    await noted(page, "threads 1");
    await page.getByRole("button", { name: "Reload for threads" }).click();
    await noted(page, "threads 2");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it("can be installed", async () => {
    const page = await open(await fresh());
    await foot(page).toBe("Ready offline");
    const session = await page.context().newCDPSession(page);
    const { errors, url, data } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    expect(url).toBe(`${server.url}/below/manifest.webmanifest`);
    const { icons } = JSON.parse(data!) as { icons: { src: string; sizes: string; type: string }[] };
    for (const { src, sizes, type } of icons) {
      const response = await page.request.get(`${server.url}/below/${src}`);
      expect(response.headers()["content-type"]).toBe(type);
      if (sizes === "any") continue;
      const size = await page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      expect(size).toBe(sizes);
    }
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A context of a test is a private window; that alone keeps it from being installed here.
    expect(installabilityErrors.map((error) => error.errorId).filter((id) => id !== "in-incognito")).toEqual(
      [],
    );
  });

  it("keeps the rest when one file does not come, and gets that one later", async () => {
    const assets = join(site, "below/assets");
    const one = readdirSync(assets).find((name) => name.startsWith("draw-"))!;
    renameSync(join(assets, one), join(site, one));
    const page = await open(await fresh());
    await foot(page).toMatch(/^Ready offline but for 1 of \d+ files/);
    renameSync(join(site, one), join(assets, one));
    await page.waitForTimeout(1100);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await foot(page).toBe("Ready offline");
  });

  it("offers a new version, takes it when told to, and then removes what it kept of the old one", async () => {
    const page = await open(await fresh());
    await foot(page).toBe("Ready offline");
    const [old] = await cacheNames(page);
    publish(second);
    await page.reload();
    await becomes(page, first);
    await newer(page);
    await reload(page);
    await becomes(page, second);
    await foot(page).toBe("Ready offline");
    const left = await cacheNames(page);
    expect(left.length).toBe(1);
    expect(left).not.toContain(old);
    expect(await page.locator(".newer button").count()).toBe(0);
  });

  it("tells the other tab too, whose own version goes on until it is reloaded", async () => {
    const context = await fresh();
    const a = await open(context);
    const b = await open(context, "#/card/math/quiet");
    await noted(b, "n is 5");
    await foot(a).toBe("Ready offline");
    await foot(b).toBe("Ready offline");
    publish(second);
    await a.reload();
    await newer(a);
    await reload(a);
    await newer(b);
    await b.getByRole("slider").press("ArrowRight");
    await noted(b, "n is 6");
    await becomes(a, second);
    await foot(a).toBe("Ready offline");
    // What it has not loaded yet is gone from the server and from the browser: said in a sentence.
    await go(b, "#/card/stats/empty");
    await b
      .getByText(/could not be loaded|No longer/)
      .first()
      .waitFor();
    await reload(b);
    await becomes(b, second);
    await go(b, "#/card/math/marks");
    await b.getByRole("heading", { level: 1, name: "Every mark on every axis" }).waitFor();
  });

  it("says that its parts are gone from the server where no copy was kept", async () => {
    const page = await open(await fresh(), "", "?nosw");
    await home(page);
    publish(second);
    await go(page, "#/card/math/quiet");
    await page.getByText("parts of this one are no longer on the server").waitFor();
    await go(page, "#/");
    await reload(page);
    await becomes(page, second);
  });

  it("says so when the lab's code is gone from the server", async () => {
    const page = await open(await fresh(), "", "?nosw");
    await home(page);
    const kept = join(site, "below/assets");
    for (const name of readdirSync(kept).filter((name) => name.startsWith("lab-worker")))
      rmSync(join(kept, name));
    cpSync(join(second, "index.html"), join(site, "below/index.html"));
    await go(page, "#/card/math/quiet");
    await newer(page);
    await page.getByRole("alert").waitFor();
  });

  it("says that storage is full, and goes on", async () => {
    const context = await fresh();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: 30_000 });
    await page.goto(`${server.url}/below/#/card/math/quiet`);
    await foot(page).toBe("Not kept for offline use: the browser's storage is full.");
    await page.reload();
    await noted(page, "n is 5");
  });

  it("says that the browser does not allow it, and goes on", async () => {
    const context = await fresh();
    await context.addInitScript(() => {
      ServiceWorkerContainer.prototype.register = () =>
        Promise.reject(new DOMException("blocked", "SecurityError"));
    });
    const page = await open(context, "#/card/math/quiet");
    await noted(page, "n is 5");
    await foot(page).toBe("Not kept for offline use: the browser does not allow it.");
  });

  it("says in one sentence why a page stopped, and the other pages go on", async () => {
    const context = await fresh();
    await context.route(/assets\/quiet-/, (route) =>
      route.fulfill({ contentType: "text/javascript", body: "export default {};" }),
    );
    const page = await open(context, "#/card/math/quiet", "?nosw");
    await page.getByRole("alert").filter({ hasText: "This page stopped: " }).waitFor();
    await go(page, "#/chapter/math");
    await page.locator(".gallery").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StudioServer, serveStudio } from "../server/index.js";

describe("the studio's server", () => {
  let folder: string;
  let server: StudioServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "whetstone-server-"));
    const root = join(folder, "studio");
    mkdirSync(join(root, "assets"), { recursive: true });
    writeFileSync(join(folder, "secret.txt"), "secret");
    writeFileSync(join(root, "index.html"), "<!doctype html>");
    for (const name of ["a.js", "b.css", "c.woff2", "d e.svg"])
      writeFileSync(join(root, "assets", name), name);
    server = await serveStudio({ port: 0, root });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** A request as it is written, without a client's tidying of the path. */
  const raw = (path: string, method = "GET") =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ host: "127.0.0.1", port: server.port, path, method }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode!, body }));
      })
        .on("error", reject)
        .end();
    });

  it("sends the page with the headers that allow threads, and asks to be asked again", async () => {
    const response = await fetch(`${server.url}/`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    });
  });

  it.each([
    ["a.js", "text/javascript; charset=utf-8"],
    ["b.css", "text/css; charset=utf-8"],
    ["c.woff2", "font/woff2"],
    ["d%20e.svg", "image/svg+xml"],
  ])("sends %s as %s, to be kept", async (name, type) => {
    const response = await fetch(`${server.url}/assets/${name}`);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(await response.text()).toBe(decodeURIComponent(name));
  });

  it("answers HEAD without a body, and nothing but GET and HEAD", async () => {
    expect(await raw("/assets/a.js", "HEAD")).toEqual({ status: 200, body: "" });
    expect((await raw("/", "POST")).status).toBe(405);
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/../../secret.txt",
    "/..%5csecret.txt",
  ])("does not leave its folder for %s", async (path) => {
    const { status, body } = await raw(path);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
  });

  it("answers what it does not have, and what is no address, with a sentence", async () => {
    expect(await raw("/nothing.js")).toEqual({ status: 404, body: "Nothing here.\n" });
    expect((await raw("/assets")).status).toBe(404);
    expect((await raw("/%E0%A4%A")).status).toBe(400);
    expect((await raw("/a%00b")).status).toBe(404);
  });

  it("leaves the headers out when asked to", async () => {
    const plain = await serveStudio({ port: 0, root: join(folder, "studio"), isolated: false });
    const { headers } = await fetch(plain.url);
    expect(headers.get("cross-origin-opener-policy")).toBeNull();
    await plain.close();
  });

  it("says that a port is taken, and that the studio is not built", async () => {
    await expect(serveStudio({ port: server.port, root: join(folder, "studio") })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await expect(serveStudio({ port: 0, root: folder })).rejects.toThrow(/studio is not built/);
  });

  it("can be closed while a connection is held open", async () => {
    const other = await serveStudio({ port: 0, root: join(folder, "studio") });
    await fetch(other.url);
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});

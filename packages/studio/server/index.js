import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** Threads in a page need a shared memory, and browsers give one only to a page with these headers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

export async function serveStudio({
  port,
  host = "127.0.0.1",
  isolated = true,
  root = fileURLToPath(new URL("../dist", import.meta.url)),
}) {
  if (!existsSync(join(root, "index.html")))
    throw new Error("the studio is not built; npm run setup builds it");
  const headers = { "x-content-type-options": "nosniff", ...(isolated && ISOLATION) };

  const server = createServer((request, response) => {
    const refuse = (status, text) =>
      response.writeHead(status, { ...headers, "content-type": "text/plain" }).end(`${text}\n`);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Only GET.");
    let path;
    try {
      path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://studio").pathname));
    } catch {
      return refuse(400, "Not an address.");
    }
    const file = join(root, path.endsWith(sep) ? join(path, "index.html") : path);
    if (!file.startsWith(root + sep) || !existsSync(file) || !statSync(file).isFile())
      return refuse(404, "Nothing here.");
    // Built files carry a hash of their content in the name; the page that names them does not.
    const cache = path.startsWith(`${sep}assets${sep}`) ? "public, max-age=31536000, immutable" : "no-cache";
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, {
      ...headers,
      "content-type": type,
      "content-length": statSync(file).size,
      "cache-control": cache,
    });
    if (request.method === "HEAD") response.end();
    else
      createReadStream(file)
        .on("error", () => response.destroy())
        .pipe(response);
  });

  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const used = server.address().port;
  return {
    port: used,
    url: `http://${host === "127.0.0.1" ? "localhost" : host}:${used}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

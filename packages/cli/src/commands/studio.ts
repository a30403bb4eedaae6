import { serveStudio } from "@whetstone/studio/server";
import { Failure } from "../failure.ts";
import { print } from "../terminal.ts";

/** Serves the studio until Ctrl-C (or SIGTERM). */
export async function studio({ port }: { readonly port: number }): Promise<void> {
  let server: Awaited<ReturnType<typeof serveStudio>>;
  try {
    server = await serveStudio({ port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Failure(`port ${port} is taken; choose another with --port, e.g. --port ${port + 1}.`);
    }
    if (code === "EACCES") throw new Failure(`port ${port} may not be used; choose another with --port.`);
    throw new Failure(message);
  }
  print(`Studio at ${server.url} (Ctrl-C stops)`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await server.close();
}

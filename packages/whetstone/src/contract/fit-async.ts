import { AbortError, WhetstoneError } from "../errors.ts";
import { encode } from "./codec.ts";
import { type FitOptions, type Progress, throwIfAborted } from "./run.ts";

/** What is sent to the worker, and what comes back. */
export interface FitRequest {
  /** Encoded `{ spec, X, y, sampleWeight, own }`. */
  readonly job: Uint8Array;
  readonly wantsProgress: boolean;
}
export type FitReply =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "warning"; readonly sentence: string }
  | { readonly kind: "model"; readonly bytes: Uint8Array }
  | {
      readonly kind: "error";
      readonly code: string | null;
      readonly fields: Record<string, unknown>;
      readonly message: string;
    };

interface Port {
  send(request: FitRequest): void;
  listen(onReply: (reply: FitReply) => void, onCrash: (message: string) => void): void;
  stop(): void;
}

/** Fits in a worker of its own; aborting ends the worker at once. */
export async function fitInWorker(
  spec: { constructor: unknown },
  X: unknown,
  y: unknown,
  options: FitOptions,
): Promise<unknown> {
  const where = `${(spec.constructor as { typeName?: string }).typeName}.fitAsync`;
  throwIfAborted(options.signal, where);
  const labels =
    y == null || Array.isArray(y) || ArrayBuffer.isView(y)
      ? (y ?? null)
      : Array.from(y as ArrayLike<unknown>);
  // What an estimator takes beyond the common options, such as the queries of a ranker, travels as it is.
  const { sampleWeight, signal: _, onProgress: _p, onWarning: _w, ...own } = options;
  const weights = sampleWeight && Float64Array.from(sampleWeight);
  const job = encode({ spec, X, y: labels, sampleWeight: weights ?? null, own }, where);
  const port = startWorker();
  let onAbort = () => {};
  try {
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      onAbort = () => reject(new AbortError(where, options.signal?.reason));
      options.signal?.addEventListener("abort", onAbort, { once: true });
      port.listen(
        (reply) => {
          try {
            if (reply.kind === "progress") options.onProgress?.(reply.progress);
            else if (reply.kind === "warning") (options.onWarning ?? console.warn)(reply.sentence);
            else if (reply.kind === "model") resolve(reply.bytes);
            else reject(rebuildError(reply));
          } catch (error) {
            reject(error); // the caller's own callback threw
          }
        },
        (message) => reject(new WhetstoneError("worker", { where }, `the worker stopped: ${message}`)),
      );
      port.send({ job, wantsProgress: options.onProgress !== undefined });
    });
    // The registry knows every class; it is loaded only here, so that importing one family stays small.
    const { load } = await import("../registry/index.ts");
    return load(bytes);
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    port.stop();
  }
}

function rebuildError(reply: Extract<FitReply, { kind: "error" }>): Error {
  if (reply.code === null) return new Error(reply.message);
  const where = String(reply.fields.where);
  const sentence = reply.message.startsWith(`${where}: `)
    ? reply.message.slice(where.length + 2)
    : reply.message;
  return new WhetstoneError(reply.code as WhetstoneError["code"], { ...reply.fields, where }, sentence);
}

function startWorker(): Port {
  if (typeof Worker === "function" && typeof process === "undefined") {
    const worker = new Worker(new URL("../registry/fit-worker.js", import.meta.url), { type: "module" });
    return {
      send: (request) => worker.postMessage(request, [request.job.buffer]),
      listen(onReply, onCrash) {
        worker.onmessage = (event: MessageEvent<FitReply>) => onReply(event.data);
        worker.onerror = (event) => onCrash(event.message);
      },
      stop: () => worker.terminate(),
    };
  }
  const threads = process.getBuiltinModule("node:worker_threads");
  // Sources that run untranslated (this repository's tests) start the built worker.
  const here = import.meta.url.replace(/\/src\/contract\/[^/]*\.ts$/, "/dist/contract/fit-async.js");
  const worker = new threads.Worker(new URL("../registry/fit-worker.js", here));
  return {
    send: (request) => worker.postMessage(request, [request.job.buffer as ArrayBuffer]),
    listen(onReply, onCrash) {
      worker.on("message", onReply);
      worker.on("error", (error) => onCrash(error instanceof Error ? error.message : String(error)));
      worker.on("exit", (code) => onCrash(`exit code ${code}`));
    },
    stop: () => void worker.terminate(),
  };
}

/**
 * Answers requests for samples of a dataset, as text: workers are started from it directly, so that no bundler has to
 * find a file. The first message tells the module; each later one asks for samples.
 */
export const datasetWorkerSource = `"use strict";
const sentence = (error) => String((error && error.message) || error);
const serve = (listen, send) => {
  let dataset;
  const open = async ({ id, url, argument }) => {
    try {
      const factory = (await import(url)).default;
      if (typeof factory !== "function") throw new Error("its default export is not a function");
      dataset = await factory(argument);
      send({ id, length: dataset.length });
    } catch (error) {
      send({ id, error: sentence(error) });
    }
  };
  const answer = async ({ id, indices, epoch }) => {
    const samples = [];
    let index;
    try {
      for (index of indices) samples.push(await dataset.get(index, epoch));
      send({ id, samples });
    } catch (error) {
      if (samples.length === indices.length) {
        index = indices[samples.findIndex((sample) => {
          try {
            structuredClone(sample);
            return false;
          } catch {
            return true;
          }
        })];
      }
      send({ id, error: sentence(error), index });
    }
  };
  listen((message) => void (message.indices === undefined ? open(message) : answer(message)));
};
if (typeof process === "object" && typeof process.getBuiltinModule === "function") {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  serve((f) => parentPort.on("message", f), (m) => parentPort.postMessage(m));
} else {
  serve((f) => { onmessage = (event) => f(event.data); }, (m) => postMessage(m));
}
`;

/** What a worker answers. */
export interface DatasetReply {
  readonly id: number;
  readonly length?: unknown;
  readonly samples?: readonly unknown[];
  readonly error?: string;
  /** The sample that the error is about. */
  readonly index?: number;
}

export interface DatasetPort {
  send(message: unknown): void;
  /** Whether the program has to stay for it: while something is asked. */
  hold(on: boolean): void;
  stop(): void;
}

/** Starts a worker. `onStop` says why it has ended by itself. */
export function startDatasetWorker(
  onReply: (reply: DatasetReply) => void,
  onStop: (why: string) => void,
): DatasetPort {
  if (typeof Worker === "function" && typeof process === "undefined") {
    const url = URL.createObjectURL(new Blob([datasetWorkerSource], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = (event: MessageEvent<DatasetReply>) => onReply(event.data);
    worker.onerror = (event) => onStop(event.message || "it could not be started");
    return {
      send: (message) => worker.postMessage(message),
      hold: () => {},
      stop() {
        worker.terminate();
        URL.revokeObjectURL(url);
      },
    };
  }
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  // Kernels of a dataset that computes with this library stay on its worker's own thread.
  const env = { ...process.env, WHETSTONE_THREADS: "1" };
  const thread = new Thread(datasetWorkerSource, {
    eval: true,
    env,
    execArgv: [],
    name: "whetstone dataset",
  });
  thread.on("message", onReply);
  thread.on("error", (error) => onStop(error instanceof Error ? error.message : String(error)));
  thread.on("exit", (code) => onStop(`exit code ${code}`));
  return {
    send: (message) => thread.postMessage(message),
    hold: (on) => (on ? thread.ref() : thread.unref()),
    stop: () => void thread.terminate(),
  };
}

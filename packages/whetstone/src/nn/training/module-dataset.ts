import { argumentError, WhetstoneError } from "../../errors.ts";
import type { MapDataset } from "./dataset.ts";
import { type DatasetPort, type DatasetReply, startDatasetWorker } from "./dataset-worker.ts";

/** What a module's dataset is handed, and how many threads make its samples. */
export interface ModuleDatasetOptions {
  /** Handed to the module's function; with workers it is cloned. */
  readonly argument?: unknown;
  /** Threads that make samples. Default 0: they are made in this one. */
  readonly workers?: number;
}

interface Request {
  readonly indices: readonly number[];
  resolve(reply: DatasetReply): void;
  reject(error: Error): void;
}

/** One thread that makes samples, and what it has been asked for. */
class Reader {
  readonly open = new Map<number, Request>();
  readonly #port: DatasetPort;
  #next = 0;
  #ended: string | null = null;

  constructor() {
    this.#port = startDatasetWorker(
      (reply) => {
        const request = this.open.get(reply.id);
        this.#settle(reply.id);
        request?.resolve(reply);
      },
      (why) => this.end(`the worker stopped: ${why}`),
    );
  }

  ask(message: object, indices: readonly number[]): Promise<DatasetReply> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const request = { indices, resolve, reject };
      if (this.#ended !== null) return reject(failure(indices, this.#ended));
      this.open.set(id, request);
      this.#port.hold(true);
      try {
        this.#port.send({ ...message, id });
      } catch (error) {
        this.#settle(id);
        reject(failure(indices, sentenceOf(error)));
      }
    });
  }

  #settle(id: number): void {
    this.open.delete(id);
    if (this.open.size === 0) this.#port.hold(false);
  }

  end(why: string): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    this.#port.stop();
    for (const { indices, reject } of this.open.values()) reject(failure(indices, why));
    this.open.clear();
  }
}

/**
 * A dataset that a module makes, here or in workers: functions cannot be sent to another thread, but each thread can
 * load the module. Its default export is a function of `argument` that returns (or promises) `{ length, get(index,
 * epoch) }`; samples are numbers, typed arrays, and arrays or objects of these, which {@link DataLoader} joins to
 * tensors in this thread. Batches are the same for any number of workers if `get` depends on nothing but its two
 * arguments: random changes of a sample take their seed from them.
 *
 * Opened by {@link ModuleDataset.open}; `close` ends the workers. In a page the
 * module's address has to be one that a worker may import, and the page's policy has to allow workers from blobs.
 *
 * @example
 * // squares.js: export default ({ n }) => ({ length: n, get: (i) => [i, i * i] });
 * const url = "data:text/javascript,export default ({ n }) => ({ length: n, get: (i) => [i, i * i] })";
 * const data = await ModuleDataset.open(url, { argument: { n: 4 }, workers: 2 });
 * const loader = new DataLoader(data, { batchSize: 2 });
 * const seen = [];
 * for await (const [, square] of loader) seen.push(square.toArray());
 * data.close();
 * seen; // [[0, 1], [4, 9]]
 */
export class ModuleDataset<T = unknown> implements MapDataset<T> {
  readonly length: number;
  readonly #readers: readonly Reader[];
  readonly #local: MapDataset<T> | null;

  private constructor(length: unknown, readers: readonly Reader[], local: MapDataset<T> | null) {
    if (!Number.isSafeInteger(length) || (length as number) < 0) {
      throw argumentError("ModuleDataset.open", "length", length, "a whole number >= 0, of the dataset");
    }
    this.length = length as number;
    this.#readers = readers;
    this.#local = local;
  }

  /**
   * Loads the module in every thread that is to make samples.
   *
   * @param url of the module: `new URL("./faces.js", import.meta.url)`
   * @throws WhetstoneError "worker" if the module cannot be loaded or its function fails
   */
  static async open<T = unknown>(
    url: URL | string,
    options: ModuleDatasetOptions = {},
  ): Promise<ModuleDataset<T>> {
    const where = "ModuleDataset.open";
    const { argument, workers = 0 } = options;
    if (!URL.canParse(String(url))) {
      throw argumentError(where, "url", url, 'a whole address: new URL("./file.js", import.meta.url)');
    }
    if (!Number.isSafeInteger(workers) || workers < 0 || workers > 256) {
      throw argumentError(where, "workers", workers, "a whole number from 0 to 256");
    }
    const refuse = (why: string) => {
      throw new WhetstoneError("worker", { where, url: String(url) }, `${url} gives no dataset: ${why}`);
    };
    if (workers === 0) {
      const dataset = await load<T>(String(url), argument).catch((error) => refuse(sentenceOf(error)));
      return new ModuleDataset<T>(dataset.length, [], dataset);
    }
    const readers = Array.from({ length: workers }, () => new Reader());
    try {
      const message = { url: String(url), argument };
      const replies = await Promise.all(
        readers.map((reader) => reader.ask(message, []).catch((error: Error) => refuse(error.message))),
      );
      for (const { error } of replies) if (error !== undefined) refuse(error);
      const odd = replies.find((r) => r.length !== replies[0]!.length);
      if (odd) refuse(`its length is ${replies[0]!.length} in one worker and ${odd.length} in another`);
      return new ModuleDataset<T>(replies[0]!.length, readers, null);
    } catch (error) {
      for (const reader of readers) reader.end("closed");
      throw error;
    }
  }

  /** Threads that make samples; 0: this one. */
  get workers(): number {
    return this.#readers.length;
  }

  async get(index: number, epoch = 0): Promise<T> {
    return (await this.samples([index], epoch))[0]!;
  }

  /**
   * Samples in the order of their numbers, made by the worker that has least to do.
   *
   * @throws WhetstoneError "worker" that names the sample that failed
   */
  async samples(indices: ArrayLike<number>, epoch = 0): Promise<T[]> {
    const list = Array.from(indices);
    if (this.#local) {
      const made: T[] = [];
      for (const index of list) {
        try {
          made.push(await this.#local.get(index, epoch));
        } catch (error) {
          throw failure([index], sentenceOf(error));
        }
      }
      return made;
    }
    const reader = this.#readers.reduce((a, b) => (b.open.size < a.open.size ? b : a));
    const reply = await reader.ask({ indices: list, epoch }, list);
    if (reply.error === undefined) return reply.samples as T[];
    throw failure(reply.index === undefined ? list : [reply.index], reply.error);
  }

  /** Ends the workers; samples still asked for fail. */
  close(): void {
    for (const reader of this.#readers) reader.end("the dataset was closed");
  }
}

async function load<T>(url: string, argument: unknown): Promise<MapDataset<T>> {
  const module = await import(/* webpackIgnore: true */ /* @vite-ignore */ url);
  if (typeof module.default !== "function") throw new Error("its default export is not a function");
  return module.default(argument);
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function failure(indices: readonly number[], why: string): WhetstoneError {
  const which = indices.length === 1 ? `sample ${indices[0]}` : `samples ${indices.join(", ")}`;
  const where = "ModuleDataset.get";
  return new WhetstoneError(
    "worker",
    { where, indices },
    indices.length === 0 ? why : `${which} failed: ${why}`,
  );
}

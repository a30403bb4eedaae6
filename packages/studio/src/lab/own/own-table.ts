/** The reader's table: kept in memory while the page is open, and nowhere else. */
import { signal } from "@preact/signals";
import type { Prepared, Wish } from "./prepare.ts";
import type { TableMessage, TableReply } from "./table-worker.ts";

export interface OwnTable {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether there is more in the file. */
  readonly cut: boolean;
}
export const ownTable = signal<OwnTable | null>(null);

/** More than this of a file is not read: a lab uses a thousand rows. */
const MOST_BYTES = 8 * 2 ** 20;
/** A table that takes longer than this is given up. */
const PATIENCE_MS = 20_000;

export async function tableFrom(file: Blob, name: string): Promise<OwnTable> {
  const bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
  const cut = file.size > MOST_BYTES;
  const end = cut ? bytes.lastIndexOf(10) + 1 || bytes.length : bytes.length;
  return { name, bytes: bytes.subarray(0, end), cut };
}

/** Reads the table in a worker of its own, which ends with its answer. */
export function prepareInWorker(table: OwnTable, wish: Wish): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./table-worker.ts", import.meta.url), { type: "module" });
    const end = () => {
      clearTimeout(timer);
      worker.terminate();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("Reading it took too long."));
    }, PATIENCE_MS);
    worker.onerror = (event) => {
      event.preventDefault();
      end();
      reject(new Error("The code that reads tables could not be loaded; is the connection gone?"));
    };
    worker.onmessage = ({ data }: MessageEvent<TableReply>) => {
      end();
      if ("prepared" in data) resolve(data.prepared);
      else reject(new Error(data.refused));
    };
    worker.postMessage({ ...table, wish } satisfies TableMessage);
  });
}

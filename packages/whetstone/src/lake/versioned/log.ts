import type { ColumnKind } from "../../data/index.ts";
import { formatError } from "../../errors.ts";
import { crc32 } from "../parquet/crc32.ts";
import type { Store } from "./store.ts";

/** A Parquet file that holds rows of the table. */
export interface DataFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Checksum of its description: a file of the same name with other content is found out. */
  readonly sum: string;
  /** Path of the file whose remaining rows it holds, and whose place among the files it takes. */
  readonly inPlaceOf?: string;
}

/** What one commit does, in the order it is written. */
export interface Commit {
  readonly version: number;
  /** Milliseconds since 1970; later than those of all commits before. */
  readonly timestamp: number;
  readonly operation: "create" | "append" | "overwrite" | "delete";
  /** Kinds of the columns by name, where the commit sets them. */
  readonly schema: readonly (readonly [string, ColumnKind])[] | null;
  readonly add: readonly DataFile[];
  /** Paths of files that are no longer part of the table. */
  readonly remove: readonly string[];
}

/** The table at one version. */
export interface Snapshot {
  readonly version: number;
  readonly timestamp: number;
  readonly schema: readonly (readonly [string, ColumnKind])[];
  readonly files: readonly DataFile[];
}

const CHECKPOINT_EVERY = 10;
const name = (version: number, ending: string) => `log/${String(version).padStart(12, "0")}.${ending}`;

/** Writes JSON with its checksum in a second line. */
function sealed(value: unknown): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  const sum = new TextEncoder().encode(`${JSON.stringify({ crc32: crc32(line) >>> 0 })}\n`);
  const out = new Uint8Array(line.length + sum.length);
  out.set(line);
  out.set(sum, line.length);
  return out;
}

/** The JSON in sealed bytes, null where the checksum does not fit. */
function unsealed(bytes: Uint8Array): unknown {
  const end = bytes.indexOf(10) + 1;
  try {
    const { crc32: sum } = JSON.parse(new TextDecoder().decode(bytes.subarray(end))) as { crc32: number };
    if (end > 0 && sum === crc32(bytes.subarray(0, end)) >>> 0)
      return JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  } catch {
    // Damaged, as when the sums differ.
  }
  return null;
}

/** Puts a commit into the log; false where another writer has taken its version. */
export function writeCommit(store: Store, commit: Commit): Promise<boolean> {
  return store.create(name(commit.version, "json"), sealed(commit));
}

export async function readCommit(store: Store, version: number, where: string): Promise<Commit> {
  const bytes = await store.read(name(version, "json"));
  if (bytes === null) throw formatError(where, `the log has no version ${version}`);
  const commit = unsealed(bytes) as Commit | null;
  if (commit === null || commit.version !== version)
    throw formatError(where, `the log entry of version ${version} is damaged: its checksum is wrong`);
  return commit;
}

/** Versions that the log holds, and those that have a checkpoint, ascending. */
export async function versionsIn(store: Store): Promise<{ commits: number[]; checkpoints: number[] }> {
  const commits: number[] = [];
  const checkpoints: number[] = [];
  for (const file of await store.list("log/")) {
    const m = /^log\/(\d{12})\.(json|checkpoint)$/.exec(file);
    if (m !== null) (m[2] === "json" ? commits : checkpoints).push(Number(m[1]));
  }
  const up = (a: number, b: number) => a - b;
  return { commits: commits.sort(up), checkpoints: checkpoints.sort(up) };
}

/** The table at a version: the last checkpoint that can be read, and the commits after it. */
export async function snapshotAt(store: Store, version: number, where: string): Promise<Snapshot> {
  const { checkpoints } = await versionsIn(store);
  let state: Snapshot | null = null;
  for (const at of checkpoints.filter((v) => v <= version).reverse()) {
    const bytes = await store.read(name(at, "checkpoint"));
    // A damaged checkpoint costs time, not data: the log says the same.
    state = bytes === null ? null : (unsealed(bytes) as Snapshot | null);
    if (state !== null) break;
  }
  for (let v = state === null ? 0 : state.version + 1; v <= version; v++)
    state = applied(state, await readCommit(store, v, where));
  return state!;
}

/** The table after a commit. */
export function applied(before: Snapshot | null, commit: Commit): Snapshot {
  const gone = new Set(commit.remove);
  const replaced = new Map(commit.add.filter((f) => f.inPlaceOf !== undefined).map((f) => [f.inPlaceOf!, f]));
  const kept = (before?.files ?? []).flatMap((f) => {
    const now = gone.has(f.path) ? replaced.get(f.path) : f;
    return now === undefined ? [] : [now];
  });
  return {
    version: commit.version,
    timestamp: commit.timestamp,
    schema: commit.schema ?? before?.schema ?? [],
    files: [...kept, ...commit.add.filter((f) => f.inPlaceOf === undefined)],
  };
}

/** Every tenth version is written down as a whole, so that readers need not go through all before it. */
export async function writeCheckpoint(store: Store, state: Snapshot): Promise<void> {
  if (state.version > 0 && state.version % CHECKPOINT_EVERY === 0)
    await store.create(name(state.version, "checkpoint"), sealed(state));
}

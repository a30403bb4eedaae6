/** A model folder: model.json (document and schema), weights.safetensors (numbers), card.md (for people). */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  fromDocument,
  type Label,
  readSafetensors,
  toDocument,
  WhetstoneError,
  writeSafetensors,
} from "whetstone/contract";
import { PipelineModel } from "whetstone/data";
import { typeByName } from "whetstone/registry";
import { Failure, usage } from "../failure.ts";
import type { ColumnSchema } from "./report.ts";
import type { Task } from "./target.ts";
import { quoted } from "./words.ts";

const FORMAT = "whetstone-model";
const FORMAT_VERSION = 1;
const FILES = ["model.json", "weights.safetensors", "card.md"] as const;

/** What predicting needs besides the model itself. */
export interface ModelInfo {
  readonly task: Task;
  readonly target: {
    readonly name: string;
    readonly kind: string;
    readonly classes: readonly { readonly label: Label; readonly rows: number }[];
  };
  readonly columns: readonly ColumnSchema[];
  readonly [more: string]: unknown;
}

export interface SavedModel extends ModelInfo {
  readonly model: PipelineModel;
}

/** Refuses a folder that may not be written, before time is spent on fitting. */
export function checkOut(out: string, overwrite: boolean): void {
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory()) throw usage(`--out ${quoted(out)} is a file, expected a folder.`);
  const inside = readdirSync(out);
  if (inside.length === 0) return;
  const foreign = inside.filter((name) => !(FILES as readonly string[]).includes(name));
  if (foreign.length > 0) {
    throw usage(
      `${quoted(out)} holds other things than a model (such as ${quoted(foreign[0]!)}): choose another folder with --out.`,
    );
  }
  if (!overwrite) {
    throw usage(`${quoted(out)} already holds a model: pass --overwrite to replace it, or another --out.`);
  }
}

/** Writes the folder as a whole or not at all. Gives the size in bytes. */
export function writeModel(out: string, model: PipelineModel, info: ModelInfo, card: string): number {
  const { document, arrays } = toDocument(model);
  const weights = writeSafetensors(arrays, { format: FORMAT });
  const header = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    ...info,
    weights: { bytes: weights.length, sha256: sha256(weights) },
    model: document,
  };
  const target = resolve(out);
  let temporary: string | null = null;
  const release = holdSignals();
  try {
    mkdirSync(dirname(target), { recursive: true });
    temporary = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    const json = `${JSON.stringify(header, null, 2)}\n`;
    writeFileSync(join(temporary, "model.json"), json);
    writeFileSync(join(temporary, "weights.safetensors"), weights);
    writeFileSync(join(temporary, "card.md"), card);
    replaceFolder(temporary, target);
    return Buffer.byteLength(json) + weights.length + Buffer.byteLength(card);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOSPC" ? "the disk is full" : code === "EACCES" ? "it may not be written" : message;
    throw new Failure(`cannot write the model to ${quoted(out)}: ${why}.`);
  } finally {
    release();
  }
}

/** The old folder steps aside first, so that there is a whole one at any moment but between two renames. */
function replaceFolder(fresh: string, target: string): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  const old = `${fresh}-old`;
  renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Ctrl-C waits until the folder is whole. */
function holdSignals(): () => void {
  let pending: NodeJS.Signals | null = null;
  const hold = (signal: NodeJS.Signals) => {
    pending = signal;
  };
  process.on("SIGINT", hold).on("SIGTERM", hold);
  return () => {
    process.off("SIGINT", hold).off("SIGTERM", hold);
    if (pending !== null) process.kill(process.pid, pending);
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Reads a model folder. No code from it runs; what is damaged or foreign is refused with a sentence. */
export function readModel(folder: string): SavedModel {
  const header = readHeader(folder);
  const weights = readPart(folder, "weights.safetensors");
  const { bytes, sha256: sum } = (header.weights ?? {}) as { bytes?: unknown; sha256?: unknown };
  const name = quoted(join(folder, "weights.safetensors"));
  if (weights.length !== bytes) {
    throw new Failure(
      `${name} has ${weights.length} bytes and model.json expects ${String(bytes)}: the folder was not copied whole, or mixes two models. Train again.`,
    );
  }
  if (sha256(weights) !== sum) {
    throw new Failure(
      `${name} is damaged, or belongs to another model.json: its checksum differs. Train again.`,
    );
  }
  let model: unknown;
  try {
    const { arrays } = readSafetensors(weights, "predict");
    model = fromDocument(header.model, (array) => arrays.get(array), typeByName, "predict");
  } catch (error) {
    const why =
      error instanceof WhetstoneError ? error.message.replace(/^predict: /, "") : "it does not fit together";
    throw new Failure(`the model in ${quoted(folder)} is damaged: ${why}.`);
  }
  if (!(model instanceof PipelineModel)) throw damaged(folder, "it holds no model");
  const info = header as unknown as ModelInfo;
  if (!isInfo(info)) throw damaged(folder, "its columns or its target are not described");
  return { ...info, model };
}

function readHeader(folder: string): Record<string, unknown> {
  const text = new TextDecoder().decode(readPart(folder, "model.json"));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw damaged(folder, "it is not JSON");
  }
  const { format, formatVersion } = (header ?? {}) as { format?: unknown; formatVersion?: unknown };
  if (format !== FORMAT) {
    throw new Failure(`${quoted(join(folder, "model.json"))} is not a model written by whetstone train.`);
  }
  if (typeof formatVersion !== "number" || formatVersion > FORMAT_VERSION) {
    throw new Failure(
      `the model in ${quoted(folder)} has format version ${String(formatVersion)}, and this whetstone reads up to ${FORMAT_VERSION}: update whetstone.`,
    );
  }
  return header as Record<string, unknown>;
}

function readPart(folder: string, part: string): Uint8Array {
  try {
    return readFileSync(join(folder, part));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") {
      throw new Failure(`${quoted(folder)} is a file: give the folder that whetstone train wrote.`);
    }
    if (code !== "ENOENT") throw new Failure(`cannot read ${quoted(join(folder, part))}: ${message}.`);
    if (!existsSync(folder)) throw new Failure(`there is no folder ${quoted(folder)}.`);
    throw new Failure(`${quoted(folder)} is not a whole model folder: it lacks ${part}.`);
  }
}

function isInfo(info: ModelInfo): boolean {
  const { task, target, columns } = info;
  return (
    (task === "classification" || task === "regression") &&
    typeof target?.name === "string" &&
    Array.isArray(target.classes) &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every((c) => typeof c?.name === "string" && typeof c.kind === "string")
  );
}

function damaged(folder: string, why: string): Failure {
  return new Failure(`${quoted(join(folder, "model.json"))} is damaged: ${why}. Train again.`);
}

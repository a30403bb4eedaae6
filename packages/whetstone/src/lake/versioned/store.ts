import { argumentError } from "../../errors.ts";
import type { ByteFile } from "../parquet/index.ts";

/**
 * Where the files of a versioned table lie: names with slashes, bytes that never change once they are there.
 * Anything can be a store that keeps the promise of `create`.
 */
export interface Store {
  /**
   * Puts a file where none is: true, or false and nothing done where one is already. All of it is there
   * afterwards or nothing, and of several callers one at most is told true.
   */
  create(name: string, bytes: Uint8Array): Promise<boolean>;
  /** The bytes of a file, null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** A file to be read in parts, null where there is none. */
  open(name: string): Promise<ByteFile | null>;
  /** Names of all files that start so. */
  list(prefix: string): Promise<string[]>;
  remove(name: string): Promise<void>;
}

/**
 * A store in memory.
 *
 * @example
 * const table = await VersionedTable.create(memoryStore(), Table.fromColumns({ a: [1, 2] }));
 * (await table.read()).rows; // 2
 */
export function memoryStore(): Store {
  const files = new Map<string, Uint8Array>();
  return {
    create(name, bytes) {
      if (files.has(name)) return Promise.resolve(false);
      files.set(name, bytes.slice());
      return Promise.resolve(true);
    },
    read: (name) => Promise.resolve(files.get(name)?.slice() ?? null),
    open(name) {
      const bytes = files.get(name);
      if (bytes === undefined) return Promise.resolve(null);
      return Promise.resolve({
        size: bytes.length,
        read: (start, end) => Promise.resolve(bytes.slice(start, end)),
      });
    },
    list: (prefix) => Promise.resolve([...files.keys()].filter((name) => name.startsWith(prefix))),
    remove(name) {
      files.delete(name);
      return Promise.resolve();
    },
  };
}

/** What a folder is reached by: the module `node:fs/promises`, or as much of it. */
export interface FileSystem {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array>;
  link(existing: string, path: string): Promise<unknown>;
  unlink(path: string): Promise<unknown>;
  open(path: string, flags: string): Promise<FileHandle>;
}

/** An open file, as much of Node's `FileHandle` as a store needs. */
export interface FileHandle {
  /**
   * Fills `length` bytes of `buffer` from `offset` on with those of the file from `position` on; tells how
   * many there were.
   */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  writeFile(bytes: Uint8Array): Promise<unknown>;
  /** Done when the bytes are on the disk. */
  sync(): Promise<unknown>;
  /** Size in bytes. */
  stat(): Promise<{ size: number }>;
  close(): Promise<unknown>;
}

/**
 * A store in a folder. A file is written under a name of its own, brought to the disk, and then linked to the name
 * that it is wanted under, which fails where that exists: so no reader sees half a file, whatever crashes.
 *
 * @param fs the module `node:fs/promises`, which a page does not have
 * @example
 * // const store = folderStore(await import("node:fs/promises"), "sales");
 * typeof folderStore; // "function"
 */
export function folderStore(fs: FileSystem, folder: string): Store {
  const where = "folderStore";
  if (typeof fs?.open !== "function") throw argumentError(where, "fs", fs, "the module node:fs/promises");
  if (typeof folder !== "string" || folder === "")
    throw argumentError(where, "folder", folder, "the path of a folder");
  const path = (name: string) => `${folder}/${name}`;
  const isCode = (error: unknown, code: string) => (error as { code?: unknown })?.code === code;
  const orNull = async <T>(promise: Promise<T>): Promise<T | null> => {
    try {
      return await promise;
    } catch (error) {
      if (isCode(error, "ENOENT")) return null;
      throw error;
    }
  };
  let drafts = 0;
  return {
    async create(name, bytes) {
      const target = path(name);
      await fs.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      const { draft, handle } = await openDraft();
      try {
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await fs.link(draft, target);
        return true;
      } catch (error) {
        if (isCode(error, "EEXIST")) return false;
        throw error;
      } finally {
        await fs.unlink(draft);
      }
    },
    read: (name) => orNull(fs.readFile(path(name))),
    async open(name) {
      const handle = await orNull(fs.open(path(name), "r"));
      if (handle === null) return null;
      const { size } = await handle.stat();
      await handle.close();
      return {
        size,
        async read(start, end) {
          // Opened for each part: nothing has to be closed by the reader.
          const part = await fs.open(path(name), "r");
          try {
            const bytes = new Uint8Array(end - start);
            let filled = 0;
            while (filled < bytes.length) {
              const { bytesRead } = await part.read(bytes, filled, bytes.length - filled, start + filled);
              if (bytesRead === 0) break;
              filled += bytesRead;
            }
            return bytes.subarray(0, filled);
          } finally {
            await part.close();
          }
        },
      };
    },
    async list(prefix) {
      const slash = prefix.lastIndexOf("/") + 1;
      const names = (await orNull(fs.readdir(path(prefix.slice(0, slash))))) ?? [];
      return names.map((name) => prefix.slice(0, slash) + name).filter((name) => name.startsWith(prefix));
    },
    async remove(name) {
      await orNull(fs.unlink(path(name)));
    },
  };

  /** A new file that nobody else writes to. */
  async function openDraft(): Promise<{ draft: string; handle: FileHandle }> {
    for (;;) {
      const draft = path(`draft-${drafts++}`);
      try {
        return { draft, handle: await fs.open(draft, "wx") };
      } catch (error) {
        if (!isCode(error, "EEXIST")) throw error;
      }
    }
  }
}

export { type FileHandle, type FileSystem, folderStore, memoryStore, type Store } from "./store.ts";
export {
  type CommitOptions,
  type HistoryEntry,
  VersionedTable,
  type VersionedTableOptions,
  type VersionOptions,
} from "./versioned-table.ts";

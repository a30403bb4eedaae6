import * as capacity from "whetstone/capacity";
import { type Calculator, field, result } from "../calculator.ts";

/** What must be kept: in the memory of a machine, or on disk. */
export const MEMORY: readonly Calculator[] = [
  {
    id: "kv-cache",
    title: "KV-cache memory",
    says: "2 · layers · KV heads · head size · tokens · sequences · bytes.",
    fields: [
      field("layers", "Layers", 80),
      field("kvHeads", "KV heads", 8),
      field("headDim", "Head size", 128),
      field("tokens", "Tokens a sequence", 8192),
      field("batch", "Sequences at once", 16),
      field("bytesPerValue", "Width of a value", 2, "bytes"),
    ],
    compute(v) {
      const total = capacity.kvCacheBytes(v as unknown as capacity.KvCacheShape);
      return [
        result("Cache", total / 1e9, "GB"),
        result("Per token", total / v.batch! / v.tokens! / 1e3, "kB"),
      ];
    },
  },
  {
    id: "model-memory",
    title: "Model memory",
    says: "Weights to serve; weights, gradients and Adam's float32 states to train. Activations come on top.",
    fields: [field("billions", "Parameters", 7, "billion"), field("bytesPerParameter", "Width", 2, "bytes")],
    compute({ billions, bytesPerParameter }) {
      const bytes = capacity.trainingBytes({
        parameters: Math.round(billions! * 1e9),
        bytesPerParameter: bytesPerParameter!,
      });
      return [
        result("To serve", bytes.weights / 1e9, "GB"),
        result("To train with Adam", bytes.total / 1e9, "GB"),
      ];
    },
  },
  {
    id: "vector-index",
    title: "Embedding index",
    says: "Vectors · dimensions · bytes, and about 2M links a vector for HNSW.",
    fields: [
      field("millions", "Vectors", 100, "million"),
      field("dims", "Dimensions", 768),
      field("bytesPerValue", "Width of a value", 4, "bytes"),
      field("M", "Links M", 16),
    ],
    compute({ millions, dims, bytesPerValue, M }) {
      const bytes = capacity.hnswBytes({
        count: Math.round(millions! * 1e6),
        dims: dims!,
        bytesPerValue: bytesPerValue!,
        M: M!,
      });
      return [
        result("Vectors", bytes.vectors / 1e9, "GB"),
        result("Links", bytes.links / 1e9, "GB"),
        result("Index", bytes.total / 1e9, "GB"),
      ];
    },
  },
  {
    id: "storage",
    title: "Storage",
    says: "Rows a day · columns · bytes · days kept · copies, before compression.",
    fields: [
      field("millions", "Rows a day", 100, "million"),
      field("columns", "Columns", 50),
      field("bytesPerValue", "Width of a value", 8, "bytes"),
      field("days", "Kept", 90, "days"),
      field("copies", "Copies", 3),
    ],
    compute(v) {
      const bytes = capacity.tableBytes({
        rowsPerDay: v.millions! * 1e6,
        columns: v.columns!,
        bytesPerValue: v.bytesPerValue!,
        days: v.days!,
        copies: v.copies!,
      });
      return [
        result("All copies", bytes / 1e12, "TB"),
        result("Added each day", v.days! > 0 ? bytes / v.days! / 1e9 : 0, "GB"),
      ];
    },
  },
];

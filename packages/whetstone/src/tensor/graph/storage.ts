/** Where the elements of a realised tensor are: in an array of JavaScript, in a backend's memory, or in both. */
import { type DType, dtypes, type TypedArray } from "../dtype.ts";

/** Elements in the memory of a backend. */
export interface DeviceBuffer {
  /** Copies the elements out; undefined where that cannot be done at once. */
  read(): TypedArray | undefined;
  readAsync(): Promise<TypedArray>;
  free(): void;
}

export class Storage {
  readonly dtype: DType;
  readonly length: number;
  host: TypedArray | null;
  device: DeviceBuffer | null = null;
  /** How often a backend has copied the elements in from an array. */
  uploads = 0;
  /** Another value has taken over the memory: reading this one is an error. */
  replaced = false;
  /** Workspace of graph walks: the walk's number and what it noted. */
  mark = 0;
  note = 0;

  constructor(dtype: DType, length: number, host: TypedArray | null) {
    this.dtype = dtype;
    this.length = length;
    this.host = host;
  }

  get bytes(): number {
    return this.length * dtypes[this.dtype].bytes;
  }
}

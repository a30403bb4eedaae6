/** Device memory: every element is a word of 32 bits there, whatever its type; types are converted on the way. */
import { WhetstoneError } from "../../../errors.ts";
import { type DType, makeArray, readElement, type TypedArray, writeElement } from "../../dtype.ts";
import type { DeviceBuffer, Storage } from "../../graph/storage.ts";

/** Flags of WebGPU's GPUBufferUsage and GPUMapMode, which are not defined everywhere before a device is. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

const isHalf = (dtype: DType): boolean => dtype === "f16" || dtype === "bf16";

/** Elements as the device holds them: float32 or i32. */
export function toWords(
  dtype: DType,
  array: TypedArray,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype === "f32") return new Float32Array(array);
  if (!isHalf(dtype)) return new Int32Array(array);
  return Float32Array.from(array, (_, i) => readElement(dtype, array, i));
}

export function fromWords(dtype: DType, words: ArrayBuffer, length: number): TypedArray {
  if (dtype === "f32") return new Float32Array(words, 0, length).slice();
  const out = makeArray(dtype, length);
  const values = isHalf(dtype) ? new Float32Array(words, 0, length) : new Int32Array(words, 0, length);
  for (let i = 0; i < length; i++) writeElement(dtype, out, i, values[i]!);
  return out;
}

/** Bytes of unused buffers that are kept for the next values of their size. */
const spareBudget = 256 * 2 ** 20;

/** Hands out buffers and takes them back. */
export class Pool {
  readonly device: GPUDevice;
  readonly #spare = new Map<number, GPUBuffer[]>();
  #spareBytes = 0;
  /** What went wrong on the device since it was last asked. */
  #failure: string | null = null;
  readonly #collected: FinalizationRegistry<Value>;

  constructor(device: GPUDevice) {
    this.device = device;
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#failure ??= event.error.message;
    });
    void device.lost.then(({ message }) => {
      this.#failure ??= `the device was lost (${message || "no reason given"})`;
    });
    // Nobody frees values by hand: their buffers come back when the garbage collector finds their storage.
    this.#collected = new FinalizationRegistry((value) => value.free());
  }

  make(words: number): GPUBuffer {
    const size = Math.max(256, Math.ceil(words / 64) * 256);
    const spare = this.#spare.get(size)?.pop();
    if (spare) {
      this.#spareBytes -= size;
      return spare;
    }
    return this.device.createBuffer({
      size: checkedSize(this.device, size),
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
  }

  release(buffer: GPUBuffer): void {
    if (this.#spareBytes + buffer.size > spareBudget) {
      buffer.destroy();
      return;
    }
    this.#spareBytes += buffer.size;
    const list = this.#spare.get(buffer.size);
    if (list) list.push(buffer);
    else this.#spare.set(buffer.size, [buffer]);
  }

  upload(buffer: GPUBuffer, dtype: DType, array: TypedArray): void {
    if (array.length > 0) this.device.queue.writeBuffer(buffer, 0, toWords(dtype, array));
  }

  /** The value lives as long as its storage. */
  tie(storage: Storage, value: Value): void {
    this.#collected.register(storage, value, value);
  }

  untie(value: Value): void {
    this.#collected.unregister(value);
  }

  async download(buffer: GPUBuffer, dtype: DType, length: number): Promise<TypedArray> {
    if (length === 0) return makeArray(dtype, 0);
    const { device } = this;
    const size = 4 * length;
    const copy = device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
    device.queue.submit([encoder.finish()]);
    try {
      await copy.mapAsync(1).catch((error: unknown) => {
        this.#failure ??= String(error);
      });
      if (this.#failure !== null) {
        const sentence = `the WebGPU device failed: ${this.#failure}`;
        this.#failure = null;
        throw new WhetstoneError("unsupported", { where: "Tensor.read" }, sentence);
      }
      return fromWords(dtype, copy.getMappedRange(), length);
    } finally {
      copy.destroy();
    }
  }
}

/** Refuses what the device cannot hold in one piece, before it does. */
export function checkedSize(device: GPUDevice, bytes: number): number {
  const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  if (bytes <= most) return bytes;
  throw new WhetstoneError(
    "unsupported",
    { where: "webgpu backend" },
    `this needs ${(bytes / 2 ** 20).toFixed(0)} MiB in one piece, the device gives at most ${(most / 2 ** 20).toFixed(0)} MiB; use smaller batches or the wasm backend`,
  );
}

/** Elements in a buffer of the device. */
export class Value implements DeviceBuffer {
  readonly #pool: Pool;
  readonly #dtype: DType;
  readonly length: number;
  #buffer: GPUBuffer | null;

  constructor(pool: Pool, dtype: DType, length: number, buffer: GPUBuffer) {
    this.#pool = pool;
    this.#dtype = dtype;
    this.length = length;
    this.#buffer = buffer;
  }

  get buffer(): GPUBuffer {
    return this.#buffer!;
  }

  belongsTo(pool: Pool): boolean {
    return this.#pool === pool && this.#buffer !== null;
  }

  read(): undefined {
    return undefined;
  }

  readAsync(): Promise<TypedArray> {
    return this.#pool.download(this.#buffer!, this.#dtype, this.length);
  }

  /** Gives the buffer away: this value has none any more. */
  take(): GPUBuffer {
    const buffer = this.#buffer!;
    this.#buffer = null;
    this.#pool.untie(this);
    return buffer;
  }

  free(): void {
    if (this.#buffer) this.#pool.release(this.take());
  }
}

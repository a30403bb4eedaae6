/** The far side of `fitAsync`: decodes a job, fits, sends the model back. */

import type { FitReply, FitRequest } from "../contract/fit-async.ts";
import { decode, encode, type FitOptions, WhetstoneError } from "../contract/index.ts";
import { typeByName } from "./index.ts";

interface Job {
  readonly spec: { fit(X: unknown, y: unknown, options: FitOptions): unknown };
  readonly X: unknown;
  readonly y: unknown;
  readonly sampleWeight: Float64Array | null;
  /** Options of this estimator alone. */
  readonly own: object;
}

function run({ job, wantsProgress }: FitRequest, post: (reply: FitReply) => void): void {
  try {
    const { spec, X, y, sampleWeight, own } = decode(job, typeByName, "fitAsync") as Job;
    const options: FitOptions = {
      ...own,
      ...(sampleWeight && { sampleWeight }),
      ...(wantsProgress && { onProgress: (progress) => post({ kind: "progress", progress }) }),
      onWarning: (sentence) => post({ kind: "warning", sentence }),
    };
    post({ kind: "model", bytes: encode(spec.fit(X, y, options)) });
  } catch (error) {
    const known = error instanceof WhetstoneError;
    const { where, argument } = known ? error.fields : { where: "fitAsync", argument: undefined };
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: "error", code: known ? error.code : null, fields: { where, argument }, message });
  }
}

if (typeof process !== "undefined" && process.getBuiltinModule) {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  parentPort?.on("message", (request: FitRequest) => run(request, (reply) => parentPort.postMessage(reply)));
} else {
  addEventListener("message", (event: MessageEvent<FitRequest>) =>
    run(event.data, (reply) => postMessage(reply)),
  );
}

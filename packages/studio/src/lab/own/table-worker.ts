/** Reads a reader's table away from the page. */
import { type Prepared, prepare, Refusal, type Wish } from "./prepare.ts";

export interface TableMessage {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly cut: boolean;
  readonly wish: Wish;
}
export type TableReply = { readonly prepared: Prepared } | { readonly refused: string };

addEventListener("message", ({ data }: MessageEvent<TableMessage>) => {
  let reply: TableReply;
  try {
    reply = { prepared: prepare(data.name, data.bytes, data.wish, data.cut) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    reply = { refused: cause instanceof Refusal ? why : `It could not be used: ${why}` };
  }
  postMessage(reply);
});

export { cardIds, loadCard, loadCards } from "./cards.ts";
export { type VerifyOptions, type VerifyReport, verify } from "./verify.ts";

export { type RandomState, RandomStream, randomStream, type Seed } from "./stream.ts";

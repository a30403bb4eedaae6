import type { Calculator } from "./calculator.ts";
import { DECISIONS } from "./calculators/decisions.ts";
import { MEMORY } from "./calculators/memory.ts";
import { SERVING } from "./calculators/serving.ts";

export const CALCULATORS: readonly Calculator[] = [...DECISIONS, ...SERVING, ...MEMORY];

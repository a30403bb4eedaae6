export const STEPS = ["clarify", "metrics", "data", "model", "serving", "monitoring"] as const;
export type Step = (typeof STEPS)[number];

export interface PromptStep {
  /** What a good answer says. */
  readonly points: readonly string[];
  /** What the interviewer asks next. */
  readonly next: string;
  /** A number to work out: a calculator, its inputs, and between what the first result lies. */
  readonly number?: {
    readonly calculator: string;
    readonly ask: string;
    readonly inputs: Readonly<Record<string, number>>;
    readonly between: readonly [low: number, high: number];
  };
}

export interface Prompt {
  readonly id: string;
  readonly title: string;
  readonly ask: string;
  readonly steps: Readonly<Record<Step, PromptStep>>;
}

/** The longest texts that are read at a glance: characters. */
export const PROMPT_LIMITS = { title: 40, ask: 200, point: 130, next: 120, number: 110 } as const;

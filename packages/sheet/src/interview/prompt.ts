export const STEPS = ["clarify", "metrics", "data", "model", "serving", "monitoring"] as const;
export type Step = (typeof STEPS)[number];

/** Minutes that an interview of 45 has for each. */
export const STEP_MINUTES: Readonly<Record<Step, number>> = {
  clarify: 5,
  metrics: 5,
  data: 10,
  model: 10,
  serving: 10,
  monitoring: 5,
};

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
    /** The way to it on paper, and what it decides. */
    readonly worked: string;
  };
}

/** What the systems of a prompt have in common, in the order of the list. */
export const PROMPT_GROUPS = [
  { id: "rank", title: "Rank and recommend" },
  { id: "find", title: "Find and answer" },
  { id: "decide", title: "Decide about people" },
  { id: "plan", title: "Plan and provide" },
] as const;

export interface Prompt {
  readonly id: string;
  readonly group: (typeof PROMPT_GROUPS)[number]["id"];
  readonly title: string;
  readonly ask: string;
  readonly steps: Readonly<Record<Step, PromptStep>>;
}

/** The longest texts that are read at a glance: characters. */
export const PROMPT_LIMITS = {
  title: 40,
  ask: 200,
  point: 150,
  next: 120,
  number: 130,
  worked: 180,
} as const;

/** Drill items as the build hands them to the page: texts are HTML, made where the formulas are. */
interface Base {
  readonly id: string;
  /** The card that shows the answer, and its title. */
  readonly card: string;
  readonly title: string;
  readonly level: "easy" | "medium" | "hard" | null;
  readonly ask: string;
}

export interface QuestionItem extends Base {
  readonly kind: "question";
  readonly answer: string;
  /** The answer's first sentence. */
  readonly line: string;
  /** The question this one follows in an interview. */
  readonly after?: string;
}

export interface GapItem extends Base {
  readonly kind: "formula";
  readonly gap: string;
  readonly whole: string;
}

export interface PredictionItem extends Base {
  readonly kind: "prediction";
  readonly controls: Readonly<Record<string, number | string | boolean>>;
  readonly check: string;
  readonly unit: string;
}

export interface ClaimItem extends Base {
  readonly kind: "claim";
  readonly claims: readonly string[];
  /** Which of them does not hold. */
  readonly wrong: number;
  readonly truth: string;
}

export type StudyItem = QuestionItem | GapItem | PredictionItem | ClaimItem;

export interface DrillChapter {
  readonly id: string;
  /** Ids of its items, in the order in which they are met. */
  readonly items: readonly string[];
  readonly load: () => Promise<{ readonly default: readonly StudyItem[] }>;
  readonly anki: () => Promise<{ readonly default: readonly (readonly [string, string, string])[] }>;
}

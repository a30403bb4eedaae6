export interface Signal {
  readonly id: string;
  readonly title: string;
  readonly weak: string;
  readonly good: string;
  readonly strong: string;
}

/** What an interviewer listens for, graded 1 (weak) to 4 (strong). */
export const RUBRIC: readonly Signal[] = [
  {
    id: "framing",
    title: "Framing",
    weak: "Names a model before the goal is known.",
    good: "Asks for goal, users and limits, and states what is predicted.",
    strong: "Ties the prediction to a decision and says what is left out.",
  },
  {
    id: "depth",
    title: "Depth",
    weak: "Lists names of methods.",
    good: "Explains how the chosen one works and where it fails.",
    strong: "Goes down to losses, features and failure cases without being led.",
  },
  {
    id: "trade-offs",
    title: "Trade-offs",
    weak: "Offers one way only.",
    good: "Compares two ways and chooses by the limits given.",
    strong: "Says what would change the choice, and what it costs.",
  },
  {
    id: "numbers",
    title: "Numbers",
    weak: "Gives no magnitude.",
    good: "Estimates load, memory and latency to a factor of two.",
    strong: "Lets the numbers decide the design.",
  },
  {
    id: "communication",
    title: "Communication",
    weak: "Jumps between steps and loses the listener.",
    good: "Keeps an order and sums up.",
    strong: "Watches the time, checks that the listener follows, takes hints.",
  },
];

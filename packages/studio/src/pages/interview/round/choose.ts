/** Which questions a round asks, and what follows each. Pure, so that tests can run it with a seed. */
import { shuffled } from "../../speed/session.ts";

/** What the choice needs to know of a drill item. */
export interface Candidate {
  readonly id: string;
  readonly card: string;
  readonly ask: string;
  readonly after?: string;
}

export interface Put {
  readonly ref: string;
  readonly card: string;
  readonly ask: string;
}

const FOLLOW_UPS = 2;

/**
 * In random order, weak ones tending to come first. A question that follows another waits for its turn after that
 * one, and a card is asked about once, until there is nothing else to ask.
 */
export function pickQuestions<I extends Candidate>(
  items: readonly I[],
  count: number,
  weak: (id: string) => boolean,
  random: () => number,
): I[] {
  const order = shuffled(items, weak, random);
  const picked = new Set<I>();
  const has = (of: (item: I) => boolean) => [...picked].some(of);
  const rules: ((item: I) => boolean)[] = [
    (item) => item.after === undefined && !has(({ card }) => card === item.card),
    (item) => !has(({ card, id }) => card === item.card || id === item.after),
    () => true,
  ];
  for (const rule of rules)
    for (const item of order) if (picked.size < count && !picked.has(item) && rule(item)) picked.add(item);
  return [...picked];
}

/** Each question with at most two follow-ups: drill items that come after it, then those of its card; none twice. */
export function withFollowUps(
  questions: readonly Candidate[],
  items: readonly Candidate[],
  followUpsOf: (card: string) => readonly { readonly ask: string }[],
): Put[][] {
  const put = ({ id, card, ask }: Candidate): Put => ({ ref: id, card, ask });
  const used = new Set(questions.map(({ id }) => id));
  return questions.map((question) => {
    const { card } = question;
    const next = [
      ...items.filter(({ after }) => after === question.id).map(put),
      ...followUpsOf(card).map(({ ask }, i) => ({ ref: `${card}#${i}`, card, ask })),
    ]
      .filter(({ ref }) => !used.has(ref))
      .slice(0, FOLLOW_UPS);
    for (const { ref } of next) used.add(ref);
    return [put(question), ...next];
  });
}

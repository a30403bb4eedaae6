/** Cards near a card: by the cosine of the TF-IDF vectors of their texts, from the library's own vectoriser. */
import type { Card } from "@whetstone/sheet";
import { TfidfVectorizer } from "whetstone/text";

const plain = (text: string): string => text.replace(/\$[^$]*\$/g, " ");

/** What a card speaks of; its title says it most briefly, so it counts twice. */
function textOf(card: Card): string {
  const ids = card.covers.filter((id) => !id.startsWith("claim-")).map((id) => id.replace(/[/-]/g, " "));
  const parts = [card.title, card.title, ...ids, card.ask, card.answer, card.pitfall, card.derivation ?? ""];
  return plain(parts.join(" "));
}

/** For each card the `count` nearest others, nearest first. */
export function relatedCards(cards: readonly Card[], count: number): Map<string, string[]> {
  if (cards.length < 2) return new Map(cards.map((card) => [card.id, []]));
  const vectors = new TfidfVectorizer({ sublinearTf: true }).fitTransform(cards.map(textOf)).transformed;
  const byTerm = vectors.transpose();
  const related = new Map<string, string[]>();
  for (const [i, { id }] of cards.entries()) {
    // Rows have length one, so the product of two is their cosine.
    const cosine = new Float64Array(cards.length);
    for (let k = vectors.indptr[i]!; k < vectors.indptr[i + 1]!; k++) {
      const term = vectors.indices[k]!;
      for (let l = byTerm.indptr[term]!; l < byTerm.indptr[term + 1]!; l++)
        cosine[byTerm.indices[l]!]! += vectors.values[k]! * byTerm.values[l]!;
    }
    const near = cards
      .map((card, j) => ({ id: card.id, near: cosine[j]! }))
      .filter((other) => other.id !== id && other.near > 0)
      .sort((a, b) => b.near - a.near || (a.id < b.id ? -1 : 1));
    related.set(
      id,
      near.slice(0, count).map((other) => other.id),
    );
  }
  return related;
}

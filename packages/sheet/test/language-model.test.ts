import { afterAll, expect, test } from "vitest";
import { getThreads, setThreads } from "whetstone/kernels";
import { randomStream } from "whetstone/math";
import { crossEntropy, DecoderBlock, Embedding, LayerNorm, Linear, Module, Trainer } from "whetstone/nn";
import { AdamW } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import type { Card } from "../src/card.ts";
import { loadCards } from "../src/node/cards.ts";

type Batch = [input: Tensor, next: Tensor];

const threads = getThreads();
afterAll(() => setThreads(threads));

const textOf = (cards: readonly Card[]) =>
  cards
    .map((card) => [card.title, card.ask, card.answer, card.pitfall, card.derivation ?? ""].join("\n"))
    .join("\n\n");
const cards = await loadCards();
/** Every tenth card is held out, so that all chapters are on both sides. */
const isHeld = (_: Card, i: number) => i % 10 === 9;
const text = textOf(cards);
const alphabet = [...new Set(text)].sort();
const codesOf = (part: string) => Int32Array.from(part, (c) => alphabet.indexOf(c));
const heldOut = codesOf(textOf(cards.filter(isHeld)));
const learned = codesOf(textOf(cards.filter((card, i) => !isHeld(card, i))));

/** Entropies in nats: of a character, and of a character after the one before it. */
function entropies(): { unigram: number; bigram: number } {
  const entropyOf = (keys: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    let sum = 0;
    for (const n of counts.values()) sum -= (n / keys.length) * Math.log(n / keys.length);
    return sum;
  };
  const unigram = entropyOf([...text]);
  const pairs = Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2));
  return { unigram, bigram: entropyOf(pairs) - unigram };
}

const CONTEXT = 32;

class Gpt extends Module<[codes: Tensor]> {
  static override readonly typeName = "Gpt";
  readonly token: Embedding;
  readonly place: Embedding;
  readonly blocks: DecoderBlock[];
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor(dim: number, seed: number) {
    super();
    this.token = new Embedding(alphabet.length, dim, { seed });
    this.place = new Embedding(CONTEXT, dim, { seed: seed + 1 });
    this.blocks = [2, 3].map((k) => new DecoderBlock(dim, 4, { seed: seed + k }));
    this.norm = new LayerNorm(dim);
    this.head = new Linear(dim, alphabet.length, { seed: seed + 4 });
  }

  /** [N, T] -> [N, T, characters] */
  override forward(input: Tensor): Tensor {
    let x = this.token.forward(input).add(this.place.forward(Tensor.arange(input.shape[1]!)));
    for (const block of this.blocks) x = block.forward(x);
    return this.head.forward(this.norm.forward(x));
  }
}

/** Windows of a text, each with the characters that follow. */
function windows(codes: Int32Array, seed: string, rows: number): Batch {
  const random = randomStream(1).split(seed);
  const parts = [new Int32Array(rows * CONTEXT), new Int32Array(rows * CONTEXT)] as const;
  for (let i = 0; i < rows; i++) {
    const at = random.int(codes.length - CONTEXT);
    for (const [shift, part] of parts.entries()) {
      part.set(codes.subarray(at + shift, at + shift + CONTEXT), i * CONTEXT);
    }
  }
  return parts.map((part) => Tensor.from(part, { shape: [rows, CONTEXT] })) as Batch;
}

async function train(seed: number) {
  const net = new Gpt(32, seed);
  const loss = ([x, next]: Batch) =>
    crossEntropy(net.forward(x).reshape([-1, alphabet.length]), next.reshape([-1]));
  const curve: number[] = [];
  const trainer = new Trainer<Batch>({
    net,
    optimizer: new AdamW(net.parameters(), { lr: 6e-3 }),
    loss,
    clipNorm: 1,
  });
  function* batches() {
    for (let step = 0; step < 500; step++) yield windows(learned, `${seed} ${step}`, 16);
  }
  const options = {
    epochs: 1,
    validation: [windows(heldOut, "held out", 256)],
    onStep: (at: { loss: number }) => curve.push(at.loss),
  };
  const last = (await trainer.fit(batches(), options)).at(-1)!;
  return { curve, loss: curve.slice(-20).reduce((a, b) => a + b) / 20, heldOut: last.validationLoss! };
}

// Over six seeds the loss of the last 20 steps is 2.291 to 2.355 and the held-out loss 2.323 to 2.394, where a character
// has an entropy of 3.188, and of 2.495 once the one before it is known.
test("a small GPT learns the cards' text to the stated loss, bit for bit on 1 and 2 threads", async () => {
  const { unigram, bigram } = entropies();
  setThreads(1);
  const one = await train(10);
  expect(one.curve[0]).toBeGreaterThan(unigram);
  expect(one.loss).toBeLessThan(0.76 * unigram);
  // More than the last character is used, on text it has not seen.
  expect(one.heldOut).toBeLessThan(0.98 * bigram);
  setThreads(2);
  expect(await train(10)).toEqual(one);
}, 120_000);

import { dictionaryDecode, dictionaryEncode } from "whetstone/data";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "data/dictionary-encoding",
  title: "Dictionary encoding: each word once, each row a byte",
  formula: String.raw`\frac{\text{plain}}{\text{encoded}}\approx\frac{\ell+4}{w},\qquad w\in\{1,2,4\}\ \text{bytes}`,
  ask: "Does a category type cut memory tenfold?",
  answer:
    "It depends on the length of the words and on how often they repeat. A row costs the word and a 4-byte offset before, one byte for up to 254 words after: 6 bytes of text give a factor of ten, longer words more. Where every row differs, the dictionary costs more than it saves.",
  pitfall: "Encoding an identifier: as many words as rows, and the codes come on top.",
  level: "easy",
  whenNot:
    "For columns in which most values differ (names, ids, free text): keep plain text. For a few numbers a smaller number type saves as much.",
  followUps: [
    {
      ask: "What does the encoding do to a groupby on that column?",
      answer:
        "Groups are found by comparing small integers instead of strings, and the sums can be indexed by the code directly: often faster by more than the memory saved.",
    },
    {
      ask: "Two tables with different dictionaries are joined: what happens?",
      answer:
        "Codes do not mean the same word. One side has to be mapped to the other's dictionary first, or both fall back to text: share one dictionary where tables are often joined.",
    },
  ],
  derivation: String.raw`Plain text of mean length $\ell$ costs $\ell$ bytes a row and a 4-byte offset: $n(\ell+4)$. Encoded, each row is one code of $w$ bytes, and each of the $D$ different words is stored once: $nw+D(\ell+4)$.

The factor is $\frac{n(\ell+4)}{nw+D(\ell+4)}$. If words repeat often, $D\ll n$, it tends to $(\ell+4)/w$: ten for six letters and one-byte codes.

If every row differs, $D=n$ and the factor is $(\ell+4)/(w+\ell+4)<1$: the codes come on top. Break-even lies at $D/n=1-w/(\ell+4)$.`,
  covers: ["data/dictionary-encoding", "claim-b-131"],
  verifiedAgainst: ["sizes counted by hand", "decoding"],
  budget: "quick",
  controls: { length: slider(1, 40, 6, { label: "letters per word", step: 1 }) },
  run(lab, { length }) {
    const random = lab.random("rows");
    const column = (letters: number, levels: number, rows = 4000) =>
      Array.from({ length: rows }, () => String(random.int(levels)).padStart(letters, "x"));
    const factor = (values: readonly string[]) => {
      const { plainBytes, bytes } = dictionaryEncode(values);
      return plainBytes / bytes;
    };
    const lengths = [1, 2, 4, 6, 8, 12, 16, 24, 32, 40];
    lab.plot(
      figure(
        [
          { type: "line", name: "10 words", x: lengths, y: lengths.map((l) => factor(column(l, 10))) },
          { type: "points", name: "chosen length", x: [length], y: [factor(column(length, 10))], size: 5 },
        ],
        {
          x: { label: "letters per word" },
          y: { label: "memory before over after" },
          alt: "The longer the words, the more memory a dictionary saves.",
        },
      ),
    );
    const short = column(1, 10);
    const encoded = dictionaryEncode(short);
    lab.check(
      "rows that decoding changes",
      dictionaryDecode(encoded).filter((v, i) => v !== short[i]).length,
      {
        equals: 0,
      },
    );
    lab.check("words of one letter: factor", factor(short), { below: 6 });
    lab.check("words of 6 letters: factor", factor(column(6, 10)), { between: [9, 11] });
    lab.check("words of 20 letters: factor", factor(column(20, 10)), { above: 15 });
    const ids = Array.from({ length: 4000 }, (_, i) => String(i).padStart(6, "0"));
    lab.check("every row different: factor", factor(ids), { below: 1 });
  },
  errata: [
    {
      claim: "claim-b-131",
      claimed: "The category type gives a tenfold cut in memory",
      truth: "Ten at about six letters a word, less below, more above, and a loss where words do not repeat.",
    },
  ],
});

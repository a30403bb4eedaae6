import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { ColumnTransformer, Pipeline, StandardScaler, Table } from "../data/index.ts";
import { LogisticRegression } from "../linear/index.ts";
import { SparseMatrix } from "../math/index.ts";
import { load } from "../registry/index.ts";
import {
  CountVectorizer,
  HashingVectorizer,
  murmurHash3,
  TfidfTransformer,
  TfidfVectorizer,
} from "./index.ts";

interface Sparse {
  readonly values: number[];
  readonly indices: number[];
  readonly indptr: number[];
  readonly cols: number;
}
interface Case {
  readonly params: Record<string, unknown>;
  readonly terms: string[];
  readonly idf: number[] | null;
  readonly fitted: Sparse;
  readonly new: Sparse;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/text/vectorizers.json", import.meta.url), "utf8"),
) as {
  texts: string[];
  extra: string[];
  count: Case[];
  tfidf: Case[];
  hashing: Case[];
  hashes: [string, number, number][];
};
const { texts, extra } = golden;

function same(actual: SparseMatrix, wanted: Sparse): void {
  expect(actual.cols).toBe(wanted.cols);
  expect(Array.from(actual.indptr)).toEqual(wanted.indptr);
  expect(Array.from(actual.indices)).toEqual(wanted.indices);
  actual.values.forEach((v, k) => {
    expect(Math.abs(v - wanted.values[k]!)).toBeLessThan(1e-14);
  });
}

describe("scikit-learn's values", () => {
  test.each(golden.count.map((c) => [JSON.stringify(c.params), c] as const))("CountVectorizer %s", (_, c) => {
    const { model, transformed } = new CountVectorizer(c.params).fitTransform(texts);
    expect(model.terms).toEqual(c.terms);
    same(transformed, c.fitted);
    same(model.transform(texts), c.fitted);
    same(model.transform(extra), c.new);
  });
  test.each(golden.tfidf.map((c) => [JSON.stringify(c.params), c] as const))("TfidfVectorizer %s", (_, c) => {
    const { model, transformed } = new TfidfVectorizer(c.params).fitTransform(texts);
    same(transformed, c.fitted);
    same(model.transform(extra), c.new);
    if (c.idf === null) expect(model.idf).toBeNull();
    else
      model.idf!.forEach((v, j) => {
        expect(v).toBeCloseTo(c.idf![j]!, 13);
      });
    const {
      norm = "l2",
      useIdf = true,
      smoothIdf = true,
      sublinearTf = false,
      ...rest
    } = c.params as Record<string, never>;
    const counts = new CountVectorizer(rest).fitTransform(texts).transformed;
    const second = new TfidfTransformer({ norm, useIdf, smoothIdf, sublinearTf }).fit(counts);
    same(second.transform(counts), c.fitted);
    same(second.transform(counts.toDense()), c.fitted);
  });
  test.each(golden.hashing.map((c) => [JSON.stringify(c.params), c] as const))(
    "HashingVectorizer %s",
    (_, c) => {
      same(new HashingVectorizer(c.params).fit(texts).transform([...texts, ...extra]), c.new);
    },
  );
  test("murmurHash3", () => {
    for (const [text, hash, seed] of golden.hashes) expect(murmurHash3(text, seed)).toBe(hash);
  });
});

describe("texts in pipelines", () => {
  const messages = [
    "win money now",
    "cheap money win",
    "lunch at noon",
    "see you at lunch",
    "money money",
    "noon then",
  ];
  const labels = ["spam", "spam", "ham", "ham", "spam", "ham"];

  it("go from strings to labels, and survive saving", () => {
    const spec = new Pipeline({
      steps: [
        ["words", new TfidfVectorizer()],
        ["model", new LogisticRegression()],
      ],
    });
    const model = spec.fit(messages, labels);
    expect(model.predict(["win cheap money", "lunch then"])).toEqual(["spam", "ham"]);
    const again = load(model.save()) as typeof model;
    expect(again.predictProba(messages).data).toEqual(model.predictProba(messages).data);
  });

  it("stand beside numbers in a ColumnTransformer, sparse or dense by sparseThreshold", () => {
    const table = Table.fromColumns({ message: messages, size: [1, 2, 3, 4, 5, 6] });
    const parts = [
      ["words", new CountVectorizer(), ["message"]],
      ["size", new StandardScaler(), ["size"]],
    ] as const;
    const sparse = new ColumnTransformer({ transformers: parts, sparseThreshold: 0.9 }).fit(table);
    const dense = new ColumnTransformer({ transformers: parts, sparseThreshold: 0 }).fit(table);
    const [a, b] = [sparse.transform(table), dense.transform(table)];
    expect(a).toBeInstanceOf(SparseMatrix);
    expect(b).not.toBeInstanceOf(SparseMatrix);
    expect((a as SparseMatrix).toDense().data).toEqual((b as { data: Float64Array }).data);
    expect(sparse.outputNames()).toEqual([...new CountVectorizer().fit(messages).terms, "size"]);
    expect((load(sparse.save()) as typeof sparse).transform(table)).toBeInstanceOf(SparseMatrix);
    const spec = new Pipeline({
      steps: [
        ["columns", new ColumnTransformer({ transformers: parts })],
        ["model", new LogisticRegression()],
      ],
    });
    expect(spec.fit(table, labels).predict(table)).toEqual(labels);
  });

  it("counts back to terms", () => {
    const { model, transformed } = new CountVectorizer().fitTransform(messages);
    expect(model.inverseTransform(transformed)[1]).toEqual(["cheap", "money", "win"]);
    expect(model.inverseTransform(transformed.toDense())[4]).toEqual(["money"]);
  });
});

describe("what cannot be read is refused in a sentence", () => {
  const fit = (X: unknown, params = {}) => new CountVectorizer(params).fit(X as string[]);
  test.each([
    [() => fit("text"), 'CountVectorizer.fit: X is "text", expected an array of texts'],
    [() => fit([]), "CountVectorizer.fit: X has 0 rows"],
    [() => fit(["a b", null]), "X holds null at row 1, expected a text"],
    [() => fit([[1, 2]]), "X holds an array of 2 at row 0, expected a text"],
    [() => fit(Table.fromColumns({ a: ["x", "y"], b: [1, 2] })), "X has 2 columns of a table"],
    [() => fit(Table.fromColumns({ a: [1, 2] })), 'X holds number values in column "a", expected text'],
    [() => fit(Table.fromColumns({ a: ["good text", null] })), 'X lacks a text at row 1 of column "a"'],
    [() => fit(["a", ""]), "X holds no term"],
    [() => fit(["one two", "three"], { minDf: 2 }), "X holds no term that minDf and maxDf leave"],
    [() => fit(["one"], { tokenPattern: "(" }), "CountVectorizer: tokenPattern"],
    [() => fit(["one"], { tokenPattern: "(a)(b)" }), "CountVectorizer: tokenPattern"],
    [() => fit(["one"], { ngramRange: [2, 1] }), "CountVectorizer: ngramRange"],
    [() => fit(["one"], { vocabulary: ["a", "a"] }), "CountVectorizer: vocabulary"],
    [
      () => new TfidfTransformer({ smoothIdf: false }).fit([[0, 1]]),
      "TfidfTransformer.fit: X holds nothing in column 0",
    ],
    [() => new TfidfTransformer({ sublinearTf: true }).fit([[-1, 1]]), "expected counts >= 0"],
    [() => new TfidfTransformer().fit([[1, 1]]).transform([[1]]), "has 1 column, expected 2"],
  ])("%#", (run, sentence) => {
    expect(run).toThrow(sentence);
  });
});

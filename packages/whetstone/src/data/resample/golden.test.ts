import { expect, test } from "vitest";
import golden from "../../../../../reference/values/data/resample.json" with { type: "json" };
import { ADASYN, EditedNearestNeighbours, NearMiss, TomekLinks } from "./index.ts";

const { X, y, cases, adasyn } = golden;

const resamplers = {
  TomekLinks: (params: object) => new TomekLinks(params),
  EditedNearestNeighbours: (params: object) => new EditedNearestNeighbours(params),
  NearMiss: (params: object) => new NearMiss(params),
};

test.each(cases.map((c) => [`${c.name} ${JSON.stringify(c.params)}`, c] as const))(
  "%s keeps the rows that imbalanced-learn keeps",
  (_, { name, params, rows }) => {
    const kept = resamplers[name as keyof typeof resamplers](params).resample(X, y).rows;
    expect([...kept].sort((a, b) => a - b)).toEqual(rows);
  },
);

test.each(adasyn.map((c) => [c.kNeighbors, c.counts] as const))(
  "ADASYN with %i neighbours makes as many rows of each class as imbalanced-learn",
  (nNeighbors, counts) => {
    const made = new ADASYN({ nNeighbors }).resample(X, y);
    expect(["a", "b", "c"].map((k) => made.y.filter((v) => v === k).length)).toEqual(counts);
  },
);

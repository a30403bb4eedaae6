/**
 * No parameter is accepted and ignored: for every estimator of the registry and every parameter of its table,
 * two accepted values lead to different predictions, output columns, warnings or errors on some dataset.
 * Saved bytes do not count, since a model may merely store the parameter.
 */
import { describe, expect, test } from "vitest";
import type { Param, ParamTable, Spec } from "../src/contract/index.ts";
import { Table } from "../src/data/index.ts";
import { Matrix, SparseMatrix } from "../src/math/index.ts";
import { estimators } from "../src/registry/index.ts";
import { CONFORMANCE } from "./conformance-subjects.ts";
import { DATA, type Dataset } from "./parameter-data.ts";
import { PROBES, type Setting, type Values } from "./parameter-probes.ts";

/** Candidates for every kind of number, switch and word; each parameter takes those it accepts. */
const POOL = [null, true, false, 0, 0.01, 0.1, 0.25, 0.5, 0.9, 1, 2, 3, 5, 30, 1000];

const METHODS = ["predict", "predictProba", "transform", "decisionFunction", "scoreSamples"] as const;

/** Everything a user sees of one fit, as text; errors are marked. */
function observe(
  make: (params: Values) => Spec<ParamTable>,
  params: Values,
  { X, y, classes, more }: Dataset,
): string {
  const seen: string[] = [];
  const onWarning = (sentence: string) => seen.push(sentence);
  const attempt = (what: () => unknown) => {
    try {
      seen.push(digits(what()));
    } catch (error) {
      seen.push(`error ${(error as Error).message}`);
    }
  };
  attempt(() => {
    const spec = make(params);
    type Fitted = { readonly embedding: unknown } & Record<
      (typeof METHODS)[number] | "outputNames" | "inverseTransform",
      (X: unknown) => unknown
    >;
    const { fit, fitTransform } = spec as unknown as {
      fit(X: unknown, y: unknown, options: unknown): Fitted;
      fitTransform?(X: unknown, y: unknown, options: unknown): { transformed: unknown };
    };
    const labels = spec.kind === "classifier" ? classes : y;
    const model = fit.call(spec, X, labels, { onWarning });
    if (spec.kind === "embedding") attempt(() => model.embedding);
    for (const rows of [X, more]) {
      for (const method of METHODS) {
        if (typeof model[method] === "function") attempt(() => model[method](rows));
      }
    }
    attempt(() => (model as unknown as { labels?: Int32Array }).labels);
    if (spec.kind === "transformer") {
      if (typeof model.inverseTransform === "function")
        attempt(() => model.inverseTransform(model.transform(X)));
      attempt(() => model.outputNames(X));
      attempt(() => fitTransform!.call(spec, X, labels, { onWarning }).transformed);
    }
    return "";
  });
  return seen.join("\n");
}

function digits(value: unknown): string {
  if (value instanceof Matrix) return `${value.rows} x ${value.cols}: ${value.data.join()}`;
  if (value instanceof SparseMatrix) return `sparse ${digits(value.toDense())}`;
  if (value instanceof Table) return digits(value.toDesign("parameters").matrix);
  return String(value);
}

describe.each(estimators().map((e) => [e.spec.typeName, e.spec] as const))("%s", (name, Estimator) => {
  const { everywhere = {}, settings = [], values = {}, speedOnly = [] } = PROBES[name] ?? {};
  const base = CONFORMANCE[name]?.spec?.().params ?? {};
  const make = (params: Values) => new Estimator({ ...params });
  const all: readonly Setting[] = [
    {},
    ...(Object.keys(base).length > 0 ? [{ params: base }] : []),
    ...settings,
  ];
  /** What is seen where a setting is used as it is: the same whichever parameter is asked about. */
  const usual = new Map<Setting, string>();
  function see(setting: Setting, key: string, v: unknown): string {
    const { data = "numbers", params = {} } = setting;
    const given: Values = { ...everywhere, ...params };
    const fresh = () => observe(make, { ...given, [key]: v }, DATA[data]);
    if (!Object.is(v, key in given ? given[key] : Estimator.params[key]!.default)) return fresh();
    const known = usual.get(setting) ?? fresh();
    usual.set(setting, known);
    return known;
  }
  test("takes only what its table lists", () => {
    expect(() => make({ noSuchParameter: 1 })).toThrow("noSuchParameter");
    expect(Object.keys(new Estimator({ ...base }).params)).toEqual(Object.keys(Estimator.params));
  });
  test.each(Object.entries(Estimator.params))("%s matters", (key, param: Param<unknown>) => {
    if (speedOnly.includes(key)) {
      expect(param.doc, `${key} is documented to change speed only`).toMatch(/speed only|the same/);
      return;
    }
    const words = param.search && "values" in param.search ? param.search.values : [];
    const candidates =
      values[key] ?? [...new Set([param.default, ...words, ...POOL])].filter((v) => param.accepts(v));
    if (param.kind === "oneOf" && candidates.length === 1) {
      // A word with one possible value can say nothing else; a second one would be tested here.
      expect(words).toEqual(candidates);
      return;
    }
    for (const v of candidates) expect(param.accepts(v), `${key} accepts ${String(v)}`).toBe(true);
    const everyPair = param.kind === "oneOf" || param.kind === "bool";
    const alike = new Set<string>();
    for (let i = 0; i < candidates.length; i++) for (let j = 0; j < i; j++) alike.add(`${j} ${i}`);
    for (const setting of all) {
      const seen: string[] = [];
      for (const [i, v] of candidates.entries()) {
        seen.push(see(setting, key, v));
        for (let j = 0; j < i; j++) {
          const [a, b] = [seen[j]!, seen[i]!];
          // An error is an effect of a switch or word; a number must change what a working fit gives.
          const counts = everyPair || !(a.startsWith("error") || b.startsWith("error"));
          if (!counts || a === b) continue;
          // Two numbers that differ are enough: further ones need no fit.
          if (!everyPair) return;
          alike.delete(`${j} ${i}`);
        }
      }
      if (alike.size === 0) return;
    }
    const same = [...alike].map((pair) =>
      pair
        .split(" ")
        .map((k) => String(candidates[Number(k)]))
        .join(" = "),
    );
    expect.fail(`${name}.${key} has no effect in any setting: ${same.join("; ")}`);
  });
});

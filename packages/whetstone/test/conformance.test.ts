import { describe, test } from "vitest";
import { conformanceChecks, type Subject } from "../src/contract/conformance.ts";
import { decode, encode, type ParamTable, type Spec } from "../src/contract/index.ts";
import { estimators, load, typeByName } from "../src/registry/index.ts";
import { CONFORMANCE } from "./conformance-subjects.ts";

describe.each(estimators().map((e) => [e.spec.typeName, e] as const))("%s", (name, entry) => {
  const given = CONFORMANCE[name] ?? {};
  const subject: Subject = {
    load,
    encode,
    decodeSpec: (bytes) => decode(bytes, typeByName),
    ...given,
    spec: (given.spec?.() ?? new entry.spec()) as Spec<ParamTable>,
  };
  for (const check of conformanceChecks(subject)) {
    if (check.skip !== undefined) test.skip(`${check.name} (${check.skip})`, () => {});
    else test(check.name, () => check.run());
  }
});

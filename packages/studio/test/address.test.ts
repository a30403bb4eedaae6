import { choice, slider, toggle } from "@whetstone/sheet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaults, fromQuery, toQuery } from "../src/lab/address.ts";

const controls = {
  depth: slider(1, 40, 20),
  rate: slider(1e-4, 10, 0.1, { scale: "log" }),
  shape: choice(["a line", "b&c", "d=e"], "a line"),
  noise: toggle(false),
};

describe("the address of a lab", () => {
  it("names only what differs from the defaults", () => {
    expect(toQuery(controls, defaults(controls))).toEqual({});
    const state = { controls: { ...defaults(controls).controls, depth: 3, noise: true }, seed: 7 };
    expect(toQuery(controls, state)).toEqual({ depth: "3", noise: "true", seed: "7" });
  });

  it("comes back from the text of an address as it went in", () => {
    fc.assert(
      fc.property(
        fc.record({
          depth: fc.integer({ min: 1, max: 40 }),
          rate: fc.double({ min: 1e-4, max: 10, noNaN: true }),
          shape: fc.constantFrom(...controls.shape.values),
          noise: fc.boolean(),
        }),
        fc.nat(),
        (values, seed) => {
          const search = new URLSearchParams(toQuery(controls, { controls: values, seed })).toString();
          const back = fromQuery(controls, Object.fromEntries(new URLSearchParams(search)));
          expect(back).toEqual({ state: { controls: values, seed }, ignored: [] });
        },
      ),
    );
  });

  it.each([
    ["depth", "41"],
    ["depth", ""],
    ["depth", "NaN"],
    ["depth", "three"],
    ["rate", "Infinity"],
    ["shape", "circle"],
    ["noise", "yes"],
    ["seed", "-1"],
    ["seed", "1.5"],
    ["seed", ""],
    ["colour", "red"],
    ["__proto__", "1"],
    ["constructor", "1"],
  ])("names %s=%s as ignored and keeps the default", (name, text) => {
    const { state, ignored } = fromQuery(controls, Object.fromEntries([[name, text]]));
    expect(ignored).toEqual([name]);
    expect(state).toEqual(defaults(controls));
  });
});

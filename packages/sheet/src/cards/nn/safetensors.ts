import { Linear, loadSafetensors, MLP, Sequential, saveSafetensors } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, choice, figure } from "../../index.ts";

export default card({
  id: "nn/safetensors",
  title: "Safetensors: a header and raw numbers, nothing to execute",
  formula: String.raw`\underbrace{n}_{8\text{ bytes}}\ \underbrace{\{\text{name}:\{\text{dtype},\text{shape},\text{offsets}\}\}}_{n\text{ bytes of JSON}}\ \underbrace{\text{raw elements}}_{}`,
  ask: "Is a state dict file safe to load, and what do missing keys on loading mean?",
  answer:
    "A pickle of a state dict can run code when opened, whatever it is said to hold. A safetensors file cannot: it is JSON and numbers. Missing keys mean another architecture, another prefix, or a new head: load what fits, look at the report, and know which layers start from random values.",
  pitfall: "strict: false without reading its report is how nets get served with a random layer.",
  level: "easy",
  whenNot:
    "It holds named tensors and strings, no classes, schedules or code: keep the configuration as JSON beside it. It proves nothing about origin: for that compare a hash or a signature from a trusted place.",
  followUps: [
    {
      ask: "Why can one tensor be read without loading the rest?",
      answer:
        "The header gives each name its byte range. A reader seeks there or maps the file into memory, so a process that holds one shard of a model touches only its own bytes.",
    },
    {
      ask: "Is weights_only=True in torch.load as safe?",
      answer:
        "It allows a short list of types and functions while unpickling, which stops the usual attacks. But it remains an interpreter of opcodes: a hole that ran code was fixed in PyTorch 2.6.",
    },
  ],
  derivation: String.raw`A pickle is a program for a small stack machine. Its opcode REDUCE takes a function by name and calls it with given arguments, so opening a file can start any function the process can import. The harm is done before anybody looks at the result.

Here a reader does only this: take 8 bytes as a little-endian number $n$, parse $n$ bytes of JSON, and copy ranges. A tensor with offsets $[b,e)$ lies at bytes $8+n+b$ to $8+n+e$, and must satisfy $e-b=\text{size of one element}\times\prod\text{shape}$. Ranges may neither overlap nor leave holes. Nothing in it names a function.

Loading compares two sets of names: missing is what the net has and the file lacks, unexpected the reverse. A name in both with another shape fits in neither list and must be an error.`,
  covers: ["nn/safetensors", "claim-b-166"],
  answers: ["q-b-162"],
  errata: [
    {
      claim: "claim-b-166",
      claimed: "A state_dict file is safe to load.",
      truth:
        "torch.load unpickles any file, and pickles can hold code. Safety comes from weights_only or a tensor-only format.",
    },
  ],
  verifiedAgainst: ["the safetensors format: header length, JSON, offsets"],
  budget: "quick",
  controls: { dtype: choice(["f32", "f16", "bf16"], "f32", { label: "stored as" }) },
  run(lab, { dtype }) {
    const net = new MLP(4, 2, { hidden: [6], seed: lab.random("net") });
    const state = Object.fromEntries(Object.entries(net.stateDict()).map(([name, t]) => [name, t.to(dtype)]));
    const bytes = saveSafetensors(state, { note: "a test" });
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length))) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: number[] }
    >;
    const names = Object.keys(header).filter((n) => n !== "__metadata__");
    lab.plot(
      figure(
        [
          {
            type: "boxes",
            x0: names.map((n) => header[n]!.data_offsets[0]!),
            x1: names.map((n) => header[n]!.data_offsets[1]!),
            y: names.map((_, i) => i),
          },
        ],
        {
          x: { label: "byte of the body" },
          y: { label: "array" },
          alt: `Where each of ${names.length} arrays lies in the body: side by side, without gaps.`,
        },
      ),
    );
    lab.table({
      columns: ["name", "dtype", "shape"],
      rows: names.map((n) => [n, header[n]!.dtype, header[n]!.shape.join(" × ")]),
    });
    const elements = Object.values(state).reduce((n, t) => n + t.size, 0);
    lab.check("bytes: 8 + header + elements", bytes.length, {
      equals: 8 + length + elements * (dtype === "f32" ? 4 : 2),
    });
    const loaded = loadSafetensors(bytes);
    const gap = Math.max(
      ...names.map((n) => loaded.state[n]!.to("f32").sub(state[n]!.to("f32")).abs().max().item()),
    );
    lab.check("values read back: distance", gap, { equals: 0 });
    const other = new Sequential(
      ...net.layers.slice(0, -1),
      new Linear(6, 2, { seed: lab.random("b"), bias: false }),
    );
    const report = other.loadStateDict(
      { ...loaded.state, "extra.weight": Tensor.ones([1]) },
      { strict: false },
    );
    lab.check("unexpected names", report.unexpected.join(" "), { equals: "4.bias extra.weight" });
    const { "0.weight": _, ...without } = loaded.state;
    lab.check("missing names", net.loadStateDict(without, { strict: false }).missing.join(" "), {
      equals: "0.weight",
    });
    const refused = (file: Uint8Array) => {
      try {
        loadSafetensors(file);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const damaged = bytes.slice();
    damaged[bytes.length - 1]! ^= 1;
    lab.check("one bit flipped: refused by its checksum", refused(damaged).includes("checksum"), {
      equals: true,
    });
    // What a pickle begins with: opcodes that name a function to call.
    const pickle = new TextEncoder().encode("cos\nsystem\n(S'echo owned'\ntR.");
    lab.check("a pickle with code in it: refused", refused(pickle).startsWith("loadSafetensors"), {
      equals: true,
    });
  },
});

/** What PyTorch would print of a run that does not fit: its exact texts, of the goldens and of the broken fixtures. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkShapes } from "../../../../src/model/shapes/check";
import { nothing, parametersOf } from "../../support/shapes";
import { configOf, fixtures, goldenCases, type Constructor } from "../../support/goldens";

interface MessageCase extends Constructor {
  readonly parameters?: readonly (readonly [string, number[]])[];
  readonly input: number[];
  readonly h0?: number[];
  readonly c0?: number[];
  readonly lengths?: number[];
  readonly message: string | null;
}

describe("what PyTorch would print", () => {
  for (const item of goldenCases("messages.json") as readonly MessageCase[]) {
    const { message, input, h0 = null, c0 = null, lengths = null } = item;
    const given = JSON.stringify({ input, h0, c0, lengths });
    it(`of nn.${item.class}(${item.sizes.join(", ")}) given ${given}: ${message ?? "nothing"}`, () => {
      const config = configOf(item);
      const shapes = item.parameters?.map(([name, shape]) => [name, { shape }] as const);
      const parameters = shapes === undefined ? parametersOf(config) : new Map(shapes);
      const check = checkShapes({ ...nothing, config, parameters, input, h0, c0, lengths });
      assert.equal(check.pytorch, message);
      assert.equal(check.clash === null, message === null);
    });
  }
});

describe("the shape check of the broken fixtures", () => {
  const folder = join(fixtures, "broken/shapes");
  const names = readdirSync(folder, { withFileTypes: true }).filter((item) => item.isDirectory());
  /** Lengths are in io.npz; these are they. */
  const lengthsOf: Readonly<Record<string, number[]>> = {
    length_longer_than_input: [7, 1],
    length_zero: [5, 0],
  };
  interface Case {
    readonly constructor: Constructor["options"] &
      Record<"class" | "input_size" | "hidden_size" | "num_layers", string | number>;
    readonly library_message: string | null;
    readonly state_dict: readonly { name: string; shape: number[] }[];
    readonly arrays: Record<"input" | "output" | "h_n", number[]> &
      Partial<Record<"h0" | "c0" | "c_n", number[]>>;
  }
  for (const { name } of names) {
    const path = join(folder, name, "case.json");
    const {
      constructor: declared,
      library_message,
      state_dict,
      arrays,
    } = JSON.parse(readFileSync(path, "utf8")) as Case;
    const config = configOf({
      class: String(declared.class).replace("torch.nn.", ""),
      sizes: [declared.input_size, declared.hidden_size, declared.num_layers].map(Number),
      options: declared,
    });
    const shapes = checkShapes({
      config,
      parameters: new Map(state_dict.map((entry) => [entry.name, entry])),
      input: arrays.input,
      ...nothing,
      h0: arrays.h0 ?? null,
      c0: arrays.c0 ?? null,
      lengths: lengthsOf[name] ?? null,
      referenceOutput: arrays.output,
      referenceHn: arrays.h_n,
      referenceCn: arrays.c_n ?? null,
    });
    // A module is found with all its directions, so surplus tensors alone do not stop a run.
    if (library_message === null || name === "bidirectional_not_declared") {
      it(`${name}: runs, as it does in PyTorch`, () => {
        assert.equal(shapes.clash, null);
        assert.equal(shapes.pytorch, null);
      });
      continue;
    }
    it(`${name}: names the clash and PyTorch's text`, () => {
      assert.ok(shapes.clash !== null);
      // The fixture's text was written on one line.
      const pytorch = shapes.pytorch?.replaceAll("\n\t", "  ");
      assert.equal(`RuntimeError: ${pytorch ?? ""}`, library_message);
    });
  }

  it("cover nineteen runs", () => {
    assert.equal(names.length, 19);
  });
});

/** Tensors under a module's own prefix that its cell does not use are named; layers beside a module are not. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { useFolder, unroll } from "../cli/terminal";

type Nested = number | readonly Nested[];

/** Zeros of a shape, as nested lists. */
function zeros([length, ...rest]: readonly number[]): Nested {
  return length === undefined ? 0 : Array.from({ length }, () => zeros(rest));
}

const GRU = { weight_ih_l0: [9, 2], weight_hh_l0: [9, 3], bias_ih_l0: [9], bias_hh_l0: [9] };

describe("field: tensors beside a module's cell", () => {
  const folder = useFolder();

  /** What `unroll inspect` prints of nn.GRU(2, 3) under a prefix, with other tensors around. */
  async function inspectedWith(prefix: string, others: Record<string, number[]>): Promise<string> {
    const own = Object.entries(GRU).map(([name, shape]) => [prefix + name, shape] as const);
    const tensors = [...own, ...Object.entries(others)].map(([name, shape]) => [
      name,
      zeros(shape),
    ]);
    writeFileSync(join(folder(), "net.json"), JSON.stringify(Object.fromEntries(tensors)));
    const { code, stdout, stderr } = await unroll(folder(), "inspect", "net.json");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /nn\.GRU\(2, 3\)/);
    return stdout;
  }

  for (const [name, shape, look] of [
    ["layer_norm.weight", [3], /layer_norm\.weight, which looks like layer normalisation/],
    ["gamma", [9], /gamma, which looks like layer normalisation/],
    ["peephole", [3], /peephole, which looks like peephole weights/],
    ["bn.running_mean", [9], /bn\.running_mean, which looks like batch normalisation/],
    ["b_extra", [9], /b_extra, which looks like a bias/],
    ["something", [9, 3], /beside its cell it has something, which a run leaves out/],
  ] as const) {
    it(`names rnn.${name}`, async () => {
      assert.match(await inspectedWith("rnn.", { [`rnn.${name}`]: [...shape] }), look);
    });
  }

  it("says nothing of layers beside the module or of counters", async () => {
    const others = {
      "fc.weight": [4, 3],
      "fc.bias": [4],
      "norm.weight": [3],
      "rnn.out.weight": [4, 3],
      "rnn.out.bias": [4],
      "rnn.num_batches_tracked": [1],
    };
    assert.doesNotMatch(await inspectedWith("rnn.", others), /beside its cell/);
    assert.doesNotMatch(await inspectedWith("", { "fc.weight": [4, 3] }), /beside its cell/);
  });
});

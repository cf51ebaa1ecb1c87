/** unroll gradients: from run files and flags to a table of norms and a file of gradients. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileSet } from "../../../../src/node/files";
import { examples, unroll, useFolder } from "../terminal";

const vanishing = "vanishing/vanishing.unroll.json";
const classifier = "text-classifier/text-classifier.unroll.json";

interface Printed {
  readonly loss: { readonly kind: string; readonly value: number };
  readonly lanes: readonly {
    readonly layer: number;
    readonly direction: string;
    readonly flow: string;
    readonly ratio: number;
    readonly norms: readonly { readonly step: number; readonly norm: number }[];
  }[];
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>;
}

async function printed(...argv: string[]): Promise<Printed> {
  const { code, stdout, stderr } = await unroll(examples, "gradients", ...argv, "--json");
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout) as Printed;
}

describe("unroll gradients", () => {
  const folder = useFolder();

  it("says that a gradient vanishes", async () => {
    const { code, stdout } = await unroll(examples, "gradients", vanishing, "--loss", "last");
    assert.equal(code, 0);
    assert.match(stdout, /^loss last = -0\.29/);
    assert.match(stdout, /‖∂L\/∂h_t‖ +t = 0 +t = 14 +t = 29\n/);
    assert.match(
      stdout,
      /layer 0 forward +7\.5\d+e-28 .*The gradient vanishes: from t = 29 to t = 0/,
    );
    const { lanes } = await printed(vanishing, "--loss", "last");
    assert.equal(lanes[0]?.flow, "vanishes");
    assert.ok(lanes.every(({ ratio }) => ratio < 1e-25));
  });

  it("writes every gradient under the name of what it is of", async () => {
    const out = join(folder(), "grads.npz");
    const file = "two-directions-one-layer/two-directions-one-layer.unroll.json";
    const { tensors } = await printed(file, "--out", out);
    const files = new FileSet();
    const { entries } = await files.open(out);
    await files.close();
    const found = entries.map(({ name, shape, dtype }) => `${name} ${dtype} ${shape.join("x")}`);
    const parameters = ["", "_reverse"].flatMap((suffix) => [
      `d_weight_ih_l0${suffix} float64 3x2`,
      `d_weight_hh_l0${suffix} float64 3x3`,
      `d_bias_ih_l0${suffix} float64 3`,
      `d_bias_hh_l0${suffix} float64 3`,
      `d_h_l0${suffix} float64 3x2x3`,
    ]);
    const expected = ["d_input float64 2x3x2", "d_h0 float64 2x2x3", ...parameters];
    assert.deepEqual(found.sort(), expected.sort());
    assert.equal(Object.keys(tensors).length, expected.length);
  });

  it("takes the last layer and step of a unit when the place leaves them out", async () => {
    const file = "three-layers/three-layers.unroll.json";
    const { lanes } = await printed(file, "--loss", "unit", "--at", "unit=3,batch=2");
    assert.deepEqual(
      lanes.map(({ norms }) => norms.at(-1)?.norm === 0),
      [false, false, false],
    );
    assert.equal(lanes[2]?.norms.at(-1)?.norm, 1);
    const early = await printed(file, "--loss", "unit", "--at", "layer=1,step=2");
    assert.deepEqual(
      early.lanes.map(({ norms }) => norms.map(({ norm }) => norm > 0)),
      [
        [true, true, false],
        [true, true, false],
        [false, false, false],
      ],
    );
  });

  it("weighs the output with a tensor of its shape", async () => {
    const against = "vanishing/expected.npz#output";
    const { loss } = await printed(vanishing, "--loss", "weighted", "--against", against);
    assert.ok(loss.value > 0);
    const { code, stderr } = await unroll(
      examples,
      ...["gradients", vanishing, "--loss", "weighted", "--against", "vanishing/input.npy"],
    );
    assert.equal(code, 2);
    assert.match(stderr, /--against: expected shape \[1, 30, 4\], found \[1, 30, 3\]/);
  });

  it("takes cross-entropy of the logits, with targets from flags or from a file", async () => {
    const targets = join(folder(), "targets.json");
    writeFileSync(targets, JSON.stringify({ targets: [0, 1, 0, 1, 1, 0] }));
    const typed = await printed(classifier, "--loss", "cross-entropy", "--targets", "0,1,0,1,1,0");
    const read = await printed(classifier, "--loss", "cross-entropy", "--targets", targets);
    const { value } = typed.loss;
    assert.equal(read.loss.value, value);
    assert.ok(value > 0);
    const out = ["--out", join(folder(), "grads.json")];
    const flags = ["--targets", "0,1,0,1,1,0", "--reduction", "sum", ...out];
    const { loss, tensors } = await printed(classifier, "--loss", "cross-entropy", ...flags);
    assert.ok(Math.abs(loss.value - 6 * value) < 1e-12);
    for (const name of ["d_embedded", "d_embedding.weight", "d_linear.weight", "d_linear.bias"]) {
      assert.ok(name in tensors, name);
    }
  });

  const refusals: readonly (readonly [flags: readonly string[], expected: RegExp])[] = [
    [["--loss", "mean"], /--loss: expected sum \| last \| weighted \| unit \| cross-entropy/],
    [["--loss", "weighted"], /--loss weighted: needs --against/],
    [["--loss", "unit"], /--loss unit: needs --at/],
    [["--loss", "cross-entropy"], /--loss cross-entropy: needs --targets/],
    [["--at", "unit=1"], /--at: belongs to --loss unit/],
    [["--loss", "unit", "--at", "unit=x"], /--at: expected layer=1,direction=reverse/],
    [["--loss", "unit", "--at", "step=30"], /--at: step is 30, and the run has 0 to 29/],
    [["--loss", "unit", "--at", "direction=reverse"], /--at: the module has one direction/],
    [["--loss", "unit", "--at", "state=c"], /--at: RNN has no cell state/],
    [["--loss", "cross-entropy", "--targets", "1,x"], /1,x/],
    [["--loss", "cross-entropy", "--targets", "1"], /the run has no logits/],
  ];
  for (const [flags, expected] of refusals) {
    it(`refuses ${flags.join(" ")}`, async () => {
      const { code, stdout, stderr } = await unroll(examples, "gradients", vanishing, ...flags);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, expected);
    });
  }

  it("refuses targets that are no class of the head", async () => {
    const flags = ["--loss", "cross-entropy", "--targets", "0,1,0,1,1,9"];
    const { code, stderr } = await unroll(examples, "gradients", classifier, ...flags);
    assert.equal(code, 2);
    assert.match(stderr, /--targets: 9 in \[6\] is no class/);
  });

  it("refuses to write over a file that it reads", async () => {
    const out = join(examples, "vanishing/expected.npz");
    const against = `${out}#output`;
    const flags = ["--loss", "weighted", "--against", against, "--out", out];
    const { code, stderr } = await unroll(examples, "gradients", vanishing, ...flags);
    assert.equal(code, 2);
    assert.match(stderr, /--out/);
  });
});

/** Names that steer terminals, look like links, are a megabyte long, or lead out of a folder. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { unroll, useFolder } from "../cli/terminal";
import { caseFolder, inCase, inspected } from "./support";

const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const names = join(caseFolder("hostile"), "names.safetensors");

interface Listed {
  readonly entries: readonly { readonly name: string }[];
}

describe("field: hostile names", () => {
  const folder = useFolder();

  it("are shown with their control and direction-changing characters escaped, and cut", async () => {
    const printed = await inspected("hostile", "names.safetensors");
    assert.doesNotMatch(printed, steering);
    assert.ok(printed.includes(String.raw`  \u{1b}]0;pwned\u{7}\u{1b}[31mred  `), printed);
    assert.ok(printed.includes(String.raw`w\u{202e}gnp.exe`));
    assert.ok(printed.includes(String.raw`line1\u{a}line2\u{d}\u{a}line3`));
    assert.ok(printed.split("\n").every((line) => line.length < 250));
  });

  it("are whole in JSON, where nothing steers either", async () => {
    const { stdout } = await inCase("hostile", "inspect", "names.safetensors", "--json");
    assert.doesNotMatch(stdout, steering);
    assert.ok(
      stdout.includes(String.raw`"w\u202egnp.exe"`) && stdout.includes(String.raw`\u009b31mC1`),
    );
    const listed = (JSON.parse(stdout) as Listed).entries.map(({ name }) => name);
    assert.ok(listed.includes("w\u202egnp.exe") && listed.includes("\u009b31mC1"));
    assert.ok(listed.some((name) => name.length > 1000));
  });

  it("stay in their folder in an exported archive", async () => {
    const { code, stdout, stderr } = await unroll(folder(), "export", names, "--out", "x.npz");
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, steering);
    assert.match(stderr, /names that cannot be names of files are written otherwise: .* → _/);
    const { stdout: json } = await unroll(folder(), "inspect", "x.npz", "--json");
    const written = (JSON.parse(json) as Listed).entries.map(({ name }) => name);
    assert.ok(written.length > 5);
    for (const name of written)
      assert.doesNotMatch(name, /^\/|(^|\/)\.\.(\/|$)|\\|^[a-z]:|\p{Cc}/iu);
  });

  it("of 50,000 characters are listed by their ends", async () => {
    const printed = await inspected("hostile", "pad.safetensors");
    assert.ok(printed.split("\n").every((line) => line.length < 250));
    assert.match(printed, /\n {2}n+…n+ /);
  });

  it("are cut in the sentences that name them", async () => {
    const { code, stderr } = await inCase("hostile", "stats", "pad.safetensors#gone");
    assert.equal(code, 2);
    assert.ok(stderr.length < 1000, String(stderr.length));
    assert.match(stderr, /gone.*; it has .*…/);
  });
});

/** That package.json offers Unroll for the endings of src/formats/extensions.ts, and for no others. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ownEndings,
  shardIndexSuffix,
  tellingEndings,
  tensorEndings,
  weightsEndings,
} from "../../../src/formats/extensions";

interface Manifest {
  readonly contributes: {
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>;
  };
}

const { contributes } = JSON.parse(
  readFileSync(join(process.cwd(), "package.json"), "utf8"),
) as Manifest;

/** Endings that a custom editor is for. */
function selectedBy(viewType: string): string[] {
  const editor = contributes.customEditors.find((each) => each.viewType === viewType);
  return (editor?.selector ?? []).map(({ filenamePattern }) => filenamePattern.slice(2)).sort();
}

/** Endings in the `when` clauses of a command, of each of its places in menus. */
function offeredFor(command: string): string[][] {
  const clauses = Object.values(contributes.menus).flatMap((menu) =>
    menu.filter((item) => item.command === command).map(({ when = "" }) => when),
  );
  return clauses.flatMap((when) => {
    const [, names, suffix] = /\(\\\.\(([a-z0-9|]+)\)\|(.+?)\)\$\/i/.exec(when) ?? [];
    if (names === undefined) return [];
    assert.equal(suffix?.replaceAll("\\", ""), shardIndexSuffix);
    return [names.split("|").sort()];
  });
}

describe("endings in package.json", () => {
  it("are those that the editors are for", () => {
    const others = tensorEndings.filter((ending) => !ownEndings.includes(ending));
    assert.deepEqual(selectedBy("unroll.tensors"), [...ownEndings].sort());
    assert.deepEqual(selectedBy("unroll.tensorsOption"), [...others].sort());
  });

  it("are those that the commands are offered for", () => {
    const inspect = offeredFor("unroll.inspect");
    const run = offeredFor("unroll.run");
    assert.ok(inspect.length > 0 && run.length > 1);
    for (const names of inspect) assert.deepEqual(names, [...tellingEndings].sort());
    for (const names of run) assert.deepEqual(names, [...weightsEndings].sort());
  });
});

/** Cells as other frameworks and hand-written code write them, each equal to its own equations in NumPy. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assertRuns, caseFolder, inspected } from "./support";

const folder = "43-layouts";

interface LayoutCase {
  readonly name: string;
  readonly file: string;
  readonly flags: readonly string[];
  /** null for the first one. */
  readonly module: string | null;
  readonly line: string;
}

const cases = JSON.parse(
  readFileSync(join(caseFolder(folder), "cases.json"), "utf8"),
) as readonly LayoutCase[];

describe("field: layouts of other frameworks", () => {
  for (const { name, file, flags, module, line } of cases) {
    it(`runs ${name}`, async () => {
      assert.ok((await inspected(folder, file)).includes(line), `no ${line}`);
      const weights = module === null ? file : `${file}#${module}`;
      await assertRuns(folder, {
        flags: ["--weights", weights, "--input", `io.npz#${name}_x`, ...flags],
        reference: { output: `io.npz#${name}_output` },
      });
    });
  }
});

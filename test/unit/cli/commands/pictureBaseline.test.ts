/**
 * Pictures of runs beside those that were looked at: what is drawn, and where, stays as it is.
 *
 * UNROLL_RENEW_PICTURES=1 writes them anew; then they are looked at again.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, unroll, useFolder } from "../terminal";

const FOLDER = "test/fixtures/pictures";
/** A pixel or two, or a colour that no eye tells apart: another version of a library may round otherwise. */
const TOLERANCE = 2;
const NUMBER = /-?\d+(?:\.\d+)?/g;

const PICTURES = [
  { name: "small-light", example: "one-direction-one-layer", options: ["--theme", "light"] },
  {
    name: "two-directions-dark",
    example: "two-directions-one-layer",
    options: ["--theme", "dark", "--width", "900"],
  },
  {
    name: "sides-narrow",
    example: "two-directions-one-layer",
    options: ["--mode", "both", "--width", "420"],
  },
  {
    name: "padded",
    example: "gru-packed",
    options: ["--batch", "1", "--width", "700"],
  },
  {
    name: "difference-dark",
    example: "two-directions-one-layer",
    options: ["--mode", "delta", "--theme", "dark", "--width", "700"],
  },
] as const;

/** What is drawn without its numbers, and the numbers. */
function partsOf(svg: string): { readonly shape: string; readonly numbers: readonly number[] } {
  return { shape: svg.replace(NUMBER, "#"), numbers: (svg.match(NUMBER) ?? []).map(Number) };
}

describe("pictures beside those that were looked at", () => {
  const folder = useFolder();

  for (const { name, example, options } of PICTURES) {
    it(name, async () => {
      const run = join(examples, `${example}/${example}.unroll.json`);
      const { stderr } = await unroll(folder(), "picture", run, ...options, "--out", "p.svg");
      assert.equal(stderr, "");
      const svg = readFileSync(join(folder(), "p.svg"), "utf8");
      const path = join(FOLDER, `${name}.svg`);
      if (process.env["UNROLL_RENEW_PICTURES"] === "1") {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(path, svg);
      }
      const [now, before] = [partsOf(svg), partsOf(readFileSync(path, "utf8"))];
      assert.equal(now.shape, before.shape);
      const off = now.numbers.filter(
        (value, index) => !(Math.abs(value - (before.numbers[index] ?? NaN)) <= TOLERANCE),
      );
      assert.deepEqual(off.slice(0, 5), []);
    });
  }
});

/** Damaged files of every format open or are refused with a tag; `npm run fuzz` goes on for longer. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import fc from "fast-check";
import { mutate, mutations } from "./fuzz/mutations";
import { survive } from "./fuzz/survive";
import { foundInputs, targets } from "./fuzz/targets";

const seed = 20261128;
const runs = 60;
/** Of so many damaged files, one is run, compared, exported and so on as well. */
const usedOf = 12;

describe("fuzzing", () => {
  for (const target of targets) {
    it(`${target.name}: ${runs} damaged files open or are refused`, async () => {
      const files = await target.seeds();
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.nat(), mutations, async (first, second, changes) => {
          const file = files[first % files.length];
          const other = files[second % files.length];
          if (file === undefined || other === undefined) throw new Error("there is no seed");
          const input = file.wrap(mutate(file.bytes, other.bytes, changes));
          await survive(target.file, input, (first + second) % usedOf === 0);
        }),
        { seed, numRuns: runs },
      );
    }).slow(60_000);
  }

  for (const path of foundInputs()) {
    it(`${basename(path)} opens or is refused`, async () => {
      await survive(basename(path), readFileSync(path), true);
    });
  }
});

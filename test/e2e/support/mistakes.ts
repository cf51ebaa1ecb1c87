/** Runs whose references have one named mistake. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const MISTAKES = "test/fixtures/mistakes";

/** Puts the files of these runs into the folder. */
export function putMistakes(folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    for (const ending of ["safetensors", "unroll.json"]) {
      cpSync(join(MISTAKES, `${name}.${ending}`), join(folder, `${name}.${ending}`));
    }
  }
}

/**
 * References given as whole files: what they hold under the usual names is what is compared.
 */
import { resolve } from "node:path";
import { NotFoundError, type UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { usualNames } from "../../model/find/fit";
import { returnedResults } from "../../model/find/returned";
import { FileSet } from "../../node/files";
import { formatTensorRef, type ReferenceSpec } from "../../run/spec/spec";
import type { TensorEntry } from "../../tensor/tensor";
import { usage } from "./base/values";

/** Keys of references, and the names that tensors of them usually have. */
const names = {
  output: usualNames.output,
  h_n: usualNames.hn,
  c_n: usualNames.cn,
  embedded: usualNames.embedded,
  logits: usualNames.logits,
} as const;

/** States and gates of lanes, as `unroll run --trace`, `unroll reference` and recorder scripts write them. */
const lane = /^layer\d+\.(?:forward|reverse)\.[a-z]$/;

/**
 * The references in files, whose names are relative to `folder`.
 * @throws NotFoundError for a file that holds none, UnsupportedError where two hold the same; the readers' errors.
 */
export async function referencesInFiles(
  given: readonly string[],
  folder: string,
): Promise<ReferenceSpec> {
  const files = new FileSet();
  const found = new Map<string, string>();
  try {
    for (const file of given) {
      const { entries } = await files.open(resolve(folder, file));
      const references = referencesAmong(file, entries);
      if (references.length === 0) throw nothingIn(file, entries);
      const twice = references.find(([key]) => found.has(key));
      if (twice !== undefined) throw inTwo(twice);
      for (const [key, ref] of references) found.set(key, ref);
    }
  } finally {
    await files.close();
  }
  return Object.fromEntries(found);
}

function referencesAmong(
  file: string,
  entries: readonly TensorEntry[],
): readonly (readonly [string, string])[] {
  const [only, ...others] = entries;
  const returned = returnedResults(entries);
  if (returned !== null) {
    const { output, hasCellStates } = returned;
    return [
      ...(output === null ? [] : [["output", formatTensorRef(file, output.name)] as const]),
      ["h_n", file],
      ...(hasCellStates ? [["c_n", file] as const] : []),
    ];
  }
  const named = Object.entries(names).flatMap(([key, usual]) => {
    const name = usual.find((one) => entries.some((entry) => entry.name === one));
    return name === undefined ? [] : [[key, formatTensorRef(file, name)] as const];
  });
  const states = entries.some(({ name }) => lane.test(name)) ? [["states", file] as const] : [];
  const found = [...named, ...states];
  // An array alone is what a module returns first.
  const isAlone = found.length === 0 && only !== undefined && others.length === 0;
  return isAlone ? [["output", formatTensorRef(file, only.name)]] : found;
}

function inTwo([key, ref]: readonly [string, string]): UnsupportedError {
  const problem = text("{0} is in two of the files: name one, as {1}", key, `${key}=${ref}`);
  return usage("--reference", problem);
}

function nothingIn(file: string, entries: readonly TensorEntry[]): NotFoundError {
  return new NotFoundError(
    file,
    text(
      "it holds no tensor called {0}, and no states such as {1}: say which one is meant, as {2}",
      ["output", "h_n", "c_n"].join(", "),
      "layer0.forward.h",
      `--reference output=${file}#name`,
    ),
    entries.map(({ name }) => name),
  );
}

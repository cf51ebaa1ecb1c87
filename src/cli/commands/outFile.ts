/**
 * Where the results of a run are written: in which format, and never over an input file.
 */
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { UnsupportedError } from "../../core/errors";
import type { WritableFormat } from "../../formats/write/write";
import { text } from "../../core/text";

/** The format that a file's extension asks for. @throws UnsupportedError for another extension. */
export function outFormat(out: string): WritableFormat {
  const extension = extname(out).slice(1).toLowerCase();
  if (extension === "npz" || extension === "safetensors" || extension === "json") return extension;
  throw new UnsupportedError(
    "--out",
    text("expected a name that ends in .npz, .safetensors or .json, not {0}", out),
  );
}

/** @throws UnsupportedError when `out` is one of `inputs`, also under another name, or not a plain file. */
export async function assertNotInput(
  out: string,
  inputs: readonly string[],
  flag = "--out",
): Promise<void> {
  const target = await identify(out);
  if (target === null) return;
  if (!target.isFile) throw new UnsupportedError(flag, text("{0} is not a file", out));
  for (const input of inputs) {
    if ((await identify(input))?.id !== target.id) continue;
    throw new UnsupportedError(flag, text("{0} is an input of this run", out), {
      remedies: [{ do: "choose-other-name" }],
    });
  }
}

/** Tells files apart however they are named: links, case, `..`. null when there is none. */
async function identify(path: string): Promise<{ id: string; isFile: boolean } | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && { id: `${found.dev}:${found.ino}`, isFile: found.isFile() };
}

/**
 * The frameworks that a module can be exported to; a new one is one object in this list.
 */
import { UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { TensorSource } from "../../tensor/source";
import type { RecurrentConfig } from "../config";
import { lackedBy } from "./features";
import { flax } from "./flax";
import { keras } from "./keras";
import { mlx } from "./mlx";
import { commonDtype, notesOf, type ModuleToExport } from "./module";
import { onnx } from "./onnx";
import { pytorch } from "./pytorch";
import { isSummed, roundedSums } from "./rearrange";
import type { ExportTarget } from "./target";

export const exportTargets: readonly ExportTarget[] = [pytorch, keras, onnx, flax, mlx];

/** What of a module a target cannot express, a sentence each; empty where all of it can be. */
export function inexpressible(target: ExportTarget, config: RecurrentConfig): readonly Text[] {
  return lackedBy(target.title, target.lacks, config);
}

/** @throws UnsupportedError that names all of what a target cannot express. */
export function assertExpressible(
  target: ExportTarget,
  config: RecurrentConfig,
  place: { readonly file: string; readonly module: string },
): void {
  const [first, ...others] = inexpressible(target, config);
  if (first === undefined) return;
  const all = others.reduce((before, other) => text("{0}; {1}", before, other), first);
  const { file, module } = place;
  const able = exportTargets.filter((each) => inexpressible(each, config).length === 0);
  throw new UnsupportedError({ file }, all, {
    data: { module, option: "as", candidates: able.map(({ id }) => id) },
  });
}

/** The ending of a target that a file's name has; undefined for none of them. */
export function endingOf({ endings }: ExportTarget, name: string): string | undefined {
  return endings.find((ending) => name.toLowerCase().endsWith(`.${ending}`));
}

/** What to know of an exported module: reads the biases that were summed, and nothing else. */
export async function exportNotes(
  target: ExportTarget,
  module: ModuleToExport,
  tensors: readonly TensorSource[],
): Promise<readonly Text[]> {
  const dtype = target.id === "pytorch" ? null : commonDtype(module);
  const narrow = [...module.parameters.values()].find(
    (source) => dtype !== null && source.dtype !== dtype,
  );
  const notes = [...notesOf(module), ...(target.notes?.(module.config, dtype ?? "") ?? [])];
  if (narrow !== undefined && dtype !== null) {
    notes.push(text("{0} is written as {1}, exactly", narrow.dtype, dtype));
  }
  let rounded = 0;
  for (const source of tensors) if (isSummed(source)) rounded += await roundedSums(source);
  if (rounded > 0) {
    notes.push(
      text(
        "{0} has one bias where the module has two: {1} of their sums were rounded to {2}",
        target.title,
        rounded,
        dtype ?? "",
      ),
    );
  }
  return notes;
}

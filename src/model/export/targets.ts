/**
 * The frameworks that a module can be exported to; a new one is one object in this list.
 */
import { UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { TensorSource } from "../../tensor/source";
import { lackedBy, type Described } from "./features";
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
export function inexpressible(target: ExportTarget, module: Described): readonly Text[] {
  return lackedBy(target.title, target.lacks, module);
}

/** @throws UnsupportedError that names all of what a target cannot express. */
export function assertExpressible(
  target: ExportTarget,
  described: Described,
  place: { readonly file: string; readonly module: string },
): void {
  const [first, ...others] = inexpressible(target, described);
  if (first === undefined) return;
  const all = others.reduce((before, other) => text("{0}; {1}", before, other), first);
  const { file, module } = place;
  const able = exportTargets.filter((each) => inexpressible(each, described).length === 0);
  throw new UnsupportedError({ file }, all, {
    data: { module, option: "as", candidates: able.map(({ id }) => id) },
  });
}

/** The ending of a target that a file's name has; undefined for none of them. */
export function endingOf({ endings }: ExportTarget, name: string): string | undefined {
  return endings.find((ending) => name.toLowerCase().endsWith(`.${ending}`));
}

/** The output of a layer of Keras, as far as a module of another framework gives another one. */
function outputNotes({ id, title }: ExportTarget, module: ModuleToExport): readonly Text[] {
  const { isLastOnly = false, isReversed = false } = module.facts.kerasOutput ?? {};
  if (id === "keras") return [];
  return [
    ...(isLastOnly
      ? [
          text(
            "the module for {0} gives the outputs of all steps, the layer of Keras its last one alone (return_sequences=False)",
            title,
          ),
        ]
      : []),
    ...(isReversed && !isLastOnly
      ? [
          text(
            "the module for {0} gives its outputs in the order of x, the layer of Keras in that of its steps, the last one of x first: {1} is what Keras gives",
            title,
            inStepOrder(id, module),
          ),
        ]
      : []),
  ];
}

/** The expression that turns the output of such a module into that of its layer in Keras, by its axis of steps. */
function inStepOrder(id: ExportTarget["id"], { config }: Pick<ModuleToExport, "config">): string {
  const isStepsFirst = id === "onnx" && (!config.batchFirst || config.isCellClass);
  return isStepsFirst ? "output[::-1]" : "output[:, ::-1]";
}

/** A graph has its initial states; a module of the others is given them when it runs. */
function stateNotes({ id, title }: ExportTarget, { states }: ModuleToExport): readonly Text[] {
  const names = Object.keys(states);
  if (names.length === 0) return [];
  return id === "onnx"
    ? [text("the graph begins with the initial states {0}", names)]
    : [
        text(
          "the initial states {0} are not written, {1} has none in a module: give them when it runs",
          names,
          title,
        ),
      ];
}

/** Lines behind those of a target that say the same where the code is read. */
export function orderLines({ id }: ExportTarget, module: ModuleToExport): readonly string[] {
  const { isLastOnly = false, isReversed = false } = module.facts.kerasOutput ?? {};
  if (id === "keras" || isLastOnly || !isReversed) return [];
  return [`# output is in the order of x; Keras' layer gave ${inStepOrder(id, module)}`];
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
  const notes = [
    ...notesOf(module, { keepsKerasOutput: target.id === "keras" }),
    ...outputNotes(target, module),
    ...stateNotes(target, module),
    ...(target.notes?.(module.config, dtype ?? "") ?? []),
  ];
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

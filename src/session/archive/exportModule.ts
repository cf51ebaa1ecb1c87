/**
 * Modules of an archive in the names, layouts and gate orders of another framework.
 */
import { controlOfPart, type RunControl } from "../../core/control";
import { UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { exportChanges, exportTensors, type ByteSink } from "../../formats/write/exportTensors";
import { writeHdf5 } from "../../formats/write/hdf5";
import { writeOnnx } from "../../formats/write/onnxModel";
import { withMappedModule } from "../../model/assign/mapped";
import type { ModuleArchive } from "../../model/derive/derive";
import { moduleToExport, type ModuleToExport } from "../../model/export/module";
import {
  assertExpressible,
  endingOf,
  exportNotes,
  exportTargets,
  inexpressible,
  orderLines,
} from "../../model/export/targets";
import type { InitialStates } from "../../model/export/states";
import type { ExportTarget } from "../../model/export/target";
import { remarksOf } from "../../model/facts";
import type { RecurrentModule } from "../../model/find/find";
import { variantWith } from "../../model/variant";
import type {
  ArchiveSummary,
  ModuleExportRequest,
  ModuleOptions,
  ModuleRequest,
  TargetChoice,
} from "../../protocol/archive/messages";
import { chooseModule } from "../../run/load/chooseModule";
import { byteWidth } from "../../tensor/dtype";
import type { TensorSource } from "../../tensor/source";
import { elementCount } from "../../tensor/tensor";
import { assertHeld } from "./declaredSize";

/** What is known of the file. */
type FileSummary = Pick<ArchiveSummary, "file" | "fileBytes" | "format">;

/** A module that can be written. */
export interface PreparedModule {
  /** Without the values. */
  readonly tensors: readonly TensorSource[];
  /** Lines of Python that make the module there and load the file. */
  readonly lines: readonly string[];
  /** What is to be known of it, and what is written otherwise than it is stored, a sentence each. */
  readonly notes: readonly Text[];
  readonly write: (sink: ByteSink, control: RunControl) => Promise<void>;
}

/** Every target, and what of the module it cannot express. @throws NotFoundError when there is no such module. */
export function targetsOf(
  archive: ModuleArchive,
  { file }: FileSummary,
  request: ModuleRequest,
): readonly TargetChoice[] {
  const [, module] = moduleOf(archive, file, request);
  return exportTargets.map((target) => {
    const { id, title, endings } = target;
    return { id, title, endings, reasons: inexpressible(target, module) };
  });
}

/**
 * Everything but the values, which are read when the module is written.
 * @throws UnsupportedError, before anything is written, for what the target cannot express; what `moduleToExport` throws.
 */
export async function prepareModule(
  opened: ModuleArchive,
  summary: FileSummary,
  request: ModuleExportRequest,
  states: InitialStates = {},
): Promise<PreparedModule> {
  const { file } = summary;
  const [archive, found] = moduleOf(opened, file, request);
  const target = targetNamed(request.target);
  const ending = endingFor(target, request.file);
  assertExpressible(target, found, { file, module: found.prefix });
  const module = moduleToExport(file, archive, found, states);
  const tensors = target.tensors(module, ending);
  const sizes = tensors.map(({ shape, dtype }) => elementCount(shape) * byteWidth(dtype));
  assertHeld(
    summary,
    sizes.reduce((sum, bytes) => sum + bytes, 0),
  );
  const { inputs } = request;
  return {
    tensors,
    lines: [
      ...target.lines(module, { name: request.file, ending, inputs }),
      ...orderLines(target, module),
    ],
    notes: [
      ...(await exportNotes(target, module, tensors)),
      ...(isOfTensors(ending) ? exportChanges(tensors, ending) : []),
    ],
    write: (sink, control) =>
      writeAs(ending, { target, module, tensors, request }, { sink, control }),
  };
}

interface Prepared {
  readonly target: ExportTarget;
  readonly module: ModuleToExport;
  readonly tensors: readonly TensorSource[];
  readonly request: ModuleExportRequest;
}

async function writeAs(
  ending: string,
  { target, module, tensors, request }: Prepared,
  { sink, control }: { readonly sink: ByteSink; readonly control: RunControl },
): Promise<void> {
  if (isOfTensors(ending)) {
    await exportTensors(tensors, ending, sink, control);
    return;
  }
  const graph = target.graph?.(module, request.inputs);
  const whole = controlOfPart(control, 0, 1);
  if (graph === undefined) await writeHdf5(tensors, sink, whole);
  else await writeOnnx(graph, sink, whole);
}

/** Whether a file of this ending holds tensors by their names and nothing else. */
function isOfTensors(ending: string): ending is "npz" | "safetensors" {
  return ending === "npz" || ending === "safetensors";
}

function targetNamed(id: string): ExportTarget {
  const found = exportTargets.find((target) => target.id === id);
  if (found === undefined) throw new Error(`there is no target ${id}`);
  return found;
}

function endingFor(target: ExportTarget, name: string): string {
  const ending = endingOf(target, name);
  if (ending !== undefined) return ending;
  const known = target.endings.map((each) => `.${each}`).join(" | ");
  throw new UnsupportedError(
    { option: "out" },
    text("for {0}, expected a name that ends in {1}, not {2}", target.title, known, name),
  );
}

/** The module with what the user knows of it, and the archive that has its tensors. */
function moduleOf(
  opened: ModuleArchive,
  file: string,
  { module, options, map }: ModuleRequest,
): readonly [ModuleArchive, RecurrentModule] {
  const archive = map === undefined ? opened : withMappedModule(file, opened, { map });
  const found = chooseModule(file, archive, map === undefined ? (module ?? undefined) : undefined);
  return [archive, { ...found, ...told(found, options) }];
}

function told(
  { config, facts }: RecurrentModule,
  options: ModuleOptions,
): Pick<RecurrentModule, "config" | "facts"> {
  const { batchFirst, nonlinearity, reverse, ...variant } = options;
  const isReverse = reverse === true && !config.bidirectional;
  return {
    config: {
      ...config,
      ...(isReverse ? { reverseOnly: true } : {}),
      batchFirst: batchFirst ?? config.batchFirst,
      nonlinearity: nonlinearity ?? config.nonlinearity,
      variant: variantWith(config, variant),
    },
    facts: {
      ...facts,
      nonlinearity: nonlinearity ?? facts.nonlinearity,
      remarks: remarksOf(facts, options),
      assumed: [],
    },
  };
}

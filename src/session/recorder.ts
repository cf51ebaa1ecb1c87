/**
 * The recorder script for the module of a weights file.
 */
import { baseName } from "../core/baseName";
import { withModules } from "../model/derive/derive";
import { variantWith } from "../model/variant";
import type { RecurrentConfig } from "../model/config";
import type {
  RecordedRun,
  RecorderQuestion,
  RecorderScript,
} from "../reference/recorder/frameworks";
import { chooseModule } from "../run/load/chooseModule";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";

/** @throws the readers' errors; NotFoundError without such a module; UnsupportedError where the framework has none. */
export async function recorderOf(
  { weights: named, options = {} }: RecordedRun,
  files: ArchiveFiles,
  question: RecorderQuestion,
): Promise<RecorderScript> {
  const file = baseName(named.file);
  const archive = await files.open(named.file);
  const module = chooseModule(file, withModules(file, archive), named.module);
  const { batchFirst, nonlinearity, reverse } = options;
  const config: RecurrentConfig = {
    ...module.config,
    batchFirst: batchFirst ?? module.facts.batchFirst ?? false,
    nonlinearity: nonlinearity ?? module.config.nonlinearity,
    variant: variantWith(module.config, options),
    ...(reverse === undefined ? {} : { reverseOnly: reverse }),
  };
  const entries = [...module.entries];
  const isAsStored = entries.every(([, { origin }]) => origin === undefined);
  const { recorderScript } = await import("../reference/recorder/recorder");
  return recorderScript(
    {
      config,
      dropout: module.facts.dropout,
      prefix: module.prefix,
      file: question.weights,
      format: archive.format,
      weightNames: isAsStored ? new Map(entries.map(([name, { name: own }]) => [name, own])) : null,
    },
    question,
  );
}

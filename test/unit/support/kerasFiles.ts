/** Layers of Keras out of files, as modules that run. */
import type { Archive } from "../../../src/formats/base/archive";
import type { RecurrentConfig } from "../../../src/model/config";
import { bindWeights, type NetworkWeights } from "../../../src/model/bind";
import type { DerivedModules } from "../../../src/model/derive/base/derived";
import { deriveKeras } from "../../../src/model/derive/keras";
import type { ModuleFacts } from "../../../src/model/facts";
import { findModules } from "../../../src/model/find/find";
import { decodeRaw, wholeBox } from "../../../src/tensor/raw";
import type { Tensor } from "../../../src/tensor/tensor";

export interface RunnableLayer {
  readonly config: RecurrentConfig;
  readonly weights: NetworkWeights;
  readonly facts: ModuleFacts;
}

/** Values of all derived entries, by name. */
export async function derivedValues({ entries }: DerivedModules): Promise<Map<string, Tensor>> {
  const values = new Map<string, Tensor>();
  for (const { entry, readBox } of entries) {
    values.set(entry.name, decodeRaw(await readBox(wholeBox(entry.shape)), entry.name));
  }
  return values;
}

/** Every recurrent layer that an archive of Keras declares, by its prefix. */
export async function kerasLayers(archive: Archive): Promise<ReadonlyMap<string, RunnableLayer>> {
  const derived = deriveKeras(archive);
  const values = await derivedValues(derived);
  const modules = findModules(derived.entries.map(({ entry }) => entry));
  return new Map(
    modules.map(({ prefix, config, entries }) => {
      const facts = derived.facts.get(prefix);
      if (facts === undefined) throw new Error(`no facts about ${prefix}`);
      const full = {
        ...config,
        batchFirst: facts.batchFirst ?? false,
        nonlinearity: facts.nonlinearity ?? "tanh",
        variant: { ...config.variant, ...facts.variant },
      };
      const tensors = [...entries].map(([name, entry]) => {
        const tensor = values.get(entry.name);
        if (tensor === undefined) throw new Error(`no values of ${entry.name}`);
        return [name, tensor] as const;
      });
      return [prefix, { config: full, weights: bindWeights(full, new Map(tensors)), facts }];
    }),
  );
}

/**
 * What a Keras file declares about its layers: their tensors, and the model's configuration if there is one.
 */
import type { TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { KerasLayer, KerasRecurrent } from "../base/declared";
import type { DescribedFile } from "../hdf5/hdf5";
import type { ConfiguredLayer } from "./config";
import { noFeeds } from "./graph";
import { namesOf, storedLayers, type StoredLayer } from "./weights";

/** The metadata next to the tensors. */
export interface KerasDescription {
  readonly layers: readonly ConfiguredLayer[];
  /** As in `keras_version`; undefined where the file does not say. */
  readonly version: string | undefined;
  /** The name that a numbered file gives a layer: `layers/lstm` may be `encoder`. */
  readonly nameAt: (path: string) => string | undefined;
}

/** The layers of a file, named as Keras names them; a name that several layers have is told apart by those around it. */
export function declareKeras(
  entries: readonly TensorEntry[],
  description: KerasDescription,
): DescribedFile {
  const byName = new Map<string, ConfiguredLayer[]>();
  for (const layer of description.layers) {
    const own = layer.names.at(-1) ?? "";
    byName.set(own, [...(byName.get(own) ?? []), layer]);
  }
  const found = storedLayers(entries).map((stored) => {
    const configured = configurationOf(stored, description, byName);
    return { stored, configured, names: layerNames(stored, configured, description) };
  });
  const uses = new Map<string, number>();
  for (const { names } of found) {
    const own = names.at(-1) ?? "";
    uses.set(own, (uses.get(own) ?? 0) + 1);
  }
  const major = Number.parseInt(description.version ?? "", 10);
  const matched = new Set(found.map(({ configured }) => configured));
  const notes = [...missingNotes(description, matched), ...convolutionNotes(entries, description)];
  const declared = found.map(({ stored, configured, names }) => {
    const own = names.at(-1) ?? "";
    const name = uses.get(own) === 1 ? own : names.join(".");
    const kerasMajor = Number.isNaN(major) ? null : major;
    return stored.kind === "recurrent"
      ? recurrent(stored, configured, { name, kerasMajor })
      : plainLayer(stored, stored.kind, name);
  });
  return { declared, notes };
}

/** The declaration of a layer in a file of weights alone. */
const unconfigured = {
  activation: null,
  recurrentActivation: null,
  resetAfter: null,
  goBackwards: null,
  timeMajor: null,
  mergeMode: null,
  returnSequences: null,
  isStackedCell: false,
  feeds: noFeeds,
} as const;

function recurrent(
  { cell, forward, backward, isCudnn, path, isFirstKeras = false }: StoredLayer,
  configured: ConfiguredLayer | undefined,
  own: Pick<KerasRecurrent, "name" | "kerasMajor">,
): KerasRecurrent {
  const layer = configured ?? unconfigured;
  const { activation, recurrentActivation, goBackwards, timeMajor, returnSequences } = layer;
  const resetAfter = isCudnn || (layer.resetAfter ?? resetAfterOf(forward.bias));
  return {
    framework: "keras",
    kind: "recurrent",
    ...own,
    cell: cell ?? "RNN",
    isCudnn,
    customClass: customClassOf(configured),
    activation,
    // The default of Keras 1.
    recurrentActivation: recurrentActivation ?? (isFirstKeras ? "hard_sigmoid" : null),
    goBackwards,
    timeMajor,
    returnSequences,
    isStackedCell: layer.isStackedCell || path.at(-2) === "cells",
    ...layer.feeds,
    resetAfter: cell === "GRU" ? resetAfter : null,
    mergeMode: backward === null ? null : layer.mergeMode,
    forward: namesOf(forward),
    backward: backward === null ? null : namesOf(backward),
  };
}

function customClassOf(configured: ConfiguredLayer | undefined): string | null {
  if (configured === undefined || knownCell(configured.className) !== null) return null;
  return configured.className;
}

/** A GRU that resets after the product, and it alone, has a bias for each product. */
function resetAfterOf(bias: TensorEntry | null): boolean | null {
  return bias === null ? null : bias.shape.length === 2;
}

function plainLayer(
  { forward }: StoredLayer,
  kind: "embedding" | "linear",
  name: string,
): KerasLayer {
  const { kernel, bias } = forward;
  return { framework: "keras", kind, name, weight: kernel.name, bias: bias?.name ?? null };
}

/** The name of a stored layer in the configuration, if it has one. */
function configurationOf(
  stored: StoredLayer,
  { layers, nameAt }: KerasDescription,
  byName: ReadonlyMap<string, readonly ConfiguredLayer[]>,
): ConfiguredLayer | undefined {
  if (layers.length === 0) return undefined;
  if (stored.layout === "named") {
    const named = [...new Set(stored.path)].flatMap((segment) => byName.get(segment) ?? []);
    const fitting = named.filter(
      (layer) => fits(layer, stored) && isSubsequence(layer.names, stored.path),
    );
    // Groups are named after every layer around: of nested models the innermost layer has the most names here.
    return fitting.sort((left, right) => right.names.length - left.names.length)[0];
  }
  const path = numberedPath(stored);
  const given = (byName.get(nameAt(path) ?? "") ?? []).filter((layer) => fits(layer, stored));
  const placed = layers.find((layer) => layer.storePath === path && fits(layer, stored));
  return placed !== undefined && (given.length === 0 || given.includes(placed)) ? placed : given[0];
}

/** The class that stands in the configuration of a layer that has these tensors. */
function fits({ className }: ConfiguredLayer, { kind, cell }: StoredLayer): boolean {
  if (kind === "embedding") return className === "Embedding";
  if (kind === "linear") return className === "Dense";
  const known = knownCell(className);
  return known === null ? isCustom(className) : known === cell;
}

/** The cell of a class of Keras. */
function knownCell(className: string): string | null {
  return /^(?:Simple(?=RNN)|CuDNN)?(RNN|LSTM|GRU)$/.exec(className)?.[1] ?? null;
}

/** A class that is not one of Keras' own, among layers that have a configuration. */
function isCustom(className: string): boolean {
  return !/^(?:ConvLSTM\dD|Embedding|Dense)$/.test(className);
}

/** Recurrent layers of the configuration that no tensors were found for, a sentence each. */
function missingNotes(
  { layers }: KerasDescription,
  found: ReadonlySet<ConfiguredLayer | undefined>,
): readonly Text[] {
  const notes = layers.flatMap((layer) => {
    const { className, names } = layer;
    const name = names.join(".");
    if (className.startsWith("ConvLSTM")) {
      return [text("{0} is a {1}, a convolution at each step, which is not run", name, className)];
    }
    const isRecurrent = knownCell(className) !== null || isCustom(className);
    return isRecurrent && !found.has(layer)
      ? [
          text(
            "the weights of {0} ({1}) are not all in the file, or not as they are read",
            name,
            className,
          ),
        ]
      : [];
  });
  return notes.slice(0, maxNotes);
}

/** Weights alone tell a convolutional layer by the name that Keras 3 gives its group. */
function convolutionNotes(
  entries: readonly TensorEntry[],
  { layers }: KerasDescription,
): readonly Text[] {
  if (layers.length > 0) return [];
  const names = entries.flatMap(
    ({ name }) => /(?:^|\/)(conv_lstm\dd\w*)\/cell\//.exec(name)?.[1] ?? [],
  );
  return [...new Set(names)]
    .slice(0, maxNotes)
    .map((name) =>
      text("{0} is a {1}, a convolution at each step, which is not run", name, "ConvLSTM"),
    );
}

/** The largest number of notes about layers. */
const maxNotes = 8;

function layerNames(
  stored: StoredLayer,
  configured: ConfiguredLayer | undefined,
  { nameAt }: KerasDescription,
): readonly string[] {
  if (configured !== undefined) return configured.names;
  if (stored.layout === "named") return stored.path.filter((name) => name !== "model_weights");
  const segments = stored.path.map((segment, index) => {
    const path = stored.path.slice(0, index + 1).join("/");
    return nameAt(path) ?? segment;
  });
  return segments.filter((_, index) => !containers.has(stored.path[index] ?? ""));
}

/** Groups of a numbered file that stand for lists of layers and parts of them. */
const containers: ReadonlySet<string> = new Set([
  ...["layers", "_layer_checkpoint_dependencies"],
  ...["cell", "cells"],
]);

function numberedPath({ path }: StoredLayer): string {
  return path.join("/").replace(/_layer_checkpoint_dependencies/g, "layers");
}

function isSubsequence(names: readonly string[], path: readonly string[]): boolean {
  let next = 0;
  for (const segment of path) if (segment === names[next]) next += 1;
  return next === names.length;
}

/**
 * The recurrent, embedding and dense layers of a Keras model's configuration, at any depth.
 *
 * Spec: `get_config` of keras.layers (2.x and 3.x); in files it is the attribute `model_config` or `config.json`.
 * Where Keras 3 stores a layer's weights, follows from the classes of the layers around it
 * (keras/src/saving/saving_lib.py, `_save_container_state`).
 */
import { maxDepth } from "../base/limits";
import { feedsOf, layerName, noFeeds, type Feeds } from "./graph";
import { flagOf, listOf, objectOf, textOf, type Json, type JsonObject } from "./json";

/** A layer of a configuration, or a cell of a stack of them. */
export interface ConfiguredLayer {
  readonly className: string;
  /** Names of the models that hold it, from the outside, and its own last; the outermost model's is left out. */
  readonly names: readonly string[];
  /** Where Keras 3 stores it. */
  readonly storePath: string;
  readonly activation: string | null;
  readonly recurrentActivation: string | null;
  readonly resetAfter: boolean | null;
  readonly goBackwards: boolean | null;
  readonly timeMajor: boolean | null;
  readonly mergeMode: string | null;
  /** False where it gives its last output alone. */
  readonly returnSequences: boolean | null;
  /** True for a cell of StackedRNNCells. */
  readonly isStackedCell: boolean;
  readonly feeds: Feeds;
}

interface Place {
  readonly names: readonly string[];
  readonly storePath: string;
  readonly depth: number;
  readonly feeds: Feeds;
}

const recurrentLayers: ReadonlySet<string> = new Set([
  ...["SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU"],
]);
const plainLayers: ReadonlySet<string> = new Set(["Embedding", "Dense"]);

/** Limit of the layers of a configuration; the largest models have some hundred. */
const maxLayers = 4096;

/** The layers of a configuration; none where it is no configuration of a model. */
export function configuredLayers(json: string): readonly ConfiguredLayer[] {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return [];
  }
  const layers: ConfiguredLayer[] = [];
  const start = { names: [], storePath: "", depth: 0, feeds: noFeeds };
  for (const layer of layersIn(objectOf(root as Json), start)) {
    if (layers.length === maxLayers) break;
    layers.push(layer);
  }
  return layers;
}

/** The layers of a model; a model in it is a layer that has layers. */
function* layersIn(model: JsonObject, place: Place): Generator<ConfiguredLayer> {
  if (place.depth >= maxDepth) return;
  const config = model["config"];
  const layers = listOf(Array.isArray(config) ? config : objectOf(config)["layers"]);
  const names = storeNames();
  const feeds = feedsOf(layers);
  for (const item of layers) {
    const layer = objectOf(item);
    const className = textOf(layer["class_name"]) ?? "";
    const name = layerName(layer);
    yield* layersOf(layer, {
      names: [...place.names, name],
      storePath: `${place.storePath}layers/${names(className)}`,
      depth: place.depth + 1,
      feeds: feeds(name),
    });
  }
}

function* layersOf(layer: JsonObject, place: Place): Generator<ConfiguredLayer> {
  const className = textOf(layer["class_name"]) ?? "";
  const config = objectOf(layer["config"]);
  if (recurrentLayers.has(className) || plainLayers.has(className)) {
    yield describe(className, config, place);
  } else if (/^ConvLSTM\dD$/.test(className) || isRecurrentLike(config)) {
    yield describe(className, config, place);
  } else if (className === "Bidirectional") {
    yield bidirectional(config, place);
  } else if (className === "RNN") {
    yield* cellsOf(config, place);
  } else if (className === "TimeDistributed") {
    const inner = objectOf(config["layer"]);
    const names = [...place.names, textOf(objectOf(inner["config"])["name"]) ?? ""];
    if (place.depth < maxDepth) {
      const storePath = `${place.storePath}/layer`;
      yield* layersOf(inner, { ...place, names, storePath, depth: place.depth + 1 });
    }
  } else {
    yield* layersIn(layer, { ...place, storePath: `${place.storePath}/` });
  }
}

/** A layer of another class, derived from one of Keras' recurrent layers. */
function isRecurrentLike(config: JsonObject): boolean {
  return "units" in config && "recurrent_initializer" in config;
}

/** The wrapper's options are those of both directions; its backward layer is a copy of the other unless it was given. */
function bidirectional(config: JsonObject, place: Place): ConfiguredLayer {
  const inner = objectOf(config["layer"]);
  const innerConfig = objectOf(inner["config"]);
  const innerClass = textOf(inner["class_name"]) ?? "";
  const cell = innerClass === "RNN" ? objectOf(innerConfig["cell"]) : null;
  const described =
    cell === null
      ? describe(innerClass, innerConfig, place)
      : describe(cellClass(cell), objectOf(cell["config"]), place);
  const mergeMode = config["merge_mode"];
  return {
    ...described,
    ...directionOf(innerConfig),
    // A null is written: both outputs, not joined.
    mergeMode: mergeMode === null ? "null" : (textOf(mergeMode) ?? null),
  };
}

/** RNN(LSTMCell) is an LSTM; of RNN([…]), StackedRNNCells, each cell is a layer of its own. */
function* cellsOf(config: JsonObject, place: Place): Generator<ConfiguredLayer> {
  const cell = objectOf(config["cell"]);
  const direction = directionOf(config);
  if (textOf(cell["class_name"]) !== "StackedRNNCells") {
    yield { ...describe(cellClass(cell), objectOf(cell["config"]), place), ...direction };
    return;
  }
  const names = storeNames();
  let { feeds } = place;
  for (const item of listOf(objectOf(cell["config"])["cells"])) {
    const stacked = objectOf(item);
    const stackedConfig = objectOf(stacked["config"]);
    const className = textOf(stacked["class_name"]) ?? "";
    const inStack = {
      names: [...place.names, textOf(stackedConfig["name"]) ?? className],
      storePath: `${place.storePath}/cell/cells/${names(className)}`,
      depth: place.depth + 1,
      feeds,
    };
    // Each cell reads the one before it.
    feeds = { ...noFeeds, readsFrom: inStack.names.at(-1) ?? null };
    const described = describe(cellClass(stacked), stackedConfig, inStack);
    yield { ...described, ...direction, isStackedCell: true };
  }
}

/** A layer knows how it goes along time; a cell does not. */
function directionOf(
  config: JsonObject,
): Pick<ConfiguredLayer, "goBackwards" | "timeMajor" | "returnSequences"> {
  return {
    goBackwards: flagOf(config["go_backwards"]),
    timeMajor: flagOf(config["time_major"]),
    returnSequences: flagOf(config["return_sequences"]),
  };
}

function cellClass(cell: JsonObject): string {
  return (textOf(cell["class_name"]) ?? "").replace(/Cell$/, "");
}

function describe(className: string, config: JsonObject, place: Place): ConfiguredLayer {
  return {
    className,
    names: place.names,
    storePath: place.storePath,
    activation: functionName(config["activation"]),
    // Keras 1 calls it by the second name.
    recurrentActivation: functionName(config["recurrent_activation"] ?? config["inner_activation"]),
    resetAfter: flagOf(config["reset_after"]),
    ...directionOf(config),
    mergeMode: null,
    isStackedCell: false,
    feeds: place.feeds,
  };
}

/** The names of the layers of a container in Keras 3: the class in snake case, numbered from the second one on. */
function storeNames(): (className: string) => string {
  const used = new Map<string, number>();
  return (className) => {
    const name = snakeCase(className);
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
}

/** As keras/src/utils/naming.py: `SimpleRNN` is simple_rnn. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** A function is written by its name, or with its module and class around it. */
function functionName(value: Json | undefined): string | null {
  if (typeof value !== "object" || value === null) return textOf(value) ?? null;
  const { class_name: className, config } = objectOf(value);
  if (className === "function") return textOf(config) ?? null;
  return textOf(className) ?? null;
}

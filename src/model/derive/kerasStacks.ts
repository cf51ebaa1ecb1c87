/**
 * Layers of Keras that read each other, as the layers of one module: a stack in a model, the cells of StackedRNNCells.
 *
 * The derived tensors are those of the single layers under another name.
 */
import type { KerasRecurrent } from "../../formats/base/declared";
import { text } from "../../core/text";
import type { DerivedEntry, DerivedModules } from "./base/derived";
import { isConfigured, kerasFacts } from "./kerasFacts";
import type { ModuleFacts } from "../facts";

/** A layer with its tensors in PyTorch's terms. */
export interface DerivedLayer {
  readonly module: KerasRecurrent;
  readonly entries: readonly DerivedEntry[];
}

/** The stacks among the layers of a file: under the names of their layers, `lstm+lstm_1`. */
export function deriveKerasStacks(layers: readonly DerivedLayer[]): DerivedModules {
  const entries: DerivedEntry[] = [];
  const facts = new Map<string, ModuleFacts>();
  for (const stack of stacksOf(layers)) {
    const names = stack.map(({ module }) => module.name);
    const prefix = `${names.join("+")}.`;
    facts.set(prefix, factsOf(stack, names));
    stack.forEach(({ module, entries: own }, layer) => {
      for (const { entry, readBox } of own) {
        const parameter = entry.name.slice(module.name.length + 1).replace("_l0", `_l${layer}`);
        entries.push({ entry: { ...entry, name: prefix + parameter }, readBox });
      }
    });
  }
  return { entries, facts };
}

/** From each layer that no other one follows down to the lowest. */
function stacksOf(layers: readonly DerivedLayer[]): readonly (readonly DerivedLayer[])[] {
  const below = new Map<DerivedLayer, DerivedLayer>();
  for (const layer of layers) {
    const found = layers.find((other) => other !== layer && follows(layer, other));
    if (found !== undefined) below.set(layer, found);
  }
  const inner = new Set(below.values());
  return layers.flatMap((top) => {
    if (inner.has(top) || !below.has(top)) return [];
    const stack: DerivedLayer[] = [];
    for (let at: DerivedLayer | undefined = top; at !== undefined; at = below.get(at)) {
      if (stack.includes(at)) return [];
      stack.unshift(at);
    }
    return [stack];
  });
}

/** True where a layer reads another one's output at every step, and one nn.LSTM, GRU or RNN can have both. */
function follows(above: DerivedLayer, below: DerivedLayer): boolean {
  const { module } = above;
  const under = below.module;
  const isRead =
    module.readsFrom === null ? isNext(module, under) : isCalled(under, module.readsFrom);
  const isEvery = under.isStackedCell || under.returnSequences !== false;
  const isConcat =
    under.backward === null || under.mergeMode === null || under.mergeMode === "concat";
  const isForward = under.goBackwards !== true && module.goBackwards !== true;
  return (
    isRead &&
    isEvery &&
    isConcat &&
    isForward &&
    module.statesFrom === null &&
    isAlike(above, below)
  );
}

function isCalled({ name }: KerasRecurrent, wanted: string): boolean {
  return name === wanted || name.endsWith(`.${wanted}`);
}

/** In a file of weights alone, layers follow each other by the numbers of their groups, and cells of a stack do. */
function isNext(above: KerasRecurrent, below: KerasRecurrent): boolean {
  if (isConfigured(above) || above.isStackedCell !== below.isStackedCell) return false;
  const group = ({ forward: { kernel } }: KerasRecurrent): string =>
    (typeof kernel === "string" ? kernel : "").replace(
      /(?:\/(?:forward_layer|cell))*\/vars\/\d+$/,
      "",
    );
  const [, stem = "", number = "0"] = /^(.*?)(?:_(\d+))?$/s.exec(group(below)) ?? [];
  return group(above) === `${stem}_${Number(number) + 1}`;
}

function isAlike(above: DerivedLayer, below: DerivedLayer): boolean {
  const compared = ({ module }: DerivedLayer): string => {
    const { cell, activation, recurrentActivation, resetAfter, timeMajor, kerasMajor } = module;
    const isBidirectional = module.backward !== null;
    return JSON.stringify([
      ...[cell, activation, recurrentActivation, resetAfter, timeMajor, kerasMajor],
      ...[isBidirectional, module.forward.bias !== null, module.customClass],
    ]);
  };
  const [input, state] = [shapeOf(above, "weight_ih_l0"), shapeOf(above, "weight_hh_l0")];
  const directions = below.module.backward === null ? 1 : 2;
  const units = shapeOf(below, "weight_hh_l0")[1] ?? 0;
  return (
    compared(above) === compared(below) && state[1] === units && input[1] === directions * units
  );
}

function shapeOf({ module, entries }: DerivedLayer, parameter: string): readonly number[] {
  const name = `${module.name}.${parameter}`;
  return entries.find(({ entry }) => entry.name === name)?.entry.shape ?? [];
}

function factsOf(stack: readonly DerivedLayer[], names: readonly string[]): ModuleFacts {
  const all = stack.map(({ module }) => kerasFacts(module));
  const [first] = all;
  const last = all.at(-1);
  if (first === undefined || last === undefined) throw new Error("a stack has no layers");
  const { kerasOutput } = last;
  return {
    ...first,
    departures: last.departures,
    ...(kerasOutput === undefined ? {} : { kerasOutput }),
    remarks: [
      stack.every(({ module }) => isConfigured(module) || module.isStackedCell)
        ? text("the layers {0} as one module, each of which reads the one before", names)
        : text(
            "assumed to be the layers of one module, each of which reads what the one before gives: {0}",
            names,
          ),
    ],
  };
}

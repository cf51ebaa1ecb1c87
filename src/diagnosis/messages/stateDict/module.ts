/**
 * What the keys of one recurrent module tell, of the checkpoint and of the declared model.
 */
import { text, type Text } from "../../../core/text";
import {
  recurrentKey,
  type ModuleSides,
  type RecurrentKey,
  type Rule,
  type StateDictBlock,
} from "./keys";
import { shapeRule } from "./shapes";

interface Sentences {
  readonly means: readonly Text[];
  readonly fits: readonly Text[];
}

/** The sentences about the module behind `prefix`. */
export function moduleSentences(block: StateDictBlock, prefix: string): Sentences {
  const own = (keys: readonly string[]): RecurrentKey[] =>
    keys.flatMap((key) => {
      const found = recurrentKey(key);
      return found?.prefix === prefix ? [found] : [];
    });
  const sides: ModuleSides = {
    name: nameOf(block.class, prefix),
    missing: own(block.missing),
    unexpected: own(block.unexpected),
    mismatches: block.mismatches.filter(({ key }) => recurrentKey(key)?.prefix === prefix),
  };
  const said = [...rules, shapeRule].flatMap((rule) => rule(sides) ?? []);
  return {
    means: said.map(({ means }) => means),
    fits: said.map(({ fits }) => fits),
  };
}

/** What stands before the keys; else the class that was loaded. */
function nameOf(className: string, prefix: string): string | Text {
  if (prefix !== "") return prefix.replace(/[./]$/, "");
  return className === "" ? text("the module") : className;
}

/** What keys alone tell; each rule looks at another part of them. */
const rules: readonly Rule[] = [
  cellClassRule,
  computedRule,
  directionRule,
  layerRule,
  biasRule,
  projectionRule,
];

function cellClassRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  const lacks = (keys: readonly RecurrentKey[], isCell: boolean): boolean =>
    keys.some(({ role, layer }) => role === "weight_ih" && (layer === null) === isCell);
  if (lacks(unexpected, true) && lacks(missing, false)) {
    return [
      {
        means: text(
          "In the checkpoint {0} is a cell class (weight_ih without _l0), the model has a module.",
          name,
        ),
        fits: text(
          "Rename its keys: weight_ih → weight_ih_l0 and so on; a cell is a module of one layer and direction.",
        ),
      },
    ];
  }
  if (lacks(unexpected, false) && lacks(missing, true)) {
    return [
      {
        means: text(
          "In the checkpoint {0} is a module (weight_ih_l0), the model has a cell class.",
          name,
        ),
        fits: text(
          "Rename its keys: weight_ih_l0 → weight_ih and so on; that holds one layer and direction.",
        ),
      },
    ];
  }
  return null;
}

function computedRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  const inCheckpoint = unexpected.find(({ part }) => part !== null);
  if (inCheckpoint !== undefined) {
    return [
      {
        means: text(
          "In the checkpoint {0} has {1}: a weight that is computed from others (weight drop, weight norm, spectral norm, pruning).",
          name,
          inCheckpoint.key,
        ),
        fits: text(
          "Apply the same wrapper to the model before loading, or export the weight that it computes: unroll inspect shows it under its own name.",
        ),
      },
    ];
  }
  const inModel = missing.find(({ part }) => part !== null);
  if (inModel === undefined) return null;
  return [
    {
      means: text(
        "In the model {0} has {1}: a weight that is computed from others (weight drop, weight norm, spectral norm, pruning); the checkpoint has the plain one.",
        name,
        inModel.key,
      ),
      fits: text("Load before the wrapper is applied."),
    },
  ];
}

function directionRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  if (lacksDirection(unexpected)) {
    return [
      {
        means: text(
          "In the checkpoint {0} is bidirectional: it has keys that end in _reverse.",
          name,
        ),
        fits: text(
          "Declare {0} with bidirectional=True; what follows it then takes 2·H features.",
          name,
        ),
      },
    ];
  }
  if (!lacksDirection(missing)) return null;
  return [
    {
      means: text(
        "In the checkpoint {0} has one direction: the keys that end in _reverse are missing.",
        name,
      ),
      fits: text(
        "Declare {0} with bidirectional=False; what follows it then takes H features.",
        name,
      ),
    },
  ];
}

/** True where the other side has a layer without its reverse direction: a whole layer is no matter of directions. */
function lacksDirection(keys: readonly RecurrentKey[]): boolean {
  const stored = keys.filter(({ role }) => role === "weight_hh");
  const forward = new Set(stored.filter(({ isReverse }) => !isReverse).map(({ layer }) => layer));
  return stored.some(({ isReverse, layer }) => isReverse && !forward.has(layer));
}

function layerRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  const stored = (keys: readonly RecurrentKey[]): number[] =>
    keys.flatMap(({ role, layer, isReverse }) =>
      role === "weight_hh" && !isReverse && layer !== null ? [layer] : [],
    );
  const [surplus, lacking] = [stored(unexpected), stored(missing)];
  if (surplus.length > 0 && lacking.length === 0) {
    const layers = 1 + Math.max(...surplus);
    return [
      {
        means: text(
          "In the checkpoint {0} has num_layers={1}, in the model num_layers={2}.",
          name,
          layers,
          Math.min(...surplus),
        ),
        fits: text("Declare {0} with num_layers={1}.", name, layers),
      },
    ];
  }
  const first = Math.min(...lacking);
  if (lacking.length === 0 || surplus.length > 0 || first === 0) return null;
  return [
    {
      means: text(
        "In the checkpoint {0} has num_layers={1}, in the model num_layers={2}.",
        name,
        first,
        1 + Math.max(...lacking),
      ),
      fits: text("Declare {0} with num_layers={1}.", name, first),
    },
  ];
}

function biasRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  const weights = new Set(
    [...missing, ...unexpected].filter(({ role }) => role === "weight_hh").map(placeKey),
  );
  const isAlone = (each: RecurrentKey): boolean =>
    each.role.startsWith("bias") && !weights.has(placeKey(each));
  if (missing.some(isAlone)) {
    return [
      {
        means: text("In the checkpoint {0} has no biases.", name),
        fits: text("Declare {0} with bias=False.", name),
      },
    ];
  }
  if (!unexpected.some(isAlone)) return null;
  return [
    {
      means: text("In the checkpoint {0} has biases, the model has none.", name),
      fits: text("Declare {0} with bias=True.", name),
    },
  ];
}

function placeKey({ layer, isReverse }: RecurrentKey): string {
  return `${layer ?? "cell"}${isReverse ? "r" : ""}`;
}

function projectionRule({ name, missing, unexpected }: ModuleSides): ReturnType<Rule> {
  const weights = new Set(
    [...missing, ...unexpected].filter(({ role }) => role === "weight_hh").map(placeKey),
  );
  const isAlone = (each: RecurrentKey): boolean =>
    each.role === "weight_hr" && !weights.has(placeKey(each));
  if (unexpected.some(isAlone)) {
    return [
      {
        means: text("In the checkpoint {0} has a projection: weight_hr is [P, H].", name),
        fits: text(
          "Declare {0} with proj_size=P, the columns of the checkpoint's weight_hh.",
          name,
        ),
      },
    ];
  }
  if (!missing.some(isAlone)) return null;
  return [
    {
      means: text("In the checkpoint {0} has no projection, the model has one.", name),
      fits: text("Declare {0} without proj_size.", name),
    },
  ];
}

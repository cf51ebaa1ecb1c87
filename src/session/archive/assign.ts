/**
 * Answers about a map that is edited by hand: what it comes to with the tensors of an open archive, and what may stand
 * in a slot. Reads no values.
 */
import { text, type Text } from "../../core/text";
import { checkIn, type MapCheck, type SlotCheck, type SlotFault } from "../../model/assign/check";
import { conventionsOf, layoutsFor } from "../../model/assign/conventions";
import { withMappedModule } from "../../model/assign/mapped";
import type { ModuleMap } from "../../model/assign/map";
import { faultSentence, problemSentence, remedySentence } from "../../model/assign/sentences";
import { entryNamed, namedSlots, type EntryLookup } from "../../model/assign/sizes";
import { gatedParts, gatesOfRole } from "../../model/assign/slots";
import { constructorLine, pytorchVariant, type RecurrentConfig } from "../../model/config";
import type { ModuleArchive } from "../../model/derive/derive";
import { remarksOf } from "../../model/facts";
import { unknownArguments } from "../../model/find/find";
import {
  eachParameter,
  parameterSymbols,
  type Parameter,
  type ParameterRole,
} from "../../model/parameters";
import { departures } from "../../model/variant";
import type {
  CheckedMap,
  CheckedPart,
  CheckedSlot,
  ChoicesPage,
  ChoicesRequest,
  GuessRequest,
  MapGuesses,
  NamedChoice,
} from "../../protocol/archive/assignMessages";
import { elementCount } from "../../tensor/tensor";
import { choicesOf } from "./assignChoices";
import { guessesOf } from "./assignGuesses";

/** Slots that are told; more are checked. */
const maxSlots = 2048;

/** Holds the entries of an archive by their names, for as long as the archive is open. */
export class Assigner {
  readonly #archive: ModuleArchive;
  readonly #file: string;
  readonly #entryOf: EntryLookup;

  constructor(archive: ModuleArchive, file: string) {
    this.#archive = archive;
    this.#file = file;
    this.#entryOf = entryNamed(archive.entries);
  }

  /** Maps that fit: those that were made before, then guesses. */
  guesses(request: GuessRequest): MapGuesses {
    return guessesOf(this.#archive.entries, this.#entryOf, request);
  }

  /** What can stand in a slot. */
  choices(request: ChoicesRequest): ChoicesPage {
    return choicesOf(this.#archive.entries, this.#entryOf, request);
  }

  /** What a map comes to; it need not be complete. */
  check(map: ModuleMap): CheckedMap {
    const check = checkIn(map, this.#archive.entries, this.#entryOf);
    const { fits, problems, notes } = check;
    const config = check.config ?? withoutSizes(map);
    const unused = notes.find((note) => note.kind === "unused");
    const { layout = "pytorch" } = map;
    return {
      constructorLine: check.config === null ? `nn.${map.kind}(…)` : constructorLine(config),
      fits,
      problems: problems.map(problemSentence),
      sizes: check.config === null ? writtenSizes(map, config) : sizesOf(config),
      layouts: layoutsOf(map),
      layout: typeof layout === "string" ? layout : null,
      slots: this.#slots(map, config, check),
      unusedCount: unused?.count ?? 0,
      unused: unused?.tensors ?? [],
      ...(fits ? this.#made(map) : nothingMade),
    };
  }

  #made(map: ModuleMap): Pick<CheckedMap, "parameters" | "values" | "remarks"> {
    const [module] = withMappedModule(this.#file, this.#archive, { map }).modules;
    if (module === undefined) return nothingMade;
    const { config, facts, prefix } = module;
    const entries = [...module.entries.values()];
    const unknown = unknownArguments(module);
    return {
      parameters: entries.slice(0, maxSlots).map(({ name, shape, origin }) => ({
        name: name.slice(prefix.length),
        shape,
        from: origin?.from ?? [],
        how: origin?.how ?? text("as it is"),
      })),
      values: entries.reduce((sum, { shape }) => sum + elementCount(shape), 0),
      remarks: [
        ...departures(config),
        ...remarksOf(facts, {}),
        ...(unknown.length === 0 ? [] : [text("the file does not tell: {0}", unknown)]),
      ],
    };
  }

  /** The slots of the module, and those that it might have beside them: biases, peepholes. */
  #slots(map: ModuleMap, config: RecurrentConfig, { slots }: MapCheck): CheckedSlot[] {
    const checked = new Map(slots.map((slot) => [slot.slot, slot]));
    const all = {
      ...config,
      bias: true,
      variant: { ...config.variant, peephole: map.kind === "LSTM" },
    };
    const conventions = conventionsOf(map);
    const found: CheckedSlot[] = [];
    for (const parameter of eachParameter(all)) {
      if (found.length >= maxSlots) break;
      const { name, role, layer, direction, shape, axes } = parameter;
      const check = checked.get(name);
      const gated = gatedParts(map.slots[name], role, { kind: map.kind, conventions });
      const gates =
        gatesOfRole(map.kind, role).length > 1 ? conventionsOrder(role, conventions) : [];
      const parts = gated.map((part, index) => ({
        part: part.part,
        gates: part.gates.filter((gate) => gate !== ""),
        isTransposed: part.isTransposed,
        shape: this.#entryOf(part.part.tensor)?.shape ?? null,
        why: partWhy(check, index),
      }));
      const isSized = config.hiddenSize > 0;
      found.push({
        id: name,
        symbol: parameterSymbols[role],
        layer,
        direction,
        expected: isSized ? shape : [],
        axes,
        gates,
        isOptional: isOptional(parameter),
        parts,
        ...stateOf(parameter, check, parts, isSized),
      });
    }
    return found;
  }
}

const nothingMade = { parameters: [], values: 0, remarks: [] } as const;

/** The order in which the gates of a parameter lie in this layout. */
function conventionsOrder(
  role: ParameterRole,
  { gates, peepholes }: ReturnType<typeof conventionsOf>,
): readonly string[] {
  return role === "peephole" ? peepholes : gates;
}

function isOptional({ role }: Parameter): boolean {
  return role === "biasIh" || role === "biasHh" || role === "peephole";
}

function partWhy(check: SlotCheck | undefined, index: number): Text | null {
  const fault = check?.fault ?? null;
  if (check === undefined || fault === null || !("part" in fault)) return null;
  return fault.part === index ? faultSentence(fault, check.expected, check.slot) : null;
}

/** What is said of a slot. */
type SlotVerdict = Pick<CheckedSlot, "state" | "why" | "fix">;

const fitting: SlotVerdict = { state: "fits", why: null, fix: null };
const empty: SlotVerdict = { state: "zeros", why: null, fix: null };
const missing = (why: Text): SlotVerdict => ({ state: "missing", why, fix: null });

function stateOf(
  parameter: Parameter,
  check: SlotCheck | undefined,
  parts: readonly CheckedPart[],
  isSized: boolean,
): SlotVerdict {
  const open = parts.find(({ part }) => part.tensor === "");
  if (open !== undefined) return missing(text("choose a tensor for {0}", open.gates.join(" ")));
  if (parts.length === 0) {
    return isOptional(parameter) ? empty : missing(text("choose a tensor"));
  }
  if (check !== undefined && check.fault !== null) return faultOf(check, check.fault);
  return isSized ? fitting : missing(text("cannot be told until the sizes are known"));
}

function faultOf({ expected, slot, remedies }: SlotCheck, fault: SlotFault): SlotVerdict {
  const [remedy] = remedies;
  const fix =
    remedy === undefined || !("part" in fault)
      ? null
      : { index: fault.part, part: remedy.part, how: remedySentence(remedy) };
  return { state: "wrong", why: faultSentence(fault, expected, slot), fix };
}

function sizesOf(config: RecurrentConfig): CheckedMap["sizes"] {
  const { inputSize, hiddenSize, projSize, numLayers: layers, bidirectional } = config;
  const projection = projSize === 0 ? null : projSize;
  return { inputSize, hiddenSize, projection, layers, bidirectional };
}

/** Sizes of a map whose tensors do not tell them. */
function writtenSizes(map: ModuleMap, config: RecurrentConfig): CheckedMap["sizes"] {
  const { inputSize, hiddenSize } = map;
  return {
    ...sizesOf(config),
    inputSize: inputSize ?? null,
    hiddenSize: hiddenSize ?? null,
  };
}

/** Layouts to choose from, with the one that the map names. */
function layoutsOf({ kind, layout }: ModuleMap): readonly NamedChoice[] {
  const offered = layoutsFor(kind).map(({ id, title }) => ({ id, title }));
  if (typeof layout !== "string" || offered.some(({ id }) => id === layout)) return offered;
  return [...offered, { id: layout, title: layout }];
}

/** A module of which only the number of its slots is known. */
function withoutSizes(map: ModuleMap): RecurrentConfig {
  const slots = namedSlots(map);
  return {
    cell: map.kind,
    isCellClass: false,
    inputSize: map.inputSize ?? 0,
    hiddenSize: 0,
    numLayers: map.layers ?? 1 + slots.reduce((most, { layer }) => Math.max(most, layer), 0),
    bidirectional: map.bidirectional ?? slots.some(({ isSecond }) => isSecond),
    bias: true,
    projSize: map.projection ?? 0,
    batchFirst: map.batchFirst ?? false,
    nonlinearity: "tanh",
    variant: pytorchVariant,
  };
}

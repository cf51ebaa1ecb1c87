/**
 * Reads a map out of JSON that anybody may have written: every problem has the path of the value that causes it.
 */
import { text, type Text } from "../../core/text";
import type { CellKind } from "../config";
import { placeOf } from "../parameters";
import { gateOrder } from "../gates";
import { gatesIn, layoutNames, layoutSpec, lettersIn, peepholesIn } from "./conventions";
import type { ModuleMap } from "./map";
import { maxMapLayers } from "./sizes";

/** Keys and indices down to a value. */
export type JsonPath = readonly (string | number)[];

/** What is wrong with a value of a map. */
export interface MapFault {
  readonly path: JsonPath;
  readonly message: Text;
  /** JSON texts that would be valid in its place. */
  readonly replacements?: readonly string[];
}

const kinds: readonly CellKind[] = ["RNN", "LSTM", "GRU"];

/** More than any tensor has; sums and products of sizes stay exact below it. */
const maxSize = 2 ** 31 - 1;
/** A module of 1024 layers in two directions has fewer. */
const maxSlots = 16_384;
/** Items of a slot: more than gates in two biases. */
const maxParts = 64;
const maxAxes = 8;
/** Problems of a map that are told. */
const maxFaults = 100;

/** A map, or what is wrong with it. */
export type ParsedMap =
  | { readonly map: ModuleMap; readonly faults: readonly [] }
  | { readonly map: null; readonly faults: readonly MapFault[] };

/** Checks JSON as a map. Sizes and tensors are not looked at: there is no file yet. */
export function parseMap(value: unknown): ParsedMap {
  const faults: MapFault[] = [];
  checkWhole(value, faults);
  if (faults.length > 0) return { map: null, faults: faults.slice(0, maxFaults) };
  return { map: value as ModuleMap, faults: [] };
}

type Check = (value: unknown, path: JsonPath, faults: MapFault[]) => void;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function that(isRight: (value: unknown) => boolean, message: Text): Check {
  return (value, path, faults) => {
    if (!isRight(value)) faults.push({ path, message });
  };
}

const isWhole = (value: unknown, least: number): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= maxSize;
const isSize = that(
  (value) => isWhole(value, 1),
  text("Expected a whole number from 1 to {0}", maxSize),
);
const isLayers = that(
  (value) => isWhole(value, 1) && value <= maxMapLayers,
  text("Expected a whole number from 1 to {0}", maxMapLayers),
);
const isProjection = that(
  (value) => isWhole(value, 0),
  text("Expected a whole number from 0 to {0}", maxSize),
);
const isSwitch = that((value) => typeof value === "boolean", text("Expected true or false"));
const isFinite = that(
  (value) => typeof value === "number" && Number.isFinite(value),
  text("Expected a number"),
);
const isTensorName = that(
  (value) => typeof value === "string",
  text("Expected the name of a tensor"),
);
const isNonlinearity = that(
  (value) => value === "tanh" || value === "relu",
  text("Expected {0} or {1}", '"tanh"', '"relu"'),
);
const isIndex = that(
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= maxAxes &&
    value.every((each) => isWhole(each, 0)),
  text("Expected a list of indices on the first axes, e.g. [0]"),
);
const isRange = that(isRangeValue, text("Expected [from] or [from, to], from 0 on, e.g. [0, 20]"));

function isRangeValue(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > 2) return false;
  const [from, to = maxSize] = value as unknown[];
  return isWhole(from, 0) && isWhole(to, 1) && from < to;
}

function isGates(kind: CellKind): Check {
  const all = gateOrder[kind].join("");
  return that(
    (value) => typeof value === "string" && (kind === "RNN" || gatesIn(kind, value) !== null),
    text("Expected the letters of all gates in the order of the file, e.g. {0}", `"${all}"`),
  );
}

function isSomeGates(kind: CellKind): Check {
  const all = gateOrder[kind].join("");
  return that(
    (value) => typeof value === "string" && (kind === "RNN" || lettersIn(kind, value) !== null),
    text("Expected letters of gates out of {0}, each once", `"${all}"`),
  );
}

const isPeepholes = that(
  (value) => typeof value === "string" && peepholesIn(value) !== null,
  text("Expected the letters i, f and o in the order of the file"),
);

/** An object with these keys alone. */
function checkKeys(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
  path: JsonPath,
  faults: MapFault[],
): void {
  if (!isObject(value)) return;
  for (const [key, each] of Object.entries(value)) {
    if (faults.length >= maxFaults) return;
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check !== undefined) check(each, [...path, key], faults);
    else {
      const message = text("Unknown key {0}; known are {1}", key, Object.keys(checks));
      faults.push({ path: [...path, key], message });
    }
  }
}

function checkWhole(value: unknown, faults: MapFault[]): void {
  if (!isObject(value)) {
    faults.push({
      path: [],
      message: text(
        "Expected a map of a module, such as {0}",
        '{ "kind": "LSTM", "slots": { "weight_ih_l0": "W" } }',
      ),
    });
    return;
  }
  const kind = kinds.find((each) => each === value["kind"]);
  if (kind === undefined) {
    const replacements = kinds.map((each) => JSON.stringify(each));
    const at = Object.hasOwn(value, "kind") ? ["kind"] : [];
    faults.push({
      path: at,
      message: text('"kind" must be one of {0}', replacements.join(", ")),
      replacements: at.length === 0 ? [] : replacements,
    });
    return;
  }
  if (!isObject(value["slots"])) {
    faults.push({
      path: Object.hasOwn(value, "slots") ? ["slots"] : [],
      message: text('Expected "slots", an object with the tensor of each parameter'),
    });
  }
  checkKeys(value, checksOf(kind), [], faults);
}

function checksOf(kind: CellKind): Readonly<Record<string, Check>> {
  return {
    kind: () => undefined,
    layout: (value, path, faults) => {
      checkLayout(kind, value, path, faults);
    },
    inputSize: isSize,
    hiddenSize: isSize,
    layers: isLayers,
    bidirectional: isSwitch,
    reverse: isSwitch,
    batchFirst: isSwitch,
    projection: isProjection,
    ...(kind === "RNN" ? { nonlinearity: isNonlinearity } : {}),
    slots: (value, path, faults) => {
      checkSlots(kind, value, path, faults);
    },
  };
}

function checkLayout(kind: CellKind, value: unknown, path: JsonPath, faults: MapFault[]): void {
  if (isObject(value)) {
    const checks = {
      gates: isGates(kind),
      transposed: isSwitch,
      forgetBias: isFinite,
      resetAfter: isSwitch,
      updateTurned: isSwitch,
      peepholes: isPeepholes,
    };
    checkKeys(value, checks, path, faults);
    return;
  }
  if (typeof value === "string" && layoutSpec({ kind, layout: value }) !== null) return;
  const names = layoutNames(kind);
  faults.push({
    path,
    message: text(
      "Expected a layout of {0}, one of {1}, or an object with gates and transposed",
      kind,
      names,
    ),
    replacements: names.map((name) => JSON.stringify(name)),
  });
}

function checkSlots(kind: CellKind, value: unknown, path: JsonPath, faults: MapFault[]): void {
  if (!isObject(value)) return;
  const names = Object.keys(value);
  if (names.length > maxSlots) {
    faults.push({
      path,
      message: text("a module has at most {0} parameters, not {1}", maxSlots, names.length),
    });
    return;
  }
  for (const name of names) {
    if (faults.length >= maxFaults) return;
    const place = placeOf(name, false);
    if (place === undefined || place.layer >= maxMapLayers) {
      faults.push({
        path: [...path, name],
        message: text(
          "{0} is no parameter; expected names such as weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0_reverse, weight_hr_l0, peephole_l0",
          name,
        ),
      });
    } else if (/^(?:weightHr|peephole)$/.test(place.role) && kind !== "LSTM") {
      const message = text("{0} is a parameter of an LSTM alone", name);
      faults.push({ path: [...path, name], message });
    } else checkSlot(kind, value[name], [...path, name], faults);
  }
}

function checkSlot(kind: CellKind, value: unknown, path: JsonPath, faults: MapFault[]): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    checkPart(kind, value, path, faults);
    return;
  }
  if (value.length === 0 || value.length > maxParts) {
    const message = text("Expected a list of 1 to {0} tensors, or null for zeros", maxParts);
    faults.push({ path, message });
    return;
  }
  for (const [index, part] of value.entries()) checkPart(kind, part, [...path, index], faults);
}

function checkPart(kind: CellKind, value: unknown, path: JsonPath, faults: MapFault[]): void {
  if (typeof value === "string") return;
  if (!isObject(value)) {
    const example = '{ "tensor": "W", "rows": [0, 20], "transposed": true }';
    faults.push({
      path,
      message: text(
        "Expected the name of a tensor, an object such as {0}, a list of them, or null for zeros",
        example,
      ),
    });
    return;
  }
  if (!Object.hasOwn(value, "tensor")) {
    faults.push({ path, message: text('"{0}" is missing', "tensor") });
  }
  const checks = {
    tensor: isTensorName,
    index: isIndex,
    rows: isRange,
    columns: isRange,
    transposed: isSwitch,
    gates: isSomeGates(kind),
  };
  checkKeys(value, checks, path, faults);
}

/**
 * Alternatives with a free parameter: permutations, dropout, values and weights that are simply others.
 */
import { numDirections, stateSize } from "../../model/config";
import { stacked } from "./directions";
import { sameMaker, type FixFrame, type Maker, type Makers, type Wrong } from "./fix";
import { restored } from "./lengths";
import { list } from "./literals";

const batchRows: Maker = (frame, wrong) => {
  const { parameter } = wrong;
  const rows = parameter?.kind === "rows" ? parameter.rows : [...Array(frame.batchSize).keys()];
  return restored(frame, wrong, rows);
};

/** By slot: which unit of the reference is each of ours. */
function unitPlaces({ config }: FixFrame, { parameter }: Wrong): number[][] {
  const own = [...Array(stateSize(config)).keys()];
  const slots = config.numLayers * numDirections(config);
  const given = parameter?.kind === "units" ? parameter.units : new Array(slots).fill(own);
  return given.map((units: readonly number[]) => own.map((unit) => units.indexOf(unit)));
}

/** `restore_units(h, slot)`: h of one layer and direction, units along the last axis, in the order of the weights. */
const units: Maker = (frame, wrong) => {
  const places = unitPlaces(frame, wrong).map(list);
  const R = stateSize(frame.config);
  const D = numDirections(frame.config);
  const table = [`# by slot, layer * ${D} + direction`, ...places.map((one) => `    ${one},`)];
  return {
    python: () => [
      `places = [  ${table[0]!}`,
      ...table.slice(1),
      "]",
      "",
      `def restore_units(h, slot):  # h_n[slot], or the ${R} features of a direction in output`,
      `    # was: ${wrong.title}`,
      "    return h[..., places[slot]]",
    ],
    typescript: [
      `const places = [ // by slot, layer * ${D} + direction`,
      ...table.slice(1).map((line) => line.slice(2)),
      "];",
      `function restoreUnits(h: Float32Array, slot: number): Float32Array { // h_n of a slot, or ${R} features of output`,
      `  // was: ${wrong.title}`,
      `  return h.map((_, k) => h[k - (k % ${R}) + places[slot][k % ${R}]]);`,
      "}",
    ],
  };
};

/** Dropout is of training: torch.nn's modules are switched, elsewhere the layers are stacked without it. */
const evaluated: Maker = (frame, wrong) => {
  const body = stacked(frame, wrong);
  return {
    python: (dialect) =>
      dialect.name === "numpy"
        ? body.python(dialect)
        : [
            "def forward(rnn, x, hx=None):",
            `    # was: ${wrong.title}`,
            "    rnn.eval()",
            "    with torch.no_grad():",
            "        return rnn(x, hx)",
          ],
    typescript: body.typescript,
  };
};

/** `differing(ours, reference)`: the values that do not agree, by place. */
const isolated: Maker = (_frame, wrong) => ({
  python: ({ name }) => [
    "def differing(ours, reference, tolerance=1e-5):",
    `    # ${wrong.title}: look at these; no code is accused`,
    `    places = ${name === "torch" ? "torch.nonzero(abs(ours - reference) > tolerance)" : "np.argwhere(abs(ours - reference) > tolerance)"}`,
    "    return [(place, ours[place].item(), reference[place].item()) for place in map(tuple, places.tolist())]",
  ],
  typescript: [
    "function differing(ours: ArrayLike<number>, reference: ArrayLike<number>, tolerance = 1e-5) {",
    `  // ${wrong.title}: look at these; no code is accused`,
    "  return Array.from({ length: ours.length }, (_, place) => ({",
    "    place, ours: ours[place], reference: reference[place],",
    "  })).filter((each) => !(Math.abs(each.ours - each.reference) <= tolerance));",
    "}",
  ],
});

/** `compare(state, other)`: the tensors of the module in two files, largest difference first. */
const compared: Maker = (_frame, wrong) => ({
  python: () => [
    "def compare(state, other):",
    `    # ${wrong.title}: no code is accused. Compare with the weights that made the reference`,
    "    differences = {name: abs(w - other[name]).max().item() for name, w in state.items() if name in other}",
    "    return sorted(differences.items(), key=lambda each: -each[1])",
  ],
  typescript: [
    "type State = Record<string, ArrayLike<number>>;",
    "function compare(state: State, other: State): [string, number][] {",
    `  // ${wrong.title}: no code is accused. Compare with the weights that made the reference`,
    "  const difference = (name: string): number =>",
    "    Math.max(...Array.from(state[name], (w, k) => Math.abs(w - other[name][k])));",
    "  const names = Object.keys(state).filter((name) => name in other);",
    "  return names.map((name): [string, number] => [name, difference(name)]).sort((a, b) => b[1] - a[1]);",
    "}",
  ],
});

export const parameterFixes: Makers = {
  "permutation/batch-rows": batchRows,
  "permutation/units": units,
  ...sameMaker("dropout", ["between-layers", "on-output"], evaluated),
  "data/isolated-values": isolated,
  "data/other-weights": compared,
};

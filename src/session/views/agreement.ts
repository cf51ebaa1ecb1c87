/**
 * The table of several references of one run: the values of each lane by all who give it.
 */
import { directionSteps } from "../../analysis/lanes";
import { traceSteps } from "../../analysis/steps";
import type { RunControl } from "../../core/control";
import { text, type Text } from "../../core/text";
import type { StateArray } from "../../engine/base/engine";
import type { StateName } from "../../engine/base/trace";
import { directionIndexOf, directionsOf } from "../../model/directions";
import { stateName, type NamedState } from "../../model/stateNames";
import { toTimeMajor } from "../../model/sequence";
import type { AgreementView } from "../../protocol/run/comparedMessages";
import { encodeNumber } from "../../protocol/wire";
import { withAnswer } from "../../reference/answer";
import { engineTitles, type ReferenceAnswer } from "../../reference/engine";
import { agreementTable, type Party, type TableLane } from "../../reference/table";
import { stateValues } from "../../run/stateValues";
import type { RunResult } from "../../run/execute";
import type { RunInputs } from "../../run/inputs";

/** Values of one lane that are held at once, of each party. */
const maxLaneValues = 2 ** 26;

/** null for fewer than two references. @throws CancelledError when `control` says so. */
export function tableOf(
  result: RunResult,
  filed: RunInputs | null,
  answers: readonly ReferenceAnswer[],
  control: RunControl,
): AgreementView | null {
  const others = [
    ...(filed === null ? [] : [{ party: "file" as const, inputs: filed }]),
    ...answers.map((answer) => ({
      party: answer.engine,
      inputs: withAnswer(result.inputs, answer),
    })),
  ];
  if (others.length < 2) return null;
  const sides = others.map(({ inputs }) => inputs);
  const parties: Party[] = ["run", ...others.map(({ party }) => party)];
  const lanes = [...stateLanes(result, sides), ...resultLanes(result, sides)];
  const { tolerance } = result.context;
  const table = agreementTable(parties, lanes, tolerance, { control, titleOf: partyTitle });
  return {
    ...table,
    rows: table.rows.map(({ name, cells, alone }) => ({
      name,
      alone,
      cells: cells.map(
        (cell) =>
          cell && {
            group: cell.group,
            maxAbs: cell.maxAbs === null ? null : encodeNumber(cell.maxAbs),
          },
      ),
    })),
  };
}

/** A party in sentences. */
function partyTitle(party: Party): Text | string {
  if (party === "run") return text("Unroll");
  return party === "file" ? text("the exported file") : engineTitles[party];
}

/** h and c of every lane that any reference has. */
function stateLanes(result: RunResult, sides: readonly RunInputs[]): TableLane[] {
  const { config } = result.forwardInput;
  const names: readonly StateName[] = config.cell === "LSTM" ? ["h", "c"] : ["h"];
  const places = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).flatMap((direction) =>
      names.map((quantity) => ({ layer, direction, quantity })),
    ),
  ).flat();
  return places.flatMap((place) => {
    const of = sides.map((side) => stateOf(result, side, place));
    return of.every((values) => values === null) ? [] : [stateLane(result, place, of)];
  });
}

function stateLane(
  result: RunResult,
  place: NamedState & { readonly quantity: StateName },
  of: readonly (StateArray | null)[],
): TableLane {
  const { trace, noise, forwardInput } = result;
  const { batchSize, seqLength, lengths, config } = forwardInput;
  const { layer, direction, quantity } = place;
  const directionIndex = directionIndexOf(config, direction);
  const units = quantity === "h" ? trace.stateSize : trace.cellSize;
  const isSmall = seqLength * batchSize * units <= maxLaneValues;
  const steps = traceSteps(trace, quantity, { layer, directionIndex });
  const allowances = (quantity === "h" ? noise?.allowance : noise?.cellAllowance) ?? null;
  return {
    name: stateName(place),
    units,
    allowance: largest(allowances?.[layer]?.[directionIndex]),
    ...(lengths === null
      ? {}
      : {
          isValid: (row) => Math.floor(row / batchSize) < (lengths[row % batchSize] ?? seqLength),
        }),
    of: [isSmall ? steps.read(0, seqLength).slice() : null, ...of],
  };
}

/** A state of a reference: among its states, or the part of its output that is the same. */
function stateOf(
  { forwardInput: run }: RunResult,
  { reference, states = [], config }: RunInputs,
  place: NamedState,
): StateArray | null {
  const own = stateValues(states, place);
  if (own !== null) return own;
  const { output } = reference;
  const isLast = place.layer === config.numLayers - 1 && place.quantity === "h";
  if (output === null || !isLast) return null;
  const size = output.data.length / (run.seqLength * run.batchSize);
  if (!Number.isInteger(size)) return null;
  const halves = directionSteps(run, toTimeMajor(output, config.batchFirst));
  return halves[directionIndexOf(config, place.direction)]?.read(0, run.seqLength) ?? null;
}

/** What is returned beside the output. */
function resultLanes(
  { results, forwardInput, trace, noise }: RunResult,
  sides: readonly RunInputs[],
): TableLane[] {
  const { cellSize, stateSize } = trace;
  const allowance = largest(noise?.allowance.flat().map((each) => largest(each)));
  const lane = (
    name: string,
    units: number,
    ours: StateArray | null,
    of: readonly (StateArray | undefined | null)[],
  ): TableLane[] => {
    const given = of.map((values) => (values?.length === ours?.length ? (values ?? null) : null));
    if (ours === null || given.every((values) => values === null)) return [];
    return [{ name, units, allowance, of: [ours, ...given] }];
  };
  const { logits } = results;
  const swaps = logits?.head === "every" && forwardInput.config.batchFirst;
  return [
    ...lane(
      "h_n",
      stateSize,
      results.hn,
      sides.map(({ reference }) => reference.hn?.data),
    ),
    ...lane(
      "c_n",
      cellSize,
      results.cn,
      sides.map(({ reference }) => reference.cn?.data),
    ),
    ...lane(
      "logits",
      logits?.units ?? 1,
      logits?.values ?? null,
      sides.map(({ surrounding }) => {
        const given = surrounding?.reference.logits ?? null;
        return given === null || !swaps ? given?.data : toTimeMajor(given, true);
      }),
    ),
  ];
}

/** The largest finite value; 0 where there is none. */
function largest(values: Iterable<number> | undefined): number {
  let most = 0;
  for (const value of values ?? []) if (value > most) most = value;
  return most;
}

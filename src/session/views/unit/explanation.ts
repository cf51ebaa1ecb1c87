/**
 * The arithmetic of one unit as a message: sums, update, reference and sizes.
 */
import { explainUnit } from "../../../analysis/units/explain";
import type { Lane, LaneContext } from "../../../analysis/lanes";
import type { RecomputedStep, StepRecomputer } from "../../../engine/recompute";
import { NotFoundError } from "../../../core/errors";
import { type RecurrentConfig } from "../../../model/config";
import { gateOrder } from "../../../model/gates";
import { expectedParameters, parameterName, parameterSymbols } from "../../../model/parameters";
import type { Place } from "../../../protocol/run/messages";
import type { UnitExplanation, UnitRequest } from "../../../protocol/run/unitMessages";
import type { RunResult } from "../../../run/execute";
import { text } from "../../../core/text";
import { divergenceBelow } from "./below";
import { rowOfStep } from "../referenceStates";
import { gateReferences, noGates, referenceNumbers, referenceStep } from "./unitReference";
import { stepNorm } from "../timeline";

/** |tanh| above which it passes hardly any gradient: its slope is below 0.02. */
const saturation = 0.99;
/** Distance of σ from 0 and 1 below which it passes hardly any gradient: its slope is below 0.01. */
const gateSaturation = 0.01;

/**
 * Explains a place of `lane`: one direction of one layer, as the asked state shows it.
 * @throws NotFoundError when it is outside the run.
 */
export function explainPlace(
  run: RunResult,
  recomputer: StepRecomputer,
  lane: Lane,
  request: UnitRequest,
): UnitExplanation {
  const { stateName, ...place } = request;
  const { forwardInput, context } = run;
  assertInside(place, lane, context);
  const { config, h0, c0 } = forwardInput;
  const step = recomputer.step(place);
  const { value, ...arithmetic } = explainUnit(forwardInput, step, place, stateName);
  const states = rowOfStep(lane.parts[0]!.ours, place, context);
  return {
    place,
    stateName,
    ...arithmetic,
    cell: config.cell,
    nonlinearity: config.nonlinearity,
    variant: config.variant,
    suffix: parameterName(config, "weightIh", place.layer, place.direction).replace(
      "weight_ih",
      "",
    ),
    hasBias: config.bias,
    value: Float64Array.of(value, states[place.unit]!),
    given: { h0: h0 !== null, c0: c0 !== null },
    ...referenceNumbers(run, lane, request, states[place.unit]!),
    ...(arithmetic.gates.length === 0 ? noGates() : gateReferences(run, place)),
    below: step === null ? null : divergenceBelow(run, place),
    referenceStep:
      step === null || stateName === "c" ? null : referenceStep(run, recomputer, lane, place, step),
    norm: Float64Array.of(stepNorm(lane, place)),
    saturated: step === null ? [] : saturatedUnits(config, step),
    shapes: shapesOf(run, place),
  };
}

function assertInside(place: Place, lane: Lane, context: LaneContext): void {
  const { step, batch, unit } = place;
  const isIndex = (value: number, size: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < size;
  const inside =
    isIndex(step, context.seqLength) &&
    isIndex(batch, context.batchSize) &&
    isIndex(unit, lane.units);
  if (inside) return;
  const missing = text("there is no t = {0}, batch {1}, unit {2} in this run", step, batch, unit);
  throw new NotFoundError(lane.id, missing, [], { data: { subject: lane.id } });
}

/** Units whose gate passes no gradient on, by gate: saturated σ or tanh, relu at zero. */
function saturatedUnits(
  { cell, nonlinearity, hiddenSize }: RecurrentConfig,
  { record }: RecomputedStep,
): number[] {
  const isTanhIdle = (value: number): boolean => Math.abs(value) > saturation;
  const isGateIdle = (value: number): boolean =>
    value < gateSaturation || value > 1 - gateSaturation;
  const testOf = (gate: string): ((value: number) => boolean) => {
    if (gate === "" && nonlinearity === "relu") return (value) => value === 0;
    return ["", "g", "n"].includes(gate) ? isTanhIdle : isGateIdle;
  };
  return gateOrder[cell].map((gate, block) => {
    const values = record.gates.subarray(block * hiddenSize, (block + 1) * hiddenSize);
    return values.filter(testOf(gate)).length;
  });
}

function shapesOf(run: RunResult, { layer, direction }: Place): UnitExplanation["shapes"] {
  const { forwardInput, sizes, trace } = run;
  const { config } = forwardInput;
  const batch = sizes.unbatched ? "" : `B ${sizes.batchSize}, `;
  const parameters = expectedParameters(config).filter(
    (parameter) => parameter.layer === layer && parameter.direction === direction,
  );
  const features = parameters.find(({ role }) => role === "weightIh")?.shape[1] ?? 0;
  const state = config.projSize > 0 ? "P" : "H";
  const plain = (name: string, axes: string): UnitExplanation["shapes"][number] => ({
    name,
    axes: `[${batch}${axes}]`,
    reason: null,
  });
  return [
    plain("x", `T ${sizes.seqLength}, ${layer === 0 ? "I " : ""}${features}`),
    ...parameters.map(({ role, axes, shape, reason }) => ({
      name: parameterSymbols[role],
      axes: `[${shape.map((size, axis) => `${axes[axis] ?? ""} ${size}`).join(", ")}]`,
      reason,
    })),
    plain("h", `${state} ${trace.stateSize}`),
    ...(config.cell === "LSTM" ? [plain("c", `H ${trace.cellSize}`)] : []),
  ];
}

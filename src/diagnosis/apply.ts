/**
 * A run under a finding: the run that the panel would show if the mistake had been made, to be seen agreeing.
 *
 * What is a change of weights, input or states runs through the engines as any other run does. Where the equations are
 * other ones, or the results are, the states come from the forward of the diagnosis.
 */
import { directionSteps } from "../analysis/lanes";
import { NotFoundError, UnsupportedError } from "../core/errors";
import type { RunControl } from "../core/control";
import { text, type Text } from "../core/text";
import type { CarriedState, ForwardInput, StateArray } from "../engine/base/engine";
import { assertMemory, defaultTraceBytes } from "../engine/base/traceMemory";
import { cellSizeOf, completeTrace, traceBytes, type ForwardTrace } from "../engine/base/trace";
import { stateSize } from "../model/config";
import { toTimeMajor } from "../model/sequence";
import type { AppliedRun } from "../run/execute";
import type { PreparedRun, RunInputs } from "../run/inputs";
import type { Alternative } from "./alternatives/alternative";
import { fixedAlternatives } from "./alternatives/registry";
import type { Named } from "./answer";
import {
  caseOf,
  hasReturnedShapes,
  returnedNames,
  type Case,
  type Model,
  type Returned,
} from "./base/model";
import { withStates } from "./base/states";
import type { Activation } from "./forward/activations";
import { exact } from "./forward/cells";
import { afterStep, join, type Run } from "./forward/forward";
import { freeAlternative, freeTitle } from "./search/free/all";
import { modelUnder, returnedUnder, runUnder } from "./search/trial";

/** True for a mistake that a run can be shown under. */
export function canBeApplied(id: string): boolean {
  return titleOf(id) !== null;
}

/** Names of alternatives; those with a free parameter without it. @throws NotFoundError for an unknown id. */
export function namesOf(ids: readonly string[]): Named[] {
  return ids.map((id) => {
    const title = titleOf(id);
    if (title === null) throw unknown(id);
    return { id, title };
  });
}

function titleOf(id: string): Text | null {
  return fixedById(id)?.title ?? freeTitle(id);
}

function fixedById(id: string): Alternative | undefined {
  return fixedAlternatives.find((alternative) => alternative.id === id);
}

function unknown(id: string): NotFoundError {
  return new NotFoundError(id, text("there is no mistake of this name that can be applied"));
}

/** Alternatives by their ids: those with a free parameter as the reference tells it, else the user's own output. */
function alternativesByIds(
  ids: readonly string[],
  inputs: RunInputs,
  control: RunControl,
): Alternative[] {
  return ids.map((id) => {
    const fixed = fixedById(id);
    if (fixed !== undefined) return fixed;
    if (freeTitle(id) === null) throw unknown(id);
    for (const the of sidesOf(inputs)) {
      const found = freeAlternative(id, the, control);
      if (found !== null) return found;
    }
    throw new UnsupportedError(
      { mistakes: [id] },
      text("its parameter cannot be told of the whole run"),
    );
  });
}

/** The cases of the reference and of the user's own output, as far as they are there. */
function sidesOf(inputs: RunInputs): Case[] {
  const { own } = inputs;
  const sides = [caseOf({ ...inputs, reference: withStates(inputs) })];
  if (own !== undefined) sides.push(caseOf({ ...inputs, reference: own, states: [] }));
  return sides.filter((the) => returnedNames.some((name) => the.reference[name] !== null));
}

/**
 * The run under the alternatives of `ids`.
 * @throws NotFoundError, UnsupportedError when it has other shapes or a parameter is not told, LimitError, CancelledError.
 */
export function applied(
  inputs: RunInputs,
  ids: readonly string[],
  {
    control,
    maxTraceBytes = defaultTraceBytes,
  }: { readonly control: RunControl; readonly maxTraceBytes?: number },
): (prepared: PreparedRun) => AppliedRun {
  const alternatives = alternativesByIds(ids, inputs, control);
  const the = caseOf(inputs);
  return ({ run }) => {
    const precision = alternatives.find((one) => one.precision !== undefined)?.precision;
    const own = precision === undefined ? run : { ...run, precision };
    const edited = editedInput(own, modelUnder(the, alternatives));
    const isEdit = alternatives.every(
      ({ switches, results, layout }) => !switches && !results && !layout,
    );
    if (isEdit) return { run: edited, traces: null };
    const { config, seqLength, batchSize } = run;
    const bytes = 2 * traceBytes(config, seqLength, batchSize, Float64Array.BYTES_PER_ELEMENT);
    assertMemory(config, { of: "mistake-megabytes" }, { bytes, limit: maxTraceBytes });
    const check = (): void => {
      control.check();
    };
    const traceOf = (round: Activation): ForwardTrace => {
      const states = runUnder(the, alternatives, { round, check });
      if (states === null) {
        throw new UnsupportedError({ mistakes: ids }, text("these mistakes exclude each other"));
      }
      const returned = returnedUnder(the, states, alternatives);
      if (!hasReturnedShapes(the, returned)) {
        throw new UnsupportedError({ mistakes: ids }, text("a run under it has another shape"));
      }
      return shownTrace(the, states, returned);
    };
    const isExact = run.precision === "f64";
    const precise = traceOf(exact);
    return {
      run: edited,
      traces: { own: isExact ? precise : traceOf(Math.fround), exact: precise },
    };
  };
}

/** The run with weights, input and states as they were edited. */
function editedInput(run: ForwardInput, model: Model): ForwardInput {
  const keep = (values: Float64Array): StateArray =>
    run.precision === "f64" ? values : Float32Array.from(values);
  const { lengths, layers, input, h0, c0, seqLength } = model;
  const { hiddenSize } = run.config;
  return {
    ...run,
    weights: layers.map((directions) =>
      directions.map((weights) => ({
        ...weights,
        hiddenSize,
        stateSize: stateSize(run.config),
        // A cell with peepholes has weights for them, be it zeros.
        peephole:
          weights.peephole ??
          (run.config.variant.peephole ? new Float64Array(3 * hiddenSize) : null),
      })),
    ),
    input: keep(input),
    h0: keep(h0),
    c0: c0 === null ? null : keep(c0),
    lengths: lengths.every((length) => length === seqLength) ? null : [...lengths],
  };
}

/** The states of a run in time's order; of the last layer, h_n and c_n what is returned of them. */
function shownTrace(the: Case, { model, switches, lanes }: Run, returned: Returned): ForwardTrace {
  const { config, seqLength, batchSize } = model;
  const order = { ...switches, join: "right" } as const;
  const cells = cellSizeOf(config);
  const shown: CarriedState[][] = lanes.map((directions) =>
    directions.map((lane) => ({
      h: join(model, order, [lane], afterStep),
      c:
        cells === 0
          ? null
          : join(model, order, [lane], (own, row, s) => [own.c, row * own.steps + s], cells),
    })),
  );
  const last = shown.length - 1;
  halvesOf(the, returned).forEach((h, at) => {
    shown[last]![at] = { ...shown[last]![at]!, h };
  });
  return completeTrace(
    {
      seqLength,
      batchSize,
      stateSize: stateSize(config),
      cellSize: cells,
      hn: returned.hn!.data,
      cn: returned.cn?.data ?? null,
      path: { engine: "readable", threads: 1, checkpoints: false },
    },
    shown,
  );
}

/** The output of each direction, (T, B, R), as it is returned. */
function halvesOf({ model }: Case, { output }: Returned): StateArray[] {
  const { config, seqLength } = model;
  const { shape, data } = output!;
  const values = toTimeMajor({ dtype: "float64", shape, data }, config.batchFirst);
  return directionSteps(model, values).map((half) => half.read(0, seqLength));
}

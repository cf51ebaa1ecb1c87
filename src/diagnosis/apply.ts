/**
 * A run under a finding: the run that the panel would show if the mistake had been made, to be seen agreeing.
 *
 * What is a change of weights, input or states runs through the engines as any other run does. Where the equations are
 * other ones, or the results are, the states come from the forward of the diagnosis.
 */
import { directionSteps } from "../analysis/lanes";
import { NotFoundError, UnsupportedError } from "../core/errors";
import type { RunControl } from "../core/control";
import { text } from "../core/text";
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
import { caseOf, hasReturnedShapes, type Case, type Model, type Returned } from "./base/model";
import type { Activation } from "./forward/activations";
import { exact } from "./forward/cells";
import { afterStep, join, type Run } from "./forward/forward";
import { modelUnder, returnedUnder, runUnder } from "./search/trial";

/** Alternatives by their ids. @throws NotFoundError for an unknown id. */
function alternativesByIds(ids: readonly string[]): Alternative[] {
  return ids.map((id) => {
    const found = fixedAlternatives.find((alternative) => alternative.id === id);
    if (found !== undefined) return found;
    throw new NotFoundError(id, text("there is no mistake of this name that can be applied"));
  });
}

/** True for a mistake that a run can be shown under. */
export function canBeApplied(id: string): boolean {
  return fixedAlternatives.some((alternative) => alternative.id === id);
}

/** Names of alternatives. @throws NotFoundError for an unknown id. */
export function namesOf(ids: readonly string[]): Named[] {
  return alternativesByIds(ids).map(({ id, title }) => ({ id, title }));
}

/**
 * The run under the alternatives of `ids`.
 * @throws NotFoundError, UnsupportedError when it has other shapes, LimitError, CancelledError.
 */
export function applied(
  inputs: RunInputs,
  ids: readonly string[],
  {
    control,
    maxTraceBytes = defaultTraceBytes,
  }: { readonly control: RunControl; readonly maxTraceBytes?: number },
): (prepared: PreparedRun) => AppliedRun {
  const alternatives = alternativesByIds(ids);
  const the = caseOf(inputs);
  return ({ run }) => {
    const edited = editedInput(run, modelUnder(the, alternatives));
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

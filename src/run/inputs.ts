/**
 * The inputs of a run and of each of its stages.
 */
import { defaultTolerance, type Tolerance } from "../analysis/compare";
import type { RunSurrounding } from "../analysis/surrounding";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import { dtypesOfPrecisions } from "../engine/base/precisions";
import { bindWeights } from "../model/bind";
import type { RecurrentConfig } from "../model/config";
import { sequenceSizes, toTimeMajor, type SequenceSizes } from "../model/sequence";
import type { DType } from "../tensor/dtype";
import type { NamedState } from "../model/stateNames";
import type { Shape, Tensor } from "../tensor/tensor";
import type { Precision, ToleranceSpec } from "./spec/spec";

/** A state or a gate inside a layer that a run is compared with. */
export interface StateReference extends NamedState {
  readonly dtype: DType;
  readonly found: Shape;
  readonly expected: Shape;
  /** (T, B, size); null when the shape differs. */
  readonly values: StateArray | null;
}

/** What the user's own implementation gave: any of the results that a reference may have. */
export interface OwnInputs {
  readonly output: Tensor | null;
  readonly hn: Tensor | null;
  readonly cn: Tensor | null;
  readonly embedded?: Tensor | null;
  readonly logits?: Tensor | null;
  readonly states?: readonly StateReference[];
}

/** Everything a run needs, read and checked against the shape check. */
export interface RunInputs {
  readonly config: RecurrentConfig;
  /** By name without the prefix. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly input: Tensor;
  readonly h0: Tensor | null;
  /** null for a cell without a cell state as well. */
  readonly c0: Tensor | null;
  readonly lengths: readonly number[] | null;
  readonly reference: {
    readonly output: Tensor | null;
    readonly hn: Tensor | null;
    /** null for a cell without a cell state as well. */
    readonly cn: Tensor | null;
  };
  /** What the user's own implementation gave; not given where there is none. */
  readonly own?: OwnInputs;
  /** States and gates inside the layers, any part of them. */
  readonly states?: readonly StateReference[];
  readonly precision: Precision;
  readonly tolerance: ToleranceSpec;
  /** The layers that run around the module; absent for a bare module. `input` is always the input of layer 0. */
  readonly surrounding?: RunSurrounding;
}

/** A run as the engines take it, and the sizes of its input in its own layout. */
export interface PreparedRun {
  readonly run: ForwardInput;
  readonly sizes: SequenceSizes;
}

/** @throws ShapeError, NotFoundError when the weights do not fit. */
export function prepareRun(inputs: RunInputs): PreparedRun {
  const { config, input, lengths, precision } = inputs;
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) throw new RangeError("the shape check admits inputs of rank 2 and 3 only");
  const run: ForwardInput = {
    config,
    weights: bindWeights(config, inputs.parameters),
    input: toTimeMajor(input, config.batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: inputs.h0?.data ?? null,
    c0: inputs.c0?.data ?? null,
    lengths,
    precision,
  };
  return { run, sizes };
}

/** The dtype of the run, by which assert_close chooses its defaults. */
export function toleranceOf({
  tolerance,
  precision,
  reference,
  surrounding,
  states,
  own,
}: RunInputs): Tolerance {
  const ours = dtypesOfPrecisions[precision];
  const { output, hn, cn } = reference;
  const given = [output, hn, cn, surrounding?.reference.logits, surrounding?.reference.embedded];
  const { states: ownStates, ...ownTensors } = own ?? {};
  const others = [states?.[0], ...Object.values(ownTensors), ownStates?.[0]];
  const found = [...given, ...others].find((tensor) => tensor != null);
  const dtype = found?.dtype ?? ours;
  const defaults = defaultTolerance(ours, dtype);
  return {
    rtol: tolerance.rtol ?? defaults.rtol,
    atol: tolerance.atol ?? defaults.atol,
    equalNan: tolerance.equalNan ?? false,
    ...(tolerance.each === undefined ? {} : { each: tolerance.each }),
  };
}

/**
 * Two saved tensors beside each other, without a run: the same numbers, by any tolerance.
 */
import { defaultTolerance } from "../analysis/compare";
import { NumbersMeter, type ComparedElement } from "../analysis/numbers/measured";
import type { ComparedPart } from "../analysis/rows";
import { arraySteps } from "../analysis/steps";
import { walk } from "../analysis/walk";
import type { RunControl } from "../core/control";
import { ShapeError } from "../core/errors";
import { text } from "../core/text";
import type { Precision } from "../engine/base/engine";
import { dtypesOfPrecisions } from "../engine/base/precisions";
import type { DType } from "../tensor/dtype";
import { elementCount, indexAt, sameShape, type Tensor } from "../tensor/tensor";
import { figuresOf, quoted, type JudgedAll, type Located, type TensorNumbers } from "./numbers";

/** A saved result and what it is compared with. */
export interface SavedPair {
  readonly name: string;
  readonly ours: Tensor;
  readonly reference: Tensor;
}

/**
 * The numbers of each pair, by torch.testing.assert_close's tolerance for its dtypes as far as `judged` says no other.
 * Nothing is known here of what rounding may do to a value. Places are those of the tensors, in their order.
 * @throws ShapeError for tensors of different shapes, CancelledError when `control` says so.
 */
export function judgePairs(
  pairs: readonly SavedPair[],
  judged: JudgedAll,
  control: RunControl,
): TensorNumbers[] {
  const measured = pairs.map(({ name, ours, reference }) => {
    if (!sameShape(ours.shape, reference.shape)) {
      throw new ShapeError(name, reference.shape, ours.shape);
    }
    const defaults = defaultTolerance(ours.dtype, reference.dtype);
    const { each = {}, ...ofAll } = judged;
    const tolerance = { ...defaults, equalNan: false, ...ofAll, ...each[name] };
    const part = partOf(ours, reference);
    const meter = new NumbersMeter([part], tolerance, precisionOf(ours.dtype));
    return { name, shape: ours.shape, part, tolerance, meter };
  });
  walk(
    measured.flatMap(({ meter }) => meter.meters),
    control,
    text("Measuring the differences"),
  );
  return measured.map(({ name, shape, part, tolerance, meter }) => {
    const found = meter.finish();
    const { batchSize, units } = part;
    const locate = ({ index, batch, unit }: ComparedElement): Located => ({
      index: indexAt((index * batchSize + batch) * units + unit, shape),
      place: {},
    });
    return {
      name,
      tolerance,
      figures: figuresOf(found, { tolerance, floor: null }),
      ...quoted(found, locate),
    };
  });
}

/** Rows are along the last axis; all axes between it and the first are one. */
function partOf(ours: Tensor, reference: Tensor): ComparedPart {
  const { shape } = ours;
  const units = shape.at(-1) ?? 1;
  const count = shape.length < 2 ? 1 : (shape[0] ?? 1);
  const batchSize = elementCount(shape.slice(1, -1));
  return {
    units,
    count,
    batchSize,
    ours: arraySteps(ours.data, batchSize * units),
    reference: arraySteps(reference.data, batchSize * units),
    noise: null,
    laneOf: () => null,
    stepOf: (index) => index,
    rankOf: (index, batch) => index * batchSize + batch,
  };
}

/** The precision whose spacing a distance in ulp counts in. */
function precisionOf(dtype: DType): Precision {
  const known = Object.entries(dtypesOfPrecisions) as [Precision, string][];
  return known.find(([, name]) => name === dtype)?.[0] ?? "f32";
}

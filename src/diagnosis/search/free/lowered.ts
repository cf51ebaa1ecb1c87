/**
 * A case run in 16 bits, to show that its reference was.
 */
import { joinDirections } from "../../../analysis/lanes";
import type { ForwardInput } from "../../../engine/base/engine";
import { roundingOf, type Rounding } from "../../../engine/base/rounding";
import { forward } from "../../../engine/forward";
import { stateSize } from "../../../model/config";
import { directionsOf } from "../../../model/directions";
import { roundedModel } from "../../alternatives/edits";
import type { Case, Model, Returned, Values } from "../../base/model";
import { forwardUnder } from "../../forward/forward";
import { layOut, resultsOf } from "../../forward/returned";
import { distanceFrom } from "../closeness";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";

/** A run that computes as the reference did leaves at most this part of the mean difference. */
const MOST_LEFT = 0.8;

/**
 * The largest difference where the network computes in 16 bits, and whether that shows anything: frameworks round after
 * every operation, or the states alone, or what they return.
 */
export function loweredRun(
  ground: Ground,
  precision: "f16" | "bf16",
): Pick<FreeFinding, "after" | "isShown" | "returned"> {
  const { the, run, right, before, tolerance } = ground;
  const round = roundingOf(precision);
  const model = roundedModel(the.model, round);
  const states = forwardUnder(model, run.switches, { roundState: round })!;
  const lowered: [Returned, Returned, Returned] = [
    returnedIn(the, model, precision),
    layOut(resultsOf(states), the),
    roundedReturned(right, round),
  ];
  const [best] = lowered
    .map((returned) => ({
      ...distanceFrom(returned, the.reference, the, tolerance),
      returned,
    }))
    .sort((left, other) => left.mean - other.mean);
  if (best === undefined || !(best.mean <= MOST_LEFT * before.mean)) {
    return { after: before.most, returned: lowered[0] };
  }
  return { after: Math.min(best.most, before.most), isShown: true, returned: best.returned };
}

/** What the engine returns that rounds after every operation. */
function returnedIn(the: Case, model: Model, precision: ForwardInput["precision"]): Returned {
  const { config, layers, lengths, seqLength, batchSize } = model;
  const units = stateSize(config);
  const weights = layers.map((directions) =>
    directions.map((own) => ({ ...own, hiddenSize: config.hiddenSize, stateSize: units })),
  );
  const input: ForwardInput = {
    config,
    weights,
    batchSize,
    precision,
    seqLength,
    lengths: [...lengths],
    input: Float32Array.from(model.input),
    h0: Float32Array.from(model.h0),
    c0: model.c0 === null ? null : Float32Array.from(model.c0),
  };
  const trace = forward(input);
  try {
    const halves = directionsOf(config).map((_, directionIndex) =>
      trace.read("h", { layer: config.numLayers - 1, directionIndex }, 0, seqLength).slice(),
    );
    const output = Float64Array.from(joinDirections(halves, units));
    const results = {
      output,
      hn: Float64Array.from(trace.hn),
      cn: trace.cn === null ? null : Float64Array.from(trace.cn),
    };
    return layOut({ ...results, run: { model } }, the);
  } finally {
    trace.dispose();
  }
}

function roundedReturned(returned: Returned, round: Rounding): Returned {
  const rounded = (values: Values | null): Values | null =>
    values === null ? null : { ...values, data: values.data.map(round) };
  return {
    output: rounded(returned.output),
    hn: rounded(returned.hn),
    cn: rounded(returned.cn),
  };
}

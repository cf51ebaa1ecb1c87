/**
 * From the states of a run to what its module returns: output, h_n and c_n, in the layout of the run's files.
 */
import { numDirections, stateSize } from "../../model/config";
import { swapLeadingAxes } from "../../tensor/tensor";
import type { Case, Returned, Values } from "../base/model";
import type { Run } from "./forward";
import type { LaneStates } from "./laneStates";

/** What a module returns, before it is laid out as files have it. */
export interface Results {
  readonly run: Run;
  /** (T, B, width): time-major, whatever batch_first says. */
  readonly output: Float64Array;
  /** (L·D, B, R). */
  readonly hn: Float64Array;
  /** (L·D, B, H); null for a cell without a cell state. */
  readonly cn: Float64Array | null;
}

/** The results that follow from the states of a run. */
export function resultsOf(run: Run): Results {
  const { config } = run.model;
  return {
    run,
    output: run.output,
    hn: finals(run, (lane) => lane.hn),
    cn: config.cell === "LSTM" ? finals(run, (lane) => lane.cn) : null,
  };
}

/** (B, size) of every lane, one after another: (L·D, B, size). */
function finals({ lanes }: Run, of: (lane: LaneStates) => Float64Array): Float64Array {
  const parts = lanes.flat().map(of);
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Results as the files of a run have them. */
export function layOut(
  { run, output, hn, cn }: Omit<Results, "run"> & { readonly run: Pick<Run, "model"> },
  { unbatched }: Pick<Case, "unbatched">,
): Returned {
  const { config, seqLength, batchSize } = run.model;
  const slots = config.numLayers * numDirections(config);
  const width = output.length / (seqLength * batchSize);
  const states = (data: Float64Array, size: number): Values => ({
    shape: [...(config.isCellClass ? [] : [slots]), ...(unbatched ? [] : [batchSize]), size],
    data,
  });
  return {
    output: layOutSequence(output, [seqLength, batchSize, width], {
      batchFirst: config.batchFirst,
      unbatched,
    }),
    hn: states(hn, stateSize(config)),
    cn: cn === null ? null : states(cn, config.hiddenSize),
  };
}

/** A time-major sequence in the layout of a run. */
export function layOutSequence(
  data: Float64Array,
  [T, B, width]: readonly [number, number, number],
  { batchFirst, unbatched }: { readonly batchFirst: boolean; readonly unbatched: boolean },
): Values {
  if (unbatched) return { shape: [T, width], data };
  if (!batchFirst) return { shape: [T, B, width], data };
  return { shape: [B, T, width], data: swapLeadingAxes(data, [T, B, width]) };
}

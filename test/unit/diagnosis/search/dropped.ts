/** Runs whose reference was made in train mode: dropout between the layers, the states inside kept beside the results. */
import assert from "node:assert/strict";
import { caseOf } from "../../../../src/diagnosis/base/model";
import { afterStep, forwardUnder, join } from "../../../../src/diagnosis/forward/forward";
import { layOut, resultsOf } from "../../../../src/diagnosis/forward/returned";
import { switchesOf } from "../../../../src/diagnosis/forward/switches";
import { numDirections, stateSize } from "../../../../src/model/config";
import { directionsOf } from "../../../../src/model/directions";
import type { RunInputs, StateReference } from "../../../../src/run/inputs";
import type { Tensor } from "../../../../src/tensor/tensor";
import { numbersFrom } from "../../support/runs";
import { present } from "../../support/present";
import { randomInputs, type CaseOptions } from "../cases";

export interface Dropped {
  /** With output, h_n and every h of the layers as reference; c of an LSTM as well. */
  readonly inputs: RunInputs;
}

/** Weights are of a size that leaves no gate saturated. */
export function dropout(options: CaseOptions, probability: number, seed = 9): Dropped {
  const { hiddenSize = 4 } = options.config;
  const plain = randomInputs({ largest: Math.min(1, 2 / Math.sqrt(hiddenSize)), ...options });
  const the = caseOf(plain);
  const { config, seqLength: T, batchSize: B } = the.model;
  const width = numDirections(config) * stateSize(config);
  const next = numbersFrom(seed);
  const masks = Array.from({ length: config.numLayers }, (_, layer) =>
    layer === 0
      ? null
      : Float64Array.from({ length: T * B * width }, () =>
          (next() + 1) / 2 < probability ? 0 : 1 / (1 - probability),
        ),
  );
  const run = forwardUnder(the.model, { ...switchesOf(config), masks });
  assert.ok(run);
  const { output, hn } = layOut(resultsOf(run), the);
  const tensor = ({ shape, data }: NonNullable<typeof output>): Tensor => ({
    dtype: "float64",
    shape,
    data,
  });
  assert.ok(output && hn);
  const states = run.lanes.flatMap((lanes, layer) =>
    directionsOf(config).flatMap((direction, at): StateReference[] => {
      const values = (quantity: "h" | "c", size: number): StateReference => {
        const shape = [T, B, size];
        const own = join(
          the.model,
          run.switches,
          [present(lanes[at])],
          quantity === "h" ? afterStep : (lane, row, s) => [lane.c, row * lane.steps + s],
          size,
        );
        return {
          layer,
          direction,
          quantity,
          dtype: "float64",
          found: shape,
          expected: shape,
          values: own,
        };
      };
      const h = values("h", stateSize(config));
      return config.cell === "LSTM" ? [h, values("c", config.hiddenSize)] : [h];
    }),
  );
  const reference = { output: tensor(output), hn: tensor(hn), cn: null };
  return { inputs: { ...plain, reference, states } };
}

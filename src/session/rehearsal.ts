/**
 * A run of a module made up for it, while a thread rests: most of the time of a thread's first small run goes into code
 * that has not been compiled yet, and that just when its page starts.
 */
import { noControl } from "../core/control";
import { MemorySource } from "../formats/base/bytes";
import { openArchive } from "../formats/open";
import { concat, safetensorsHeader } from "../formats/write/encode";
import { expectedParameters } from "../model/parameters";
import { pytorchVariant, type RecurrentConfig } from "../model/config";
import { outputShapes } from "../model/sequence";
import { packWindow } from "../protocol/run/packedWindow";
import type { RunSpec } from "../run/spec/spec";
import { openSession } from "./openSession";
import type { Session } from "./session";
import { elementCount, type Shape } from "../tensor/tensor";

/** The first run of a thread takes 100 ms, the second one 30, the third one 15; further ones gain little. */
const ROUNDS = 3;

const FILE = "rehearsal";

const config: RecurrentConfig = {
  cell: "LSTM",
  isCellClass: false,
  inputSize: 2,
  hiddenSize: 4,
  numLayers: 2,
  bidirectional: true,
  bias: true,
  projSize: 0,
  batchFirst: false,
  nonlinearity: "tanh",
  variant: pytorchVariant,
};

const sizes = { seqLength: 4, batchSize: 2, features: 2, unbatched: false };

/** Makes the run, and nothing of it is kept. */
export async function rehearse(): Promise<void> {
  const bytes = madeUp();
  const spec: RunSpec = {
    weights: { file: FILE },
    input: `${FILE}#x`,
    reference: { output: `${FILE}#output`, h_n: `${FILE}#h_n` },
  };
  const files = { open: () => openArchive(new MemorySource(FILE, bytes)) };
  for (let round = 0; round < ROUNDS; round++) {
    const session = await openSession(spec, files, {
      revision: 0,
      runFile: null,
      control: noControl,
    });
    look(session);
    session.dispose();
  }
}

/** A file of parameters, input and reference. */
function madeUp(): Uint8Array {
  const { output, hn } = outputShapes(config, sizes);
  const shapes: [string, Shape][] = [
    ...expectedParameters(config).map(({ name, shape }): [string, Shape] => [name, shape]),
    ["x", [sizes.seqLength, sizes.batchSize, sizes.features]],
    ["output", output],
    ["h_n", hn],
  ];
  const heads = shapes.map(([name, shape]) => ({ name, shape, dtype: "float32" as const }));
  const values = Float32Array.from(
    { length: shapes.reduce((sum, [, shape]) => sum + elementCount(shape), 0) },
    (_, index) => Math.sin(index),
  );
  return concat([safetensorsHeader(heads), new Uint8Array(values.buffer)]);
}

/** Asks what a page asks first. */
function look(session: Session): void {
  const { seqLength } = sizes;
  const shown = { batch: 0, stateName: "h", side: "delta" } as const;
  for (const { id: lane, units } of session.view.lanes) {
    const steps = { stepStart: 0, stepEnd: seqLength, maxColumns: seqLength };
    const rows = { unitStart: 0, unitEnd: units, maxRows: units };
    packWindow(session.window({ lane, ...shown, ...steps, ...rows }));
  }
  session.finalStates(shown);
  session.timeline({ ...shown, lane: "output", maxColumns: seqLength });
  session.explain({ ...shown, layer: 1, direction: "reverse", step: 0, unit: 0 });
}

/**
 * The files of a probe, and what is said of it.
 */
import { text, type Text } from "../../core/text";
import { writeArchive } from "../../formats/write/write";
import { writeRunFile } from "../../run/spec/file";
import { formatTensorRef, type RunSpec } from "../../run/spec/spec";
import type { Tensor } from "../../tensor/tensor";
import { sizesOf } from "../alternatives/conditions";
import { textFile, type MadeCase, type MadeFile } from "../cases/made";
import { optionsOf, toleranceOf, type CaseSource } from "../cases/source";
import { givenTensors, tensorOf } from "../cases/tensors";
import type { Hidden, Probe } from "./probe";
import { recordScript } from "./recordScript";

const RUN_FILE = "probe.unroll.json";

/** What a probe is asked for. */
export interface ProbeRequest {
  readonly seed: number;
  /** Path of the weights file from the folder of the probe. */
  readonly weights: string;
}

export interface MadeProbe extends MadeCase, Pick<Probe, "seed" | "hidden" | "count"> {}

/** `weights` is the path of the weights file from the folder of the probe. */
export async function probeFiles(
  probe: Probe,
  source: CaseSource,
  weights: string,
): Promise<MadeProbe> {
  const { the, seed, hidden, count } = probe;
  const { config } = the.model;
  const frame = { config, unbatched: the.unbatched, hasLengths: the.hasLengths };
  const { format, weightNames, precision } = source;
  const script = recordScript(frame, {
    format,
    weightNames,
    file: weights,
    isDouble: precision === "f64",
  });
  return {
    runFile: RUN_FILE,
    files: [
      await valuesFile(probe),
      textFile("record.py", script),
      textFile(RUN_FILE, writeRunFile(specOf(probe, source, weights))),
    ],
    lines: linesOf(probe),
    seed,
    hidden,
    count,
  };
}

async function valuesFile({ the }: Probe): Promise<MadeFile> {
  const tensors = new Map<string, Tensor>();
  for (const [name, values] of givenTensors(the)) tensors.set(name, tensorOf(values, false));
  if (the.hasLengths) {
    const data = Float64Array.from(the.model.lengths);
    tensors.set("lengths", tensorOf({ shape: [data.length], data }, false));
  }
  return { name: "probe.npz", bytes: await writeArchive("npz", tensors) };
}

function specOf({ the }: Probe, source: CaseSource, weights: string): RunSpec {
  const { spec } = source;
  const { config, lengths } = the.model;
  const isLstm = config.cell === "LSTM";
  const ref = (file: string, tensor: string): string => formatTensorRef(file, tensor);
  return {
    weights: { ...spec.weights, file: weights },
    input: ref("probe.npz", "input"),
    h0: ref("probe.npz", "h0"),
    ...(isLstm ? { c0: ref("probe.npz", "c0") } : {}),
    ...(the.hasLengths ? { lengths: [...lengths] } : {}),
    options: optionsOf(config, source),
    // The module alone is tested: its input is not tokens, and its output goes nowhere.
    ...(spec.pipeline === undefined ? {} : { pipeline: { embedding: null, linear: null } }),
    reference: {
      output: ref("reference.npz", "output"),
      h_n: ref("reference.npz", "h_n"),
      ...(isLstm ? { c_n: ref("reference.npz", "c_n") } : {}),
    },
    ...toleranceOf(source),
  };
}

function linesOf(probe: Probe): Text[] {
  const { the, seed, hidden, count, zeroBiases } = probe;
  const { T, B, I, H } = sizesOf(the.model);
  return [
    text("T {0}, B {1}, I {2}, H {3}; seed {4}", T, B, I, H, seed),
    ...(I === H
      ? [text("I and H are the same: the weights say so, and a probe cannot change it")]
      : []),
    ...(zeroBiases.length === 0
      ? []
      : [text("zero in the weights, which a probe cannot change: {0}", zeroBiases)]),
    hidden.length === 0
      ? text("it shows each of the {0} mistakes that can be made with this module", count)
      : text(
          "not seen by it: {0} of the {1} mistakes that can be made with this module",
          hidden.length,
          count,
        ),
    ...reasonsOf(hidden),
    text("put your implementation into {0} and run it, then open {1}", "record.py", RUN_FILE),
  ];
}

/** A sentence for each reason: the mistakes that it hides. */
function reasonsOf(hidden: readonly Hidden[]): Text[] {
  const groups = new Map<string, { readonly reason: Text; readonly ids: string[] }>();
  for (const { id, reason } of hidden) {
    const group = groups.get(reason.template) ?? { reason, ids: [] };
    groups.set(reason.template, group);
    group.ids.push(id);
  }
  return [...groups.values()].map(({ reason, ids }) => text("{0}: {1}", reason, ids));
}

/**
 * From a loaded run to the inputs of its stages: reads the weights and rounds to the run's precision.
 */
import { expectedParameters } from "../../model/parameters";
import type { Tensor } from "../../tensor/tensor";
import type { OwnInputs, RunInputs } from "../inputs";
import type { RunSpec } from "../spec/spec";
import type { LoadedRun } from "./load";
import type { LoadedOwn } from "./own";
import { runSurroundingOf } from "./loadedSurrounding";
import { readStates } from "./states";
import { roundTensor } from "./tensors/roundTensor";

/** What a run computes with. @throws the readers' errors. */
export async function runInputsOf(
  loaded: LoadedRun,
  spec: RunSpec,
  own: LoadedOwn | null = null,
): Promise<RunInputs> {
  const { module, config, weights, lengths, reference, precision } = loaded;
  const rounded = (tensor: Tensor): Tensor => roundTensor(tensor, precision);
  const parameters = new Map<string, Tensor>();
  for (const { name } of expectedParameters(config)) {
    const entry = module.entries.get(name);
    if (entry !== undefined) parameters.set(name, rounded(await weights.read(entry)));
  }
  return {
    config,
    parameters,
    lengths,
    reference,
    precision,
    input: rounded(loaded.input),
    h0: loaded.h0 && rounded(loaded.h0),
    c0: loaded.c0 && rounded(loaded.c0),
    ...(own === null ? {} : { own: await ownInputs(own, loaded) }),
    states: await readStates(loaded.states, loaded.input.shape),
    tolerance: spec.tolerance ?? {},
    surrounding: runSurroundingOf(loaded),
  };
}

async function ownInputs({ run }: LoadedOwn, { input }: LoadedRun): Promise<OwnInputs> {
  return { ...run.reference, states: await readStates(run.states, input.shape) };
}

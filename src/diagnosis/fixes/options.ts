/**
 * Alternatives that a run file can say: under which options, states or lengths the run agrees with its reference.
 */
import type { RecurrentConfig } from "../../model/config";
import type { RunOptions, RunSpec } from "../../run/spec/spec";

/** The options that a run under an alternative has beside its own; null where no option says it. */
export function optionsFor(id: string, config: RecurrentConfig): RunOptions | null {
  switch (id) {
    case "activation/relu-for-tanh":
      return config.cell === "RNN" ? { nonlinearity: "relu" } : null;
    case "activation/tanh-for-relu":
      return { nonlinearity: "tanh" };
    case "activation/hard-sigmoid-keras2":
      return { gateActivation: "hard_sigmoid" };
    case "activation/hard-sigmoid-keras3":
      return { gateActivation: "hard_sigmoid_keras3" };
    case "gru/reset-before-product":
      return { resetAfter: false };
    case "lstm/coupled-input-forget":
      return { coupledInputForget: true };
    case "layout/batch-time-swapped":
      return { batchFirst: !config.batchFirst };
    case "precision/float16":
      return { precision: "f16" };
    case "precision/bfloat16":
      return { precision: "bf16" };
    default:
      return null;
  }
}

/** What a run is written down from. */
interface Written {
  readonly config: RecurrentConfig;
  /** T. */
  readonly seqLength: number;
  readonly spec: RunSpec;
}

/** Changes of a run beside its options. */
const changes: Readonly<Record<string, (run: Written) => RunSpec | null>> = {
  "state/h0-ignored": ({ spec }) => without(spec, "h0"),
  "state/c0-ignored": ({ spec }) => without(spec, "c0"),
  "state/h0-c0-ignored": ({ spec }) => without(spec, "h0", "c0"),
  "state/h0-c0-swapped": ({ spec: { h0, c0, ...rest } }) => ({
    ...rest,
    ...(c0 === undefined ? {} : { h0: c0 }),
    ...(h0 === undefined ? {} : { c0: h0 }),
  }),
  "packing/lengths-ignored": ({ spec }) => without(spec, "lengths"),
  "packing/lengths-one-short": ({ spec }) => withLengths(spec, (length) => Math.max(length - 1, 1)),
  "packing/lengths-one-long": ({ spec, seqLength }) =>
    withLengths(spec, (length) => Math.min(length + 1, seqLength)),
  "h_n/c_n-swapped": ({ spec }) => exchangedFinals(spec),
};

/**
 * The run as it is written down under alternatives, one after another; null where a run file cannot say one of them, or
 * does not name what it would leave out.
 */
export function runUnder(ids: readonly string[], run: Written): RunSpec | null {
  let { spec } = run;
  for (const id of ids) {
    const next = changed(id, { ...run, spec });
    if (next === null || JSON.stringify(next) === JSON.stringify(spec)) return null;
    spec = next;
  }
  return spec;
}

function changed(id: string, run: Written): RunSpec | null {
  const change = changes[id];
  if (change !== undefined) return change(run);
  const options = optionsFor(id, run.config);
  return options === null ? null : { ...run.spec, options: { ...run.spec.options, ...options } };
}

function without(spec: RunSpec, ...names: readonly ("h0" | "c0" | "lengths")[]): RunSpec {
  const kept = Object.entries(spec).filter(([name]) => !names.some((own) => own === name));
  return Object.fromEntries(kept) as unknown as RunSpec;
}

/** null where the lengths stand in a file of their own. */
function withLengths(spec: RunSpec, map: (length: number) => number): RunSpec | null {
  const { lengths } = spec;
  if (lengths === undefined || typeof lengths === "string") return null;
  return { ...spec, lengths: lengths.map(map) };
}

function exchangedFinals(spec: RunSpec): RunSpec {
  const { h_n: hn, c_n: cn, ...rest } = spec.reference ?? {};
  return {
    ...spec,
    reference: {
      ...rest,
      ...(cn === undefined ? {} : { h_n: cn }),
      ...(hn === undefined ? {} : { c_n: hn }),
    },
  };
}

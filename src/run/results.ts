/**
 * The second stage of a run: what a caller of the module receives, computed from its states. It is one value that can
 * be replaced as a whole, or in part, before it is compared.
 */
import { traceSteps, type StepValues } from "../analysis/steps";
import type { Logits, RunHead } from "../analysis/surrounding";
import { noControl, type RunControl } from "../core/control";
import type { StateArray } from "../engine/base/engine";
import { runHead } from "../engine/surrounding";
import type { ForwardTrace } from "../engine/base/trace";
import { directionsOf } from "../model/directions";
import { logitsShape } from "../model/find/head";
import type { PreparedRun } from "./inputs";

/** Results of a run, time-major. They may be read until the trace is disposed. */
export interface Results {
  /** The input of layer 0, (T, B, I): the embedded input if there is an embedding. */
  readonly embedded: StateArray;
  /** By direction, each (T, B, P); a long run recomputes it when it is read. */
  readonly output: readonly StepValues[];
  /** (L·D, B, P). */
  readonly hn: StateArray;
  /** (L·D, B, H); null for a cell without one. */
  readonly cn: StateArray | null;
  /** null where no linear layer runs. */
  readonly logits: Logits | null;
}

/** The results of a run. @throws LimitError for more logits than are kept, CancelledError. */
export function resultsOf(
  { run, sizes }: PreparedRun,
  trace: ForwardTrace,
  head: RunHead | null,
  control: RunControl = noControl,
): Results {
  const { config } = run;
  const layer = config.numLayers - 1;
  return {
    embedded: run.input,
    output: directionsOf(config).map((_, directionIndex) =>
      traceSteps(trace, "h", { layer, directionIndex }),
    ),
    hn: trace.hn,
    cn: trace.cn,
    logits:
      head === null
        ? null
        : {
            head: head.head,
            values: runHead(head.head, head.linear, run, trace, control),
            units: head.linear.outFeatures,
            inFeatures: head.linear.inFeatures,
            shape: logitsShape(config, sizes, head.head, head.linear.outFeatures),
          },
  };
}

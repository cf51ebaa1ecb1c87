/**
 * Applies a change from the toolbar to a run.
 */
import type { ViewRequests } from "../../protocol/run/messages";
import type { RunSpec } from "../../run/spec/spec";
import { defined } from "../base/defined";

export type RunChange = ViewRequests["run/change"]["params"];

/** The run with a change applied; what the change does not name stays. */
export function changeSpec(spec: RunSpec, change: RunChange): RunSpec {
  const { module, head, equalNan, rtol, atol, each, ...options } = change;
  return defined({
    ...spec,
    weights: { ...spec.weights, ...defined({ module }) },
    pipeline: orAbsent({ ...spec.pipeline, ...defined({ head }) }),
    options: orAbsent({ ...spec.options, ...defined(options) }),
    tolerance: orAbsent({ ...spec.tolerance, ...defined({ equalNan, rtol, atol, each }) }),
  });
}

function orAbsent<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/**
 * A run with the tolerance that the settings give it.
 */
import type { RunSpec } from "../../run/spec/spec";
import { presetTolerance } from "../workspace/settings";

/** The setting decides where the run does not. */
export function withPreset(spec: RunSpec): RunSpec {
  const preset = presetTolerance();
  if (preset === undefined) return spec;
  return { ...spec, tolerance: { ...preset, ...spec.tolerance } };
}

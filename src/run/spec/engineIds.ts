/**
 * The engines that a run can be compared with, by the names that run files and the command line have for them.
 */

/** The one that is always there first. */
export const engineIds = ["onnxruntime", "pytorch", "keras"] as const;
export type EngineId = (typeof engineIds)[number];

/** Whether a name is that of an engine. */
export function isEngineId(name: unknown): name is EngineId {
  return engineIds.some((id) => id === name);
}

/**
 * What the values of a pickle are to a walk through a checkpoint: containers, modules, plain values and names.
 */
import { PickleDict, PickleOpaque, type PickleValue } from "../pickle/values";

/** Classes of a scripted program are named after the Python module they were compiled from. */
const scriptPrefix = "__torch__.";

/** A value that holds others. */
export type Container = PickleValue[] | PickleDict | PickleOpaque;

/** Most values of a large pickle are plain values and empty lists; no path is made for these. */
export function mayHoldTensors(
  value: PickleValue | undefined,
): value is Exclude<PickleValue, null> {
  return (
    typeof value === "object" && value !== null && !(Array.isArray(value) && value.length === 0)
  );
}

export function isContainer(value: PickleValue): value is Container {
  return Array.isArray(value) || value instanceof PickleDict || value instanceof PickleOpaque;
}

/** A module has dictionaries of its parameters; one of a scripted program has its parameters as attributes. */
export function isModule({ name, state }: PickleOpaque): boolean {
  if (!(state instanceof PickleDict)) return false;
  return state.get("_parameters") !== undefined || name.startsWith(scriptPrefix);
}

export function isPlain(value: PickleValue): value is string | number | boolean | null {
  return value === null || (typeof value !== "object" && typeof value !== "bigint");
}

export function prefixOf(path: readonly string[]): string {
  return path.map((part) => `${part}.`).join("");
}

export function keyName(key: PickleValue): string {
  if (typeof key === "string") return key;
  return Array.isArray(key) || (typeof key === "object" && key !== null) ? "?" : String(key);
}

/**
 * The flag that bounds the memory of a run's states.
 */
import { text } from "../../../core/text";
import { stringOf, usage, type FlagTypes, type Values } from "./values";

/** With less, long runs are little but recomputation. */
const LEAST_TRACE_MEGABYTES = 16;

/** The flag, for `parseArgs`. */
export const memoryFlag: FlagTypes = { "trace-memory": { type: "string" } };

/** Megabytes; nothing for the default. @throws UnsupportedError for what is no such number. */
export function traceMemoryOf(values: Values): { traceMemory?: number } {
  const value = stringOf(values, "trace-memory");
  if (value === undefined) return {};
  const megabytes = Number(value);
  if (Number.isSafeInteger(megabytes) && megabytes >= LEAST_TRACE_MEGABYTES) {
    return { traceMemory: megabytes };
  }
  const expected = text(
    "expected whole megabytes, {0} or more, not {1}",
    LEAST_TRACE_MEGABYTES,
    value,
  );
  throw usage("--trace-memory", expected);
}

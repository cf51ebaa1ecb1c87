/**
 * What the options of the toolbar are set to.
 */
import { entriesOf, optionKeys } from "./keys";
import type { OfferedOptions, RunOptions } from "./spec";

/** As the run states them, else as by default. What the weights say of an option is known to the model. */
export function offeredOptions(stated: RunOptions = {}): OfferedOptions {
  const offered = entriesOf(optionKeys).filter(([, { toolbar }]) => toolbar !== undefined);
  return Object.fromEntries(
    offered.map(([name, key]) => [name, stated[name] ?? key.default]),
  ) as unknown as OfferedOptions;
}

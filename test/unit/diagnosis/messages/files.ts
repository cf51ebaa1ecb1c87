/**
 * Files as an explanation is given them, and what it says, in tests.
 */
import { renderText } from "../../../../src/core/text";
import type { Explanation } from "../../../../src/diagnosis/messages/explain";
import type { FileContents } from "../../../../src/diagnosis/messages/base/message";
import { constructorLine, type RecurrentConfig } from "../../../../src/model/config";
import { findModules } from "../../../../src/model/find/find";
import { expectedParameters } from "../../../../src/model/parameters";
import { rnnConfig } from "../../support/goldens";

/** A file of a module with `prefix`, and of other tensors. */
export function fileOf(
  file: string,
  config: Partial<RecurrentConfig> | null,
  others: Readonly<Record<string, readonly number[]>> = {},
  prefix = "",
): FileContents {
  const parameters = config === null ? [] : expectedParameters(rnnConfig(config));
  const entries = [
    ...parameters.map(({ name, shape }) => ({ name: prefix + name, shape })),
    ...Object.entries(others).map(([name, shape]) => ({ name, shape })),
  ].map((entry) => ({ ...entry, dtype: "float32" as const, byteLength: 0 }));
  const modules = findModules(entries).map((module) => ({
    ...module,
    constructorLine: constructorLine(module.config),
  }));
  return { file, entries, modules };
}

/** All of it, a line each. */
export function sentences({ messages }: Explanation): string {
  return messages
    .flatMap(({ means, fits }) => [...means, ...fits])
    .map((sentence) => renderText(sentence))
    .join("\n");
}

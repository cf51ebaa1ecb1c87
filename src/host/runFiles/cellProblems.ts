/**
 * Warnings about options of a run file that its cell does not have and that are ignored.
 */
import { findNodeAtLocation } from "jsonc-parser";
import type { CellKind } from "../../model/config";
import { optionsNotOf } from "../../model/variant";
import type { RunFileProblem } from "../../run/spec/file";
import { runFileTree } from "../../run/spec/fileTree";
import type { RunSpec } from "../../run/spec/spec";
import { text, type Text } from "../../core/text";

/** A warning at each option and state that means nothing to `cell`. */
export function cellProblems(source: string, spec: RunSpec, cell: CellKind): RunFileProblem[] {
  const { root } = runFileTree(source);
  if (root === undefined) return [];
  const unused: (readonly [path: readonly string[], message: Text])[] = optionsNotOf(
    cell,
    spec.options ?? {},
  ).map((name) => [
    ["options", name],
    text("{0} is not used: nn.{1} has no such option", name, cell),
  ]);
  if (cell !== "LSTM") {
    const message = text("c0 and c_n are not used: nn.{0} has no cell state", cell);
    unused.push([["c0"], message], [["reference", "c_n"], message]);
  }
  return unused.flatMap(([path, message]) => {
    const key = findNodeAtLocation(root, [...path])?.parent?.children?.[0];
    if (key === undefined) return [];
    const { offset, length } = key;
    return [{ message, offset, length, severity: "warning", replacements: [] }];
  });
}

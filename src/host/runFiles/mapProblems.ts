/**
 * Problems of a map that stands in a run file, beside the tensors of its weights. Without VS Code.
 */
import { findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import { text, type Text } from "../../core/text";
import { checkMap, type MapCheck, type SlotCheck } from "../../model/assign/check";
import { partsOf, slotValue, type ModuleMap } from "../../model/assign/map";
import { parseMap } from "../../model/assign/parse";
import { noteSentence, problemSentence, slotSentence } from "../../model/assign/sentences";
import type { RunFileProblem } from "../../run/spec/file";
import { runFileTree } from "../../run/spec/fileTree";
import { nodeAt } from "../../run/spec/mapField";
import type { TensorEntry } from "../../tensor/tensor";

/** Problems that are shown of one map. */
const maxProblems = 50;

/** What of a map does not fit the tensors; none where the run file holds no map, or one that is none. */
export function mapProblems(source: string, entries: readonly TensorEntry[]): RunFileProblem[] {
  const { root } = runFileTree(source);
  const node = root && findNodeAtLocation(root, ["weights", "map"]);
  if (node?.type !== "object") return [];
  const { map } = parseMap(getNodeValue(node));
  if (map === null) return [];
  const check = checkMap(map, entries);
  return [
    ...check.slots.flatMap((slot) => slotProblem(slot, map, node)),
    ...wholeProblems(check, node),
  ].slice(0, maxProblems);
}

/** At the tensor that does not fit, with what would; a weight that is missing is one of all slots. */
function slotProblem(check: SlotCheck, map: ModuleMap, node: Node): RunFileProblem[] {
  const { slot, state, fault, remedies } = check;
  if (fault === null) return [];
  const message =
    state === "missing" ? slotSentence(check) : text("{0}: {1}", slot, slotSentence(check));
  const part = "part" in fault ? fault.part : 0;
  const parts = partsOf(map.slots[slot]);
  const replacements = remedies.map((remedy) =>
    JSON.stringify(slotValue(parts.map((each, index) => (index === part ? remedy.part : each)))),
  );
  return [problemAt(nodeAt(node, ["slots", slot]), message, { severity: "error", replacements })];
}

function wholeProblems({ problems, notes }: MapCheck, node: Node): RunFileProblem[] {
  return [
    ...problems.map((problem) => {
      const path = problem.kind === "unknownSlot" ? ["slots", problem.slot] : [];
      const at = { severity: "error", replacements: [] } as const;
      return problemAt(nodeAt(node, path), problemSentence(problem), at);
    }),
    ...notes.flatMap((note) => {
      if (note.kind !== "usedTwice") return [];
      const at = { severity: "warning", replacements: [] } as const;
      const path = ["slots", note.slots.at(-1) ?? ""];
      return [problemAt(nodeAt(node, path), noteSentence(note), at)];
    }),
  ];
}

function problemAt(
  { offset, length }: Node,
  message: Text,
  rest: Pick<RunFileProblem, "severity" | "replacements">,
): RunFileProblem {
  return { message, offset, length, ...rest };
}

/**
 * What the shape check of a run file's run finds: clashes with what would mend them, and silent traps. Without VS Code.
 */
import { findNodeAtLocation, modify, type Edit, type Node } from "jsonc-parser";
import { renamedEdit, type SpecEdit } from "../../diagnosis/clashes/edits";
import type { RunCheck } from "../../protocol/run/workerMessages";
import type { RunFileProblem } from "../../run/spec/file";
import { runFileTree } from "../../run/spec/fileTree";
import { text, type Text } from "../../core/text";
import { clashMessage } from "../../model/shapes/clashTexts";
import { formatShape } from "../../tensor/tensor";

/** A problem as it is shown: it may be a hint, and its fixes may change more than the value at its place. */
export interface ShownProblem extends Omit<RunFileProblem, "severity"> {
  readonly severity: RunFileProblem["severity"] | "hint";
  readonly fixes?: readonly Fix[];
  /** The trap that it is about: its hint can be dismissed for good. */
  readonly trap?: string;
}

/** A change of a run file, in its own places. */
interface Fix {
  readonly title: Text;
  readonly edits: readonly Edit[];
}

/** Names of locations as the run file would write them. */
export type NameOf = (location: string) => string;

type Place = Pick<ShownProblem, "offset" | "length">;

/** The problems of a run that was checked. A byte order mark moves every place, so there are no fixes then. */
export function runProblems(source: string, checked: RunCheck, nameOf: NameOf): ShownProblem[] {
  const { root } = runFileTree(source);
  if (root === undefined) return [];
  const fixes = source.startsWith("\uFEFF") ? [] : fixesOf(source, checked, nameOf);
  return [
    ...clashProblems(root, checked).map((problem) => ({ ...problem, fixes })),
    ...checked.traps.map(({ id, sentence, path }) => ({
      ...placeOf(root, path),
      message: sentence,
      severity: "hint" as const,
      replacements: [],
      trap: id,
    })),
  ];
}

function clashProblems(root: Node, { shapes }: RunCheck): ShownProblem[] {
  const { clash, rows } = shapes;
  const message = clashMessage(shapes);
  if (message !== null) {
    const place = placeOf(root, keyOf(clash?.tensor ?? "weights"));
    return [{ ...place, message, severity: "error", replacements: [] }];
  }
  return rows
    .filter(({ name, status }) => status === "mismatch" && COMPARED.test(name))
    .map(({ name, found, expected }) => ({
      ...placeOf(root, keyOf(name)),
      message: text(
        "The run gives {0} and this is {1}: they cannot be compared",
        formatShape(expected ?? []),
        formatShape(found ?? []),
      ),
      severity: "warning",
      replacements: [],
    }));
}

const REFERENCE = "reference ";
const OWN = "own ";
/** Rows of what the run is compared with. */
const COMPARED = /^(?:reference|own) /;
/** A row of a state inside a layer. */
const STATE = /^reference layer\d+\./;
const ownKeys = ["h0", "c0", "lengths"];

/** The key of a run file that gives what a row of the shape check is about. */
function keyOf(row: string): readonly string[] {
  if (row.startsWith(OWN)) return ["own", row.slice(OWN.length)];
  if (STATE.test(row)) return ["reference", "states"];
  if (row.startsWith(REFERENCE)) return ["reference", row.slice(REFERENCE.length)];
  if (ownKeys.includes(row)) return [row];
  return ["input", "embedded", "tokens"].includes(row) ? ["input"] : ["weights"];
}

/** Where a key's value stands; the beginning of the file where it has none. */
function placeOf(root: Node, path: readonly string[]): Place {
  const node = findNodeAtLocation(root, [...path]) ?? findNodeAtLocation(root, path.slice(0, 1));
  if (node === undefined) return { offset: root.offset, length: 1 };
  // Of an object its key: a line under all of it would hide what else is wrong there.
  const shown = node.type === "object" ? (node.parent?.children?.[0] ?? node) : node;
  return { offset: shown.offset, length: shown.length };
}

function fixesOf(source: string, { fixes }: RunCheck, nameOf: NameOf): Fix[] {
  return fixes
    .filter(({ edits }) => edits.length > 0)
    .map(({ title, edits }) => ({
      title,
      edits: edits.flatMap((edit) => textEdits(source, edit, nameOf)),
    }));
}

const formattingOptions = { insertSpaces: true, tabSize: 2 };

function textEdits(source: string, edit: SpecEdit, nameOf: NameOf): Edit[] {
  const { path, value } = renamedEdit(edit, nameOf);
  return modify(source, [...path], value, { formattingOptions });
}

/**
 * `unroll judge`: a saved result beside its reference, by any tolerance and without a run.
 */
import { resolve } from "node:path";
import { NotFoundError, ShapeError } from "../../core/errors";
import { noControl } from "../../core/control";
import { legible, text } from "../../core/text";
import type { Archive } from "../../formats/base/archive";
import { FileSet } from "../../node/files";
import { numbersView, type NumbersView } from "../../protocol/run/numbersMessages";
import { decodeNumber } from "../../protocol/wire";
import { judgePairs, type SavedPair } from "../../run/judge";
import { parseTensorRef, type TensorRef } from "../../run/spec/spec";
import { formatShape, type TensorEntry } from "../../tensor/tensor";
import type { JudgeCommand } from "../flags/judgeFlags";
import { toJson } from "../print/json";
import { formatNumbers, numbersJson } from "../print/numbers";
import type { ExitCode, Terminal } from "./commands";

/** Tensors of two files that belong together, not read yet. */
interface Match {
  readonly name: string;
  readonly ours: TensorEntry;
  readonly reference: TensorEntry;
}

/** Compares the tensors that both files have by the same name, or the two that are named. */
export async function judge(command: JudgeCommand, terminal: Terminal): Promise<ExitCode> {
  const { result, reference, tolerance, json } = command;
  const files = new FileSet();
  try {
    const open = (ref: TensorRef): Promise<Archive> =>
      files.open(resolve(terminal.folder, fileOf(ref)));
    const [ours, theirs] = await Promise.all([open(result), open(reference)]);
    const numbers: NumbersView[] = [];
    for (const match of matches(result, ours, reference, theirs)) {
      // One after another: only two tensors are in memory at once.
      const pair = await readPair(match, ours, theirs);
      numbers.push(...numbersView(judgePairs([pair], tolerance, terminal.control ?? noControl)));
    }
    terminal.print(
      json ? toJson({ result, reference, numbers: numbersJson(numbers) }) : textOf(numbers),
    );
    return numbers.every(passes) ? 0 : 1;
  } finally {
    await files.close();
  }
}

function fileOf(ref: TensorRef): string {
  return parseTensorRef(ref).file;
}

/** @throws NotFoundError where a tensor is not there, or no name is in both; ShapeError for other shapes. */
function matches(
  result: TensorRef,
  ours: Archive,
  reference: TensorRef,
  theirs: Archive,
): readonly Match[] {
  const left = entriesOf(result, ours);
  const right = entriesOf(reference, theirs);
  const [one, other] = [left[0], right[0]];
  const isPair = left.length === 1 && right.length === 1;
  const found =
    isPair && one !== undefined && other !== undefined
      ? [{ name: one.name, ours: one, reference: other }]
      : left.flatMap((entry) => {
          const same = right.find(({ name }) => name === entry.name);
          return same === undefined ? [] : [{ name: entry.name, ours: entry, reference: same }];
        });
  if (found.length === 0) {
    throw new NotFoundError(
      reference,
      text(
        "no tensor has a name that {0} has as well; name one of each file, as FILE#tensor",
        result,
      ),
      right.map(({ name }) => name),
    );
  }
  for (const match of found) assertSameShape(match);
  return found;
}

/** Before any values are read. */
function assertSameShape({ name, ours, reference }: Match): void {
  if (formatShape(ours.shape) === formatShape(reference.shape)) return;
  throw new ShapeError(name, reference.shape, ours.shape);
}

/** The named tensor, or all. */
function entriesOf(ref: TensorRef, { entries }: Archive): readonly TensorEntry[] {
  const { file, tensor } = parseTensorRef(ref);
  if (tensor === undefined || tensor === "") return entries;
  const named = entries.filter(({ name }) => name === tensor);
  if (named.length > 0) return named;
  const names = entries.map(({ name }) => name);
  throw new NotFoundError(file, text("there is no tensor named {0}", tensor), names);
}

async function readPair(match: Match, ours: Archive, theirs: Archive): Promise<SavedPair> {
  return {
    name: match.name,
    ours: await ours.read(match.ours),
    reference: await theirs.read(match.reference),
  };
}

function outsideOf({ figures }: NumbersView): number {
  const outside = figures.find(({ id }) => id === "outside");
  return outside === undefined ? 0 : decodeNumber(outside.value);
}

function passes(numbers: NumbersView): boolean {
  return outsideOf(numbers) === 0;
}

function textOf(numbers: readonly NumbersView[]): string {
  return numbers
    .map((one) => {
      const { name, tolerance } = one;
      const by = `rtol ${String(tolerance.rtol)}, atol ${String(tolerance.atol)}`;
      const verdict = passes(one) ? "✓ passes" : `✗ ${String(outsideOf(one))} outside`;
      return `${legible(name)}: ${verdict} by ${by}\n${formatNumbers([one])}`;
    })
    .join("");
}

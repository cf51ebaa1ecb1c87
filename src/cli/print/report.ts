/**
 * The text output of the commands: contents of a file, runs, and verdicts in the words of torch.testing.
 */
import type { RunView, Verdict } from "../../protocol/run/messages";
import type { OwnView, VerdictView } from "../../protocol/run/verdictMessages";
import type { AgreementView } from "../../protocol/run/comparedMessages";
import { engineTitles } from "../../reference/engine";
import { decodeNumber } from "../../protocol/wire";
import type { ArchiveView, ModuleView } from "../../protocol/run/workerMessages";
import { formatShape, sameShape, type Tensor, type TensorOrigin } from "../../tensor/tensor";
import { legible, renderText, type Text } from "../../core/text";
import { acceptance, reducedSentence, reducedTo } from "../../protocol/run/reducedPrecision";
import type { ReducedPrecision } from "../../diagnosis/answer";
import { lookSentence } from "./errorSentence";
import { counted, formatNumber, formatTable } from "./table";
import { verdictWords } from "./wholeVerdict";

/** True for the verdicts that a check passes. */
export function isClose(verdict: Verdict): boolean {
  return verdict === "equal" || verdict === "rounding";
}

/** Whether every verdict of a run passes, those of the user's own output too. */
export function passesAll({ verdicts, own }: RunView): boolean {
  return [...verdicts, ...(own?.withRun ?? [])].every(({ verdict }) => isClose(verdict));
}

/** The words for a verdict, and whether it passes. */
function markedWords(verdict: Verdict, isWide?: boolean): string {
  return `${isClose(verdict) ? "✓" : "✗"} ${verdictWords(verdict, isWide)}`;
}

/** The word for a verdict. Reduced precision does not pass: the values are outside the tolerance that was asked for. */
function verdictWord(verdict: VerdictView, precision: ReducedPrecision | null = null): string {
  const reduced = reducedTo(verdict, precision);
  if (reduced === null) return markedWords(verdict.verdict, verdict.isWide);
  return `≈ reduced precision (${renderText(reduced)})`;
}

/** The tensors of a file and the modules they form. */
export function formatArchive(archive: ArchiveView): string {
  const entries = archive.entries.map(({ name, dtype, shape, origin }) => [
    legible(name),
    dtype,
    formatShape(shape),
    ...(origin === undefined ? [] : [formatOrigin(origin)]),
  ]);
  const modules = archive.modules.map(formatModule);
  return [
    `${legible(archive.file)}: ${archive.format}, ${counted(entries.length, "tensor")}\n`,
    formatTable(entries, 2),
    archive.lookAlike === null
      ? `${counted(modules.length, "module")}\n`
      : `no recurrent module: ${lookSentence(archive.lookAlike)}\n${mapHint(archive)}`,
    formatTable(modules, 2),
    formatNotes(archive.notes),
  ].join("");
}

/** The way on from tensors whose names tell no module. */
function mapHint({ file, entries }: ArchiveView): string {
  const hasMatrix = entries.some(({ shape }) => shape.length > 1);
  return hasMatrix ? `unroll map ${legible(file)} ranks which of them may form one\n` : "";
}

/** Zeros that stand in for a bias come from nowhere. */
function formatOrigin({ from, how }: TensorOrigin): string {
  if (from.length === 0) return renderText(how);
  return `from ${from.map(legible).join(", ")}: ${renderText(how)}`;
}

function formatModule(module: ModuleView): string[] {
  const { prefix, constructorLine, embedding, linear, unknown, departures, remarks } = module;
  const layers = [embedding, constructorLine, linear].filter((line) => line !== null);
  return [
    prefix === "" ? "(no prefix)" : legible(prefix),
    [
      layers.join(" → "),
      ...remarks.map((remark) => renderText(remark)),
      ...departures.map((departure) => renderText(departure)),
      ...(unknown.length === 0
        ? []
        : [`the file does not tell ${unknown.map(legible).join(", ")}`]),
    ].join("; "),
  ];
}

/** A run that was made: its module, its sizes, its tensors, its verdicts. */
export function formatRun(view: RunView, tensors: ReadonlyMap<string, Tensor>): string {
  const rows = [...tensors].map(([name, { dtype, shape }]) => [name, dtype, formatShape(shape)]);
  return [
    formatHeading(view),
    formatTable(rows, 2),
    formatVerdicts(view),
    formatCompared(view),
    formatNotes(view.notes),
  ].join("");
}

/** The verdicts of a run under the name of its file; where one fails, also what was assumed. */
export function formatCheck(
  file: string,
  view: RunView,
  precision: ReducedPrecision | null = null,
): string {
  return [
    `${legible(file)}: ${formatHeading(view)}`,
    formatVerdicts(view, precision),
    formatCompared(view),
    passesAll(view) && view.chaos === null ? "" : formatNotes(view.notes),
  ].join("");
}

/** The last line of a check of several files. */
export function formatSummary(checked: number, matching: number): string {
  return `${matching} of ${counted(checked, "run")} match their reference\n`;
}

function formatNotes(notes: readonly Text[]): string {
  return notes.map((note) => `note: ${renderText(note)}\n`).join("");
}

function formatHeading(view: RunView): string {
  const sizes = view.unbatched
    ? `T ${view.seqLength}, unbatched`
    : `T ${view.seqLength}, B ${view.batchSize}`;
  const module = view.module === null || view.module === "" ? "" : `${legible(view.module)} `;
  return `${module}${layersOf(view)}, ${sizes}, ${view.options.precision}\n`;
}

/** The layers that run, in the order that data flows through them. */
function layersOf({ constructorLine, surrounding }: RunView): string {
  const { embedding, linear, head } = surrounding ?? { embedding: null, linear: null, head: null };
  return [
    embedding?.isUsed === true ? embedding.constructorLine : null,
    constructorLine,
    linear === null || head === null ? null : `${linear.constructorLine} of ${head}`,
  ]
    .filter((line) => line !== null)
    .join(" → ");
}

/** The first of all with what is known of what comes before it. */
function firstOfAllRow({ firstDivergence: found }: RunView): readonly string[][] {
  if (found === null) return [];
  return [["first of all", "", `${renderText(found.sentence)} (seen in ${found.name})`]];
}

function formatVerdicts(view: RunView, precision: ReducedPrecision | null = null): string {
  const rows = view.verdicts.flatMap((verdict) => {
    const reduced = reducedTo(verdict, precision);
    const [first = "", ...more] =
      reduced === null || precision === null
        ? detailsOf(verdict, view)
        : [reducedSentence(verdict), acceptance(precision)].map((line) => renderText(line));
    return [
      [verdict.name, verdictWord(verdict, precision), first],
      ...more.map((line) => ["", "", line]),
      ...readAsRow(verdict),
    ];
  });
  return formatTable([...rows, ...firstOfAllRow(view), ...ownRows(view)], 2);
}

/** The engines that a run was compared with, and who agrees with whom. */
function formatCompared({ compared, labels }: RunView): string {
  if (compared === undefined) return "";
  const { engines, table } = compared;
  const rows = engines.map(({ title, version, device, dtype, covers }) => [
    `${title} ${version}`,
    `${device}, ${dtype}`,
    covers.join(", "),
  ]);
  const lines = table === null ? [] : table.sentences.map((one) => `${renderText(one)}\n`);
  return [
    formatTable(rows, 2),
    table === null ? "" : formatTable(tableRows(table, labels.reference ?? "file"), 2),
    ...lines,
  ].join("");
}

/** A row for each lane: who agrees, and how far each is from the run. */
function tableRows({ parties, rows }: AgreementView, file: string): readonly (readonly string[])[] {
  const titles = parties.map((party) => (party === "file" ? file : partyName(party)));
  const cellText = (cell: AgreementView["rows"][number]["cells"][number]): string => {
    if (cell === null) return "–";
    const distance = cell.maxAbs === null ? "" : ` ${formatNumber(decodeNumber(cell.maxAbs))}`;
    return `${cell.group === 0 ? "✓" : "✗"}${distance}`;
  };
  return [
    ["lane", ...titles.map(legible), ""],
    ...rows.map(({ name, cells, alone }) => [
      name,
      ...cells.map(cellText),
      alone === null ? "" : `${alone === "file" ? legible(file) : partyName(alone)} stands alone`,
    ]),
  ];
}

function partyName(party: AgreementView["parties"][number]): string {
  if (party === "run") return "Unroll";
  return party === "file" ? "file" : engineTitles[party];
}

/** What a reference of another shape was compared as. */
function readAsRow({ readAs }: Pick<VerdictView, "readAs">): readonly string[][] {
  return readAs === undefined ? [] : [["", "", renderText(readAs)]];
}

/** What the user's own implementation gave, and who stands alone. */
function ownRows({ own }: RunView): readonly string[][] {
  if (own === undefined) return [];
  const rows = own.withRun.flatMap((one) => [
    [`own ${one.name}`, markedWords(one.verdict), renderText(one.sentence)],
    ...readAsRow(one),
    ...eachRow(own, one.name),
  ]);
  return [...rows, ["all three", "", renderText(own.sentence)]];
}

/** Who stands alone in one tensor, where that is another one than in all of them. */
function eachRow({ each, alone }: OwnView, name: string): readonly string[][] {
  const found = each[name];
  return found === undefined || found.alone === alone ? [] : [["", "", renderText(found.sentence)]];
}

function detailsOf(
  verdict: VerdictView,
  { tolerance, chaos }: Pick<RunView, "tolerance" | "chaos">,
): readonly string[] {
  const isChaotic = chaos !== null;
  const { outside, total } = verdict;
  if (verdict.verdict === "cannot-compare" && sameShape(verdict.expected, verdict.found)) {
    return [renderText(verdict.sentence)];
  }
  if (verdict.verdict === "cannot-compare") {
    const [ours, reference] = [formatShape(verdict.expected), formatShape(verdict.found)];
    return [
      "The values for attribute 'shape' do not match:",
      `torch.Size(${ours}) != torch.Size(${reference}) (ours != reference)`,
      ...[verdict.sentence, ...verdict.hints].map((line) => renderText(line)),
    ];
  }
  const maxAbs = formatNumber(decodeNumber(verdict.maxAbs));
  if (isClose(verdict.verdict) && isChaotic) return [renderText(verdict.sentence)];
  if (isClose(verdict.verdict)) return [`max |Δ| ${maxAbs} over ${counted(total, "element")}`];
  const share = ((100 * outside) / total).toFixed(1);
  const maxRel = formatNumber(decodeNumber(verdict.maxRel));
  const { rtol, atol } = verdict.tolerance ?? tolerance;
  return [
    `Mismatched elements: ${outside} / ${total} (${share}%)`,
    `Greatest absolute difference: ${maxAbs} (up to ${formatNumber(atol)} allowed)`,
    `Greatest relative difference: ${maxRel} (up to ${formatNumber(rtol)} allowed)`,
    ...(verdict.firstText === null ? [] : [`First: ${renderText(verdict.firstText)}`]),
    ...verdict.hints.map((hint) => `Hint: ${renderText(hint)}`),
  ];
}

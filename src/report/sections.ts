/**
 * Verdicts and shapes of a report.
 */
import { grouped } from "../core/numeric";
import { text } from "../core/text";
import { passes, verdictName } from "../drawing/picture/names";
import { formatValue } from "../drawing/base/numbers";
import { hintsBeside } from "../drawing/run/verdict/hints";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import type { VerdictView } from "../protocol/run/verdictMessages";
import { decodeNumber } from "../protocol/wire";
import { formatShape } from "../tensor/tensor";
import { escaped, list, table } from "./html";
import type { ReportContext } from "./context";

/** What is not finite, every verdict with its sentence, the first divergence, who stands alone, and hints. */
export function verdictSection(context: ReportContext, diagnosis: DiagnosisView | null): string {
  const { view, say } = context;
  const notFinite = (view.notFinite ?? [])
    .map((sentence) => `<p class="lead bad">${escaped(say(sentence))}</p>`)
    .join("");
  if (view.verdicts.length === 0) {
    const none = say(text("There is no reference: the run was not compared with anything."));
    return `${notFinite}<p class="lead">${escaped(none)}</p>`;
  }
  const heading = [
    text("Tensor"),
    text("Verdict"),
    view.chaos === null ? text("max |Δ|") : text("max |Δ| before chaos"),
    text("Outside"),
    text("In words"),
  ];
  const rows = view.verdicts.map((verdict) => verdictRow(context, verdict));
  const own = view.own?.withRun ?? [];
  const ownRows = own.map((one) => [
    escaped(say(text("own {0}", one.name))),
    verdictMark(context, one),
    escaped(formatValue(decodeNumber(one.maxAbs))),
    countText(one),
    escaped(say(one.sentence)),
  ]);
  const first = view.firstDivergence;
  const sentences = [
    ...(first === null ? [] : [text("First of all, in {0}: {1}", first.name, first.sentence)]),
    ...(view.own === undefined ? [] : [view.own.sentence]),
    ...hintsBeside(view, diagnosis?.findings ?? []),
  ];
  return (
    notFinite +
    table(say(text("Ours beside the reference")), heading.map(say), [...rows, ...ownRows]) +
    list([...new Set(sentences.map(say))])
  );
}

/** Of a chaotic run the differences before chaos count: a result that lies behind has none. */
function maxText({ view }: ReportContext, { maxAbs }: Pick<VerdictView, "maxAbs">): string {
  const max = decodeNumber(maxAbs);
  return view.chaos !== null && max === 0 ? "–" : formatValue(max);
}

function countText({ outside, total }: Pick<VerdictView, "outside" | "total">): string {
  return `${grouped(outside)} / ${grouped(total)}`;
}

function verdictMark({ say }: ReportContext, verdict: Pick<VerdictView, "verdict">): string {
  const isGood = passes(verdict);
  const word = `${isGood ? "✓" : "✗"} ${say(verdictName(verdict))}`;
  return `<span class="verdict ${isGood ? "good" : "bad"}">${escaped(word)}</span>`;
}

function verdictRow(context: ReportContext, verdict: VerdictView): string[] {
  const { say } = context;
  const sentences = [verdict.sentence, ...(verdict.readAs === undefined ? [] : [verdict.readAs])];
  return [
    escaped(verdict.name),
    verdictMark(context, verdict),
    escaped(maxText(context, verdict)),
    countText(verdict),
    sentences.map((sentence) => escaped(say(sentence))).join("<br>"),
  ];
}

const STATUS_MARKS = { ok: "✓", mismatch: "✗", missing: "✗", unexpected: "!" } as const;

/** Found and expected shape of every tensor. */
export function shapeTable({ view, say }: ReportContext): string {
  const { rows } = view.shapes;
  if (rows.length === 0) return "";
  const heading = [text("Tensor"), text("Axes"), text("Found"), text("Expected"), text("Why")];
  const cells = rows.map(({ name, axes, found, expected, status, reason }) => [
    escaped(`${STATUS_MARKS[status]} ${name}`),
    escaped(`[${axes.join(", ")}]`),
    escaped(found === null ? say(text("missing")) : formatShape(found)),
    escaped(expected === null ? "–" : formatShape(expected)),
    escaped(say(reason)),
  ]);
  return table(say(text("Shapes of all tensors")), heading.map(say), cells);
}

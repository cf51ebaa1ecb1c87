/**
 * Headings, labels and sentences of the flip picture.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Direction } from "../../../src/model/config";
import { hasReverse, slotOf, type Directed } from "../../../src/model/directions";
import type { RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import { finalSentences } from "../../../src/drawing/run/flip/headings";
import type { ReverseOrder } from "../../../src/drawing/run/flip/reverseOrder";
import { stepRuns, type StripColumn } from "../../../src/drawing/run/flip/strips";
import { ownSegments, type RowSegment, type Segments } from "../../../src/drawing/run/flip/values";
import type { FlipScene } from "./scene";

/** Labels of the connectors. */
export function connectorLabels(view: RunView, layer: number): FlipScene["labels"] {
  const { config } = view;
  if (config === null) return {};
  const label = (direction: Direction): string => `h0[${slotOf(config, layer, direction)}]`;
  const first = label("forward");
  return {
    // With one direction the strips are neighbours, and the space between them is short.
    "x>forward": config.bidirectional ? `h₋₁ = ${first}` : first,
    "flippedX>reverse": label("reverse"),
  };
}

/** Where the entries of h_n are in the strips: the framed columns. */
export function finalStateSentences(
  view: RunView,
  layer: number,
  length: number,
  order: ReverseOrder,
): TemplateResult {
  const config = view.config ?? { bidirectional: false };
  return html`<ul class="final-states">
    ${finalSentences(config, layer, length, order).map(
      (sentence, index, { length: count }) =>
        html`<li class=${order === "compared" && index === count - 1 ? "of-reference" : nothing}>
          ${tr(sentence)}
        </li>`,
    )}
  </ul>`;
}

/** Which steps and units the strips show; nothing when they show them all. */
export function shownSentence(
  view: RunView,
  segments: Segments,
  columns: readonly StripColumn[],
): TemplateResult | typeof nothing {
  const [states] = ownSegments(segments);
  const gathered = states !== undefined && states.rows < states.size ? states : undefined;
  if (!columns.includes(null)) {
    return gathered === undefined ? nothing : html`<p class="dim">${unitsSentence(gathered)}</p>`;
  }
  const runs = stepRuns(columns).map(({ start, end }) =>
    end - start === 1 ? String(start) : `${start}${end - start === 2 ? "," : " …"} ${end - 1}`,
  );
  const steps = t("Shown around the cursor: t = {0} of {1} steps", runs.join(", "), view.seqLength);
  if (gathered === undefined) return html`<p class="dim">${steps}</p>`;
  return html`<p class="dim">${steps} · ${unitsSentence(gathered)}</p>`;
}

function unitsSentence({ size, rows }: RowSegment): string {
  return t(
    "All {0} units in {1} rows: each shows the value of largest magnitude of {2}",
    ...[size, rows, Math.ceil(size / rows)],
  );
}

/** Where the padding of a batch row begins; nothing where there is none. */
export function paddingSentence(view: RunView, batch: number): TemplateResult | typeof nothing {
  const length = view.lengths?.[batch];
  if (length === undefined || length >= view.seqLength) return nothing;
  return html`<p class="dim">
    ${t(
      "This sequence has {0} of {1} steps: it is flipped within its length, and the output is 0 behind it.",
      length,
      view.seqLength,
    )}
  </p>`;
}

/** The title of the picture. */
export function flipTitle(directed: Directed, layer: number): string {
  if (directed.bidirectional) {
    return t("Layer {0}, bidirectional: how the reverse half is made", layer);
  }
  return hasReverse(directed)
    ? t("Layer {0}, reverse only: the output is its states flipped back", layer)
    : t("Layer {0}, one direction: the output is its forward states", layer);
}

/** What the picture ends with: joining two directions, flipping one `back`, or taking the states as they are. */
export function lastPhase(directed: Directed, back: string): string {
  if (directed.bidirectional) return t("concat");
  return hasReverse(directed) ? back : t("output");
}

/**
 * Headings, labels and sentences of the flip picture.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView } from "../../src/protocol/messages";
import { t } from "../l10n";
import type { StripId } from "../render/flipLayout";
import { formatAxes } from "../render/numbers";
import { stepRuns, type StripColumn } from "../render/flipStrips";
import type { Segments } from "../render/flipValues";
import { unitAxis } from "../render/quantity";
import type { FlipScene, StripHeading } from "./flipPicture";

function layerSizes(view: RunView, layer: number): { input: number; state: number } {
  const units = (of: (lane: RunView["lanes"][number]) => boolean): number =>
    view.lanes.filter(of).reduce((sum, lane) => sum + lane.units, 0);
  return {
    input: units((lane) => (layer === 0 ? lane.id === "input" : lane.layer === layer - 1)),
    state: units((lane) => lane.layer === layer && lane.direction === "forward"),
  };
}

/** Name, code and shape of every strip. */
export function stripHeadings(
  view: RunView,
  layer: number,
  length: number,
): Readonly<Record<StripId, StripHeading>> {
  const { input, state } = layerSizes(view, layer);
  const both = view.config?.bidirectional ?? false;
  const stateAxis = `${both ? "2" : ""}${unitAxis(view)}`;
  const inputAxis = layer > 0 ? stateAxis : "I";
  const cell = (view.config?.cell ?? "RNN").toLowerCase();
  const steps = ["T", view.seqLength] as const;
  const isShort = length < view.seqLength;
  const x = layer === 0 ? "x" : t("x = output of layer {0}", layer - 1);
  const concat = both ? "concat([forward, reverse])" : "forward";
  const flip = isShort ? `x[:${length}][::-1]` : "[::-1]";
  return {
    x: { title: x, lines: [formatAxes([steps, [inputAxis, input]])] },
    flippedX: { title: "flip(x)", lines: [flip] },
    forward: { title: t("forward states"), lines: [`${cell}(x)`] },
    reverse: { title: t("reverse states, as processed"), lines: [`${cell}_reverse(flip(x))`] },
    flippedBack: { title: t("flipped back"), lines: [isShort ? `[:${length}][::-1]` : "[::-1]"] },
    output: {
      title: t("output"),
      lines: [concat, formatAxes([steps, [stateAxis, both ? 2 * state : state]])],
    },
  };
}

/** Index of a direction's final state in h_n, which is that of its first one in h0. */
function slotOf(view: RunView, layer: number, direction: 0 | 1): number {
  return layer * (view.config?.bidirectional === true ? 2 : 1) + direction;
}

/** What the connectors carry. */
export function connectorLabels(view: RunView, layer: number): FlipScene["labels"] {
  const first = `h0[${slotOf(view, layer, 0)}]`;
  return {
    // With one direction the strips are neighbours, and the space between them is short.
    "x>forward": view.config?.bidirectional === true ? `h₋₁ = ${first}` : first,
    "flippedX>reverse": `h0[${slotOf(view, layer, 1)}]`,
  };
}

/** Where the entries of h_n are in the strips: the framed columns. */
export function finalStateSentences(view: RunView, layer: number, length: number): TemplateResult {
  const forward = t("h_n[{0}] = forward state at t = {1}", slotOf(view, layer, 0), length - 1);
  const reverse = t("h_n[{0}] = reverse state at t = 0 (not output[-1])", slotOf(view, layer, 1));
  return html`<ul class="final-states">
    <li>${forward}</li>
    ${view.config?.bidirectional === true ? html`<li>${reverse}</li>` : ""}
  </ul>`;
}

/** Which steps and units the strips show; nothing when they show them all. */
export function shownSentence(
  view: RunView,
  segments: Segments,
  columns: readonly StripColumn[],
): TemplateResult | typeof nothing {
  const cut = [...segments.x, ...segments.forward].some(
    ({ size, units }) => units.end - units.start < size,
  );
  if (!columns.includes(null) && !cut) return nothing;
  const runs = stepRuns(columns).map(({ start, end }) =>
    end - start === 1 ? String(start) : `${start}${end - start === 2 ? "," : " …"} ${end - 1}`,
  );
  const steps = t("Shown around the cursor: t = {0} of {1} steps", runs.join(", "), view.seqLength);
  const [states] = segments.forward;
  if (!cut || states === undefined) return html`<p class="dim">${steps}</p>`;
  const { start, end } = states.units;
  return html`<p class="dim">
    ${steps} · ${t("units {0} … {1} of {2}", start, end - 1, states.size)}
  </p>`;
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

/**
 * One line of the tree: a module, a group or an entry.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { ArchiveSummary, TreeRow } from "../../../src/protocol/archive/messages";
import { t, tr } from "../../shared/l10n";
import { icon } from "../../shared/icons";
import { formatBytes, formatRoughCount } from "../../../src/drawing/tensors/quantities";
import { elementCount, formatShape } from "../../../src/tensor/tensor";
import { legible } from "../../../src/core/text";
import { originText } from "../store/originText";

/** CSS pixels; also the height in tree.css. */
export const ROW_HEIGHT = 38;

interface RowParts {
  readonly title: TemplateResult | string;
  readonly side: TemplateResult | string;
  readonly facts: TemplateResult;
  readonly hint: string;
}

function moduleParts(
  { module: index }: Extract<TreeRow, { kind: "module" }>,
  summary: ArchiveSummary,
): RowParts {
  const module = summary.modules[index];
  if (module === undefined) return { title: "", side: "", facts: html``, hint: "" };
  const { constructorLine, prefix, parameters, framework, unknown } = module;
  const hint = [
    [module.embedding, constructorLine, module.linear].filter((line) => line !== null).join(" → "),
    unknown.length > 0 ? t("the file does not tell: {0}", unknown.join(", ")) : "",
    ...[...module.remarks, ...module.departures].map((sentence) => tr(sentence)),
  ];
  return {
    title: html`<span class="row-code">${constructorLine}</span>`,
    side: "",
    facts: html`${
        framework === "PyTorch" ? nothing : html`<span class="framework">${framework}</span>`
      }${prefix === "" ? nothing : html`<span class="row-prefix">${legible(prefix)}</span>`}<span
        >${t("{0} parameters", formatRoughCount(parameters))}</span
      >`,
    hint: hint.filter((line) => line !== "").join("\n"),
  };
}

function groupParts({ label, entries, bytes }: Extract<TreeRow, { kind: "group" }>): RowParts {
  const count = entries === 1 ? t("1 tensor") : t("{0} tensors", grouped(entries));
  return {
    title: legible(label),
    side: "",
    facts: html`<span>${count}</span><span>${formatBytes(bytes)}</span>`,
    hint: legible(label),
  };
}

function entryParts(row: Extract<TreeRow, { kind: "entry" }>): RowParts {
  const { name, label, dtype, shape, bytes, origin } = row;
  const count = elementCount(shape);
  const elements = count === 1 ? t("1 element") : t("{0} elements", formatRoughCount(count));
  const made = origin === null ? "" : originText(origin);
  return {
    title: label === "" ? t("(no name)") : legible(label),
    side: html`<span class="row-shape">${formatShape(shape)}</span>`,
    facts: html`<span>${dtype}</span><span>${formatBytes(bytes)}</span><span>${elements}</span>${
        origin === null || origin.from.length === 0
          ? nothing
          : html`<span class="row-origin">← ${origin.from.map(legible).join(", ")}</span>`
      }`,
    hint: [legible(name), made].filter((line) => line !== "").join("\n"),
  };
}

function partsOf(row: TreeRow, summary: ArchiveSummary): RowParts {
  if (row.kind === "module") return moduleParts(row, summary);
  return row.kind === "group" ? groupParts(row) : entryParts(row);
}

export interface RowPlace {
  readonly index: number;
  readonly id: string;
  readonly summary: ArchiveSummary;
  readonly isFocused: boolean;
  readonly isChosen: boolean;
  readonly press: () => void;
}

/** What VS Code hands to the command that is chosen from the menu of a tensor. */
export function tensorContext(tensor: string): string {
  return JSON.stringify({
    webviewSection: "tensor",
    tensor,
    preventDefaultContextMenuItems: true,
  });
}

export function treeRow(row: TreeRow | undefined, place: RowPlace): TemplateResult {
  if (row === undefined) {
    return html`<div class="row row-waiting" role="treeitem" aria-level="1" id=${place.id}>
      <span class="row-title">…</span>
    </div>`;
  }
  const { title, side, facts, hint } = partsOf(row, place.summary);
  const isGroup = row.kind !== "entry";
  const classes = [
    ...["row", `row-${row.kind}`],
    ...(place.isFocused ? ["row-focused"] : []),
    ...(place.isChosen ? ["row-chosen"] : []),
  ];
  return html`<div
    class=${classes.join(" ")}
    role="treeitem"
    id=${place.id}
    aria-level=${row.depth + 1}
    aria-selected=${place.isChosen ? "true" : "false"}
    aria-expanded=${isGroup ? (row.isOpen ? "true" : "false") : nothing}
    title=${hint}
    data-vscode-context=${row.kind === "entry" ? tensorContext(row.name) : nothing}
    .style=${`padding-left:${6 + row.depth * 14}px`}
    @click=${place.press}
  >
    <span class="twist">${isGroup ? icon(row.isOpen ? "down" : "right") : nothing}</span>
    <span class="row-lines">
      <span class="row-line"><span class="row-title">${title}</span>${side}</span>
      <span class="row-facts">${facts}</span>
    </span>
  </div>`;
}

/**
 * How a part lies in its tensor: transposed or not, the rows and columns that are taken, and the gates it holds.
 */
import { html, type TemplateResult } from "lit";
import type { CheckedPart, SlotPart } from "../../../src/protocol/archive/assignMessages";
import { formatShape } from "../../../src/tensor/tensor";
import { isChecked } from "../../shared/controls";
import { t } from "../../shared/l10n";
import { without } from "./mapEdits";

type RangeField = "rows" | "columns";

/** The controls of one part; `change` gets it as it is then. */
export function partFields(
  { part, gates, isTransposed, shape }: CheckedPart,
  change: (next: SlotPart) => void,
): TemplateResult {
  const set = (field: keyof SlotPart, value: unknown): void => {
    const next = value === null ? without(part, field) : { ...part, [field]: value };
    // The tensor is no field of this form.
    change(next as SlotPart);
  };
  return html`<span class="part-fields">
    <span class="dim">${shape === null ? "" : formatShape(shape)}</span>
    <vscode-checkbox
      .checked=${isTransposed}
      @change=${(event: Event) => {
        if (isChecked(event) !== isTransposed) set("transposed", isChecked(event));
      }}
      >${t("transposed")}</vscode-checkbox
    >
    ${rangeField(part, "rows", t("rows"), set)} ${rangeField(part, "columns", t("columns"), set)}
    ${textField({
      label: t("index"),
      hint: t("Indices on the first axes, such as the layer of a stacked tensor: 0, 1"),
      value: part.index?.join(", ") ?? "",
      change: (written) => {
        const index = numbersIn(written);
        if (index !== undefined) set("index", index);
        return index !== undefined;
      },
    })}
    ${textField({
      label: t("gates"),
      hint: t(
        "Letters of PyTorch's gates in the order in which they lie in it, such as {0}",
        gates.join(""),
      ),
      value: part.gates ?? "",
      placeholder: gates.join(""),
      change: (written) => {
        set("gates", written.trim() === "" ? null : written.trim());
        return true;
      },
    })}
  </span>`;
}

function rangeField(
  part: SlotPart,
  field: RangeField,
  label: string,
  set: (field: RangeField, value: unknown) => void,
): TemplateResult {
  return textField({
    label,
    hint: t("{0} as Python slices them, such as 0:8; empty for all", label),
    value: part[field]?.join(":") ?? "",
    placeholder: t("all"),
    change: (written) => {
      const range = numbersIn(written.replace(/:\s*$/, ""));
      const isRange = range === null || (range !== undefined && range.length <= 2);
      if (isRange) set(field, range);
      return isRange;
    },
  });
}

interface TextField {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly placeholder?: string;
  /** False for what the field cannot hold, which is put back. */
  readonly change: (written: string) => boolean;
}

function textField({ label, hint, value, placeholder = "", change }: TextField): TemplateResult {
  return html`<label class="field" title=${hint}
    ><span class="field-name">${label}</span
    ><input
      type="text"
      class="text-input part-input"
      spellcheck="false"
      placeholder=${placeholder}
      .value=${value}
      @change=${(event: Event) => {
        const field = event.currentTarget as HTMLInputElement;
        if (!change(field.value)) field.value = value;
      }}
  /></label>`;
}

/** Whole numbers with anything between them; null of nothing, undefined of what is no list of them. */
function numbersIn(written: string): readonly number[] | null | undefined {
  if (written.trim() === "") return null;
  const parts = written.split(/[:,\s]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  return numbers.every((each) => Number.isSafeInteger(each) && each >= 0) ? numbers : undefined;
}

/**
 * The options of a run in the toolbar: those that its cell has.
 */
import { html, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type { Key, Label } from "../../../src/run/spec/key";
import { entriesOf, optionKeys } from "../../../src/run/spec/keys";
import type { OfferedOptions } from "../../../src/run/spec/spec";
import { choiceList } from "../../shared/choiceList";
import { isChecked } from "../../shared/controls";
import { t, tr } from "../../shared/l10n";
import type { Setting } from "../../shared/optionsButton";
import type { Store } from "../store/store";

type Name = keyof OfferedOptions;

/** An option that is offered: a checkbox, or a list of its values. */
interface Offered {
  readonly name: Name;
  readonly key: Key;
  readonly label: string;
  readonly value: OfferedOptions[Name];
  /** True when neither the user nor the file states the value. */
  readonly isAssumed: boolean;
}

/** The controls, in the order of the table. */
export function runOptions(store: Store, view: RunView): TemplateResult[] {
  return offeredBy(view).map((offered) =>
    offered.key.kind === "switch" ? checkbox(store, view, offered) : list(store, offered),
  );
}

/** What the options are set to: those that are assumed or not as by default, and the precision of every run. */
export function optionSettings(view: RunView): Setting[] {
  return offeredBy(view)
    .filter(({ name, key, value, isAssumed }) => {
      return isAssumed || name === "precision" || value !== key.default;
    })
    .map((offered) => ({ text: settingText(offered), isAssumed: offered.isAssumed }));
}

function settingText({ name, key, label, value }: Offered): string {
  if (typeof value === "object") return lineName(value);
  if (key.kind === "switch") return value === true ? label : t("not {0}", label);
  const named = valueLabel(name, String(value));
  return key.kind === "boolean" ? `${label} ${named}` : named;
}

/** The label of a value of an option, e.g. `float32` for the precision `f32`. */
export function valueLabel(name: Name, value: string): string {
  return labelOf(optionKeys[name], value);
}

function labelOf({ toolbar }: Key, value: string): string {
  return labelText(toolbar?.labels?.[value] ?? value);
}

function labelText(label: Label): string {
  return typeof label === "string" ? label : tr(label);
}

function offeredBy({ config, options, spec, unknown }: RunView): Offered[] {
  return entriesOf<Name>(optionKeys).flatMap(([name, key]) => {
    const { toolbar, cells, argument } = key;
    const isOfCell = cells === undefined || (config !== null && cells.includes(config.cell));
    if (toolbar === undefined || !isOfCell) return [];
    const isAssumed =
      argument !== undefined && spec.options?.[name] === undefined && unknown.includes(argument);
    return [{ name, key, label: labelText(toolbar.label), value: options[name], isAssumed }];
  });
}

function checkbox(store: Store, { unbatched }: RunView, offered: Offered): TemplateResult {
  const { name, label, value, isAssumed } = offered;
  const isFixed = name === "batchFirst" && unbatched;
  const hint = isAssumed ? t("assumed: the file does not say") : "";
  return html`<vscode-checkbox
    class=${isAssumed ? "assumed" : ""}
    title=${isFixed ? t("a 2-D input has no batch axis") : hint}
    ?disabled=${isFixed}
    .checked=${value === true}
    @change=${(event: Event) => {
      const chosen = isChecked(event);
      if (chosen !== value) store.send("run/change", { [name]: chosen });
    }}
    >${label}</vscode-checkbox
  >`;
}

/** A value that has no name, as the line of a hard sigmoid, is listed while it is chosen. */
function list(store: Store, { name, key, label, value, isAssumed }: Offered): TemplateResult {
  const values = key.kind === "boolean" ? ["true", "false"] : (key.values ?? []).map(String);
  const chosen = typeof value === "object" ? lineName(value) : String(value);
  const named = values.map((each) => [each, labelOf(key, each)] as const);
  return choiceList({
    label,
    named: true,
    value: chosen,
    options: values.includes(chosen) ? named : [...named, [chosen, chosen]],
    hint: isAssumed ? t("assumed: the file does not say") : "",
    change: (next) => {
      if (!values.includes(next)) return;
      store.send("run/change", { [name]: key.kind === "boolean" ? next === "true" : next });
    },
  });
}

function lineName({ alpha, beta }: { readonly alpha: number; readonly beta: number }): string {
  return `${alpha}·x + ${beta}`;
}

/**
 * The choice of what a linear layer after the module reads.
 */
import { nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";
import { choiceList } from "../../shared/choiceList";

const NONE = "none";

/** The heads that the linear layer can follow; nothing where there is none. */
export function headChoice(
  store: Store,
  { surrounding, spec }: RunView,
): TemplateResult | typeof nothing {
  if (surrounding?.linear == null) return nothing;
  const { head, heads } = surrounding;
  const isInferred = head !== null && spec.pipeline?.head === undefined;
  return choiceList({
    label: t("head"),
    named: true,
    value: head ?? NONE,
    options: [[NONE, t("none")], ...heads.map((name) => [name, name] as const)],
    hint: isInferred ? t("follows from the shape of the reference's logits") : "",
    change: (name) => {
      const chosen = heads.find((each) => each === name) ?? null;
      if (chosen !== head) store.send("run/change", { head: chosen });
    },
  });
}

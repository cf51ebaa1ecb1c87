/**
 * The list of keys, over the panel.
 */
import { nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyList } from "../store/keys";
import { RunElement } from "../store/runElement";
import { helpDialog } from "../../shared/helpDialog";

export class HelpView extends RunElement {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store?.state.helpOpen !== true) return nothing;
    return helpDialog(keyList(), () => {
      store.update({ helpOpen: false });
    });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.querySelector("dialog");
    if (dialog?.open === false) dialog.showModal();
  }
}

customElements.define("unroll-help", HelpView);

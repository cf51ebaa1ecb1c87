/**
 * The list of keys, over the tensor editor.
 */
import { nothing, type PropertyValues, type TemplateResult } from "lit";
import { StoreElement } from "../../storeElement";
import { helpDialog } from "../../views/helpDialog";
import { tensorKeyList } from "../keys";
import type { TensorStore } from "../store";

export class TensorHelp extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store?.state.helpOpen !== true) return nothing;
    return helpDialog(tensorKeyList(), () => {
      store.update({ helpOpen: false });
    });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.querySelector("dialog");
    if (dialog?.open === false) dialog.showModal();
  }
}

customElements.define("unroll-tensor-help", TensorHelp);

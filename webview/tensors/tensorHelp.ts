/**
 * The list of keys, over the tensor editor.
 */
import { nothing, type PropertyValues, type TemplateResult } from "lit";
import { StoreElement } from "../shared/storeElement";
import { helpDialog } from "../shared/helpDialog";
import { tensorKeyList } from "./store/keys";
import type { TensorStore } from "./store/store";

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

/**
 * A sentence about where a run leaves its reference first, which leads there.
 */
import { html, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { firstPlace } from "../../../src/drawing/run/places";
import type { Store } from "../store/store";

/** The sentence as a link to the place in the unrolled view; as it is where the module's states do not have the place. */
export function firstPlaceLink(
  store: Store,
  view: RunView,
  sentence: string,
): TemplateResult | string {
  const first = firstPlace(view);
  if (first === null) return sentence;
  const go = (): void => {
    store.update({ tab: "unrolled" });
    store.show(first.stateName);
    store.jumpTo(first.place);
  };
  return html`<button type="button" class="link" @click=${go}>${sentence}</button>`;
}

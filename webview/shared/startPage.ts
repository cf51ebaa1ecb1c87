/**
 * Starts a page: connects its store to the host and gives it to the root element.
 */
import { connectHost, type VsCodeHost } from "./vscodeHost";

/** The element draws as soon as it has the store, which then fetches what the host holds. */
export function startPage(
  element: Element | null,
  makeStore: (host: VsCodeHost) => { refresh(): Promise<void> },
): void {
  const store = makeStore(connectHost());
  if (element !== null) Object.assign(element, { store });
  void store.refresh();
}

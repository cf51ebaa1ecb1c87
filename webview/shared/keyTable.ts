/**
 * The table of a page's keys, from which the key handler and the list of keys are made.
 */

/** The action of a key. */
export interface Key<Page> {
  /** As the list writes it; empty for another key that does the same. */
  readonly name: string;
  /** Names of the presses it stands for: `ArrowLeft`, `Shift+ArrowLeft`, `Ctrl+Home`, `Alt+ArrowLeft`; none for what a pointer does. */
  readonly on: readonly string[];
  readonly run: (page: Page, press: KeyPress) => void;
  /** False where it does nothing now, and is left to the editor; always true when not given. */
  readonly isOn?: (page: Page) => boolean;
}

/** A line of the list. */
export interface KeyRow<Page> {
  readonly keys: readonly Key<Page>[];
  /** The description of the action. */
  readonly label: string;
  /** False where they do nothing, and are left to the editor; always true when not given. */
  readonly isOn?: (page: Page) => boolean;
}

export type KeyPress = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey"> &
  Partial<Pick<KeyboardEvent, "altKey">>;

/** A key that is pressed by its name. */
export function key<Page>(name: string, on: string, run: (page: Page) => void): Key<Page> {
  return { name, on: [on], run };
}

/** A letter, in both cases. */
export function letter<Page>(name: string, run: (page: Page) => void): Key<Page> {
  return { name, on: [name.toLowerCase(), name.toUpperCase()], run };
}

/** A pointer gesture, which is only listed. */
export function gesture(name: string): Key<unknown> {
  return { name, on: [], run: () => undefined };
}

/** Names of a press, the one that says most first. A letter or sign says itself that Shift is held. */
function namesOf({ key: pressed, shiftKey, ctrlKey, altKey }: KeyPress): readonly string[] {
  if (altKey === true) return shiftKey || ctrlKey ? [] : [`Alt+${pressed}`];
  const name = ctrlKey ? `Ctrl+${pressed}` : pressed;
  return shiftKey ? [`Shift+${pressed}`, name] : [name];
}

/** Performs the action of a key press; false when it has none. */
export function pressIn<Page>(rows: readonly KeyRow<Page>[], page: Page, press: KeyPress): boolean {
  for (const name of namesOf(press)) {
    for (const { keys, isOn } of rows) {
      const found = keys.find(({ on }) => on.includes(name));
      if (found === undefined || isOn?.(page) === false || found.isOn?.(page) === false) continue;
      found.run(page, press);
      return true;
    }
  }
  return false;
}

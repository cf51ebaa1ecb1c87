/**
 * Notes about contents of a file that were not read: the first few in full, the rest counted.
 */
import { renderText, text, type Text } from "../../core/text";
import { maxNotes } from "./limits";

export class NoteList {
  readonly #first: Text[] = [];
  readonly #important = new Set<string>();
  #more = 0;

  add(note: Text): void {
    if (this.#first.length < maxNotes) this.#first.push(note);
    else this.#more += 1;
  }

  /** Adds what is more important than the notes so far, once; it is never counted away. */
  addFirst(note: Text): void {
    const written = renderText(note);
    if (this.#important.has(written)) return;
    this.#important.add(written);
    this.#first.unshift(note);
  }

  list(): readonly Text[] {
    return this.#more === 0
      ? this.#first
      : [...this.#first, text("{0} more things beside the tensors are not read", this.#more)];
  }
}

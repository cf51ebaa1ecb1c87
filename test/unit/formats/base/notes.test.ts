import assert from "node:assert/strict";
import { renderText, text } from "../../../../src/core/text";
import { NoteList } from "../../../../src/formats/base/notes";

describe("notes about a file", () => {
  it("have what is important first, and each of it once", () => {
    const notes = new NoteList();
    notes.add(text("plain"));
    for (const name of ["a", "a", "b"]) notes.addFirst(text("{0} is quantised", name));
    const listed = notes.list().map((note) => renderText(note));
    assert.deepEqual(listed, ["b is quantised", "a is quantised", "plain"]);
  });
});

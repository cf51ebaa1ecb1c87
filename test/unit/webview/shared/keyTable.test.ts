import assert from "node:assert/strict";
import { gesture, key, letter, pressIn, type KeyRow } from "../../../../webview/shared/keyTable";
import { runKeys } from "../../../../webview/run/store/keys";
import { VIEWS } from "../../../../webview/run/store/views";
import { tensorKeys } from "../../../../webview/tensors/store/keys";
import { bench, press, run } from "../run/bench";

type Page = string[];

function noting(name: string): (page: Page) => void {
  return (page) => page.push(name);
}

const rows: readonly KeyRow<Page>[] = [
  { keys: [key("←", "ArrowLeft", noting("left"))], label: "left", isOn: (page) => page.length < 3 },
  { keys: [key("", "Shift+ArrowLeft", noting("pan"))], label: "pan" },
  { keys: [letter("G", noting("go")), gesture("drag")], label: "go" },
  { keys: [key("", "Ctrl+c", noting("copy"))], label: "copy" },
];

function pressed(page: Page, name: string, held: "Shift" | "Ctrl" | "" = ""): boolean {
  return pressIn(rows, page, { key: name, shiftKey: held === "Shift", ctrlKey: held === "Ctrl" });
}

describe("a table of keys", () => {
  it("takes the entry that says most of a press", () => {
    const page: Page = [];
    pressed(page, "ArrowLeft");
    pressed(page, "ArrowLeft", "Shift");
    pressed(page, "G", "Shift");
    pressed(page, "c", "Ctrl");
    assert.deepEqual(page, ["left", "pan", "go", "copy"]);
  });

  it("tells Alt apart, and leaves a key that is off to others", () => {
    const back = { ...key<Page>("Alt+←", "Alt+ArrowLeft", noting("back")) };
    const isOn = (page: Page): boolean => page.length < 2;
    const withAlt = [...rows, { keys: [{ ...back, isOn }], label: "back" }];
    const page: Page = [];
    const alt = { key: "ArrowLeft", shiftKey: false, ctrlKey: false, altKey: true };
    assert.deepEqual([pressIn(withAlt, page, alt), pressIn(withAlt, page, alt)], [true, true]);
    assert.ok(!pressIn(withAlt, page, alt));
    assert.ok(!pressIn(rows, page, alt));
    assert.deepEqual(page, ["back", "back"]);
  });

  it("leaves what is off, what needs Ctrl, and what it does not have to others", () => {
    const page: Page = ["a", "b", "c"];
    assert.ok(!pressed(page, "ArrowLeft"));
    assert.ok(!pressed(page, "c"));
    assert.ok(!pressed(page, "g", "Ctrl"));
    assert.ok(!pressed(page, "drag"));
    assert.equal(page.length, 3);
  });
});

describe("the pages' keys", () => {
  it("stand for one thing each", () => {
    for (const keys of [runKeys(), tensorKeys()]) {
      const names = keys.flatMap((row) => row.keys.flatMap(({ on }) => on));
      assert.deepEqual(
        names,
        names.filter((name, index) => names.indexOf(name) === index),
      );
    }
  });

  it("open every view of a run", async () => {
    const { store } = bench({ "run/describe": () => run() });
    await store.refresh();
    for (const view of VIEWS) {
      assert.ok(press(store, view.key.toLowerCase()));
      assert.equal(store.state.tab, view.id);
    }
  });
});

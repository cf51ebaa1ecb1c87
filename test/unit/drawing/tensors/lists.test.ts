import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { TreeRow } from "../../../../src/protocol/archive/messages";
import { moveCell } from "../../../../src/drawing/tensors/cellMotion";
import { niceStep, rulerTicks } from "../../../../src/drawing/tensors/ruler";
import { toggled, treeStep } from "../../../../src/drawing/tensors/treeMotion";
import {
  contentLength,
  isCompressed,
  listWindow,
  MAX_PIXELS,
  revealItem,
  scrollOf,
  topItem,
  type ListGeometry,
} from "../../../../src/drawing/tensors/virtualList";

describe("lists that are longer than a page may be", () => {
  const long: ListGeometry = { count: 100_000_000, item: 22, viewport: 600 };
  const short: ListGeometry = { count: 1000, item: 22, viewport: 600 };

  it("have their full length, up to what browsers can show", () => {
    assert.equal(contentLength(short), 22_000);
    assert.equal(contentLength(long), MAX_PIXELS);
    assert.ok(isCompressed(long) && !isCompressed(short));
  });

  it("reach their first and last item", () => {
    for (const list of [short, long]) {
      assert.equal(listWindow(list, 0).start, 0);
      assert.equal(listWindow(list, contentLength(list) - list.viewport).end, list.count);
    }
  });

  it("draw the visible items at their positions", () => {
    for (const list of [short, long]) {
      const scroll = contentLength(list) / 3;
      const { start, end, offset } = listWindow(list, scroll);
      const top = topItem(list, scroll);
      assert.ok(start <= top && top + list.viewport / list.item <= end);
      assert.ok(Math.abs(offset + (top - start) * list.item - scroll) < 1e-3);
      assert.ok(end - start < 60);
    }
  });

  it("scroll to an item and not farther", () => {
    const index = fc.integer({ min: 0, max: 999 });
    const scrolls = fc.integer({ min: 0, max: 22_000 - 600 });
    fc.assert(
      fc.property(index, scrolls, (at, scroll) => {
        const to = revealItem(short, scroll, at);
        assert.ok(at * 22 >= to - 1e-6 && (at + 1) * 22 <= to + 600 + 1e-6);
        const isShown = at * 22 >= scroll && (at + 1) * 22 <= scroll + 600;
        assert.ok(!isShown || to === scroll);
      }),
    );
    assert.ok(Math.abs(topItem(long, scrollOf(long, 50_000_000)) - 50_000_000) < 1);
  });
});

describe("rulerTicks", () => {
  it("labels round indices, as many as have room", () => {
    assert.deepEqual([0.2, 1.1, 3, 7, 12, 40].map(niceStep), [1, 2, 5, 10, 20, 50]);
    const ticks = rulerTicks({ start: 3980.4, cell: 16, count: 16_384, pixels: 400, label: 60 });
    assert.deepEqual(
      ticks.map(({ index }) => index),
      [3980, 3985, 3990, 3995, 4000],
    );
    assert.ok(Math.abs((ticks[1]?.at ?? 0) - (3985.5 - 3980.4) * 16) < 1e-9);
  });

  it("ends with the slice", () => {
    const ticks = rulerTicks({ start: 0, cell: 50, count: 3, pixels: 900, label: 30 });
    assert.deepEqual(
      ticks.map(({ index }) => index),
      [0, 1, 2],
    );
  });
});

describe("moveCell", () => {
  const extent = { rows: 10, columns: 20 };
  const page = { rows: 4, columns: 5 };
  const from = { row: 5, column: 5 };
  const to = (key: string, isFar = false): unknown => moveCell(key, isFar, from, extent, page);

  it("moves by cells, screens and to the ends", () => {
    assert.deepEqual(to("ArrowUp"), { row: 4, column: 5 });
    assert.deepEqual(to("ArrowRight", true), { row: 5, column: 19 });
    assert.deepEqual(to("PageDown"), { row: 9, column: 5 });
    assert.deepEqual(to("PageUp"), { row: 1, column: 5 });
    assert.deepEqual(to("Home"), { row: 5, column: 0 });
    assert.deepEqual(to("End", true), { row: 9, column: 19 });
    assert.equal(to("q"), null);
    assert.equal(to("toString"), null);
  });
});

describe("treeStep", () => {
  const entry = (name: string, depth: number): TreeRow => ({
    kind: "entry",
    name,
    label: name,
    depth,
    dtype: "float32",
    shape: [1],
    bytes: 4,
    origin: null,
  });
  const group = (path: string, isOpen: boolean): TreeRow => ({
    kind: "group",
    path,
    label: path,
    depth: 0,
    entries: 2,
    bytes: 8,
    isOpen,
  });
  const rows = [group("a", true), entry("a.x", 1), entry("a.y", 1), group("b", false)];
  const at = (row: number): Parameters<typeof treeStep>[1] => ({
    total: rows.length,
    at: row,
    page: 2,
    rowAt: (index: number) => rows[index],
  });

  it("moves within the tree", () => {
    assert.deepEqual(treeStep("ArrowDown", at(3)), { kind: "move", to: 3 });
    assert.deepEqual(treeStep("PageUp", at(3)), { kind: "move", to: 1 });
    assert.deepEqual(treeStep("End", at(0)), { kind: "move", to: 3 });
    assert.equal(treeStep("x", at(0)), null);
  });

  it("opens, closes, and goes to the group or into it", () => {
    assert.deepEqual(treeStep("ArrowRight", at(3)), { kind: "toggle", path: "b" });
    assert.deepEqual(treeStep("ArrowLeft", at(0)), { kind: "toggle", path: "a" });
    assert.deepEqual(treeStep("ArrowRight", at(0)), { kind: "move", to: 1 });
    assert.deepEqual(treeStep("ArrowLeft", at(2)), { kind: "move", to: 0 });
    assert.equal(treeStep("ArrowRight", at(1)), null);
    assert.equal(treeStep("ArrowLeft", at(3)), null);
  });

  it("toggles a path", () => {
    assert.deepEqual(toggled(["a"], "b"), ["a", "b"]);
    assert.deepEqual(toggled(["a", "b"], "a"), ["b"]);
  });
});

/** The panel where there is little room: at 200 %, and beside another editor. */
import assert from "node:assert/strict";
import { until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import type { Panel } from "../support/panel";
import { sharesEditor, sharesPanel } from "../support/suite";
import type { TensorEditor } from "../support/tensorEditor";

/** Bars above the picture take at most about a quarter of a narrow page. */
const MOST_OF_PAGE = 0.28;

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const isInside = (one: Bounds, other: Bounds): boolean =>
  one.left >= other.left &&
  one.right <= other.right &&
  one.top >= other.top &&
  one.bottom <= other.bottom;

describe("the panel in a small window", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: "examples", run: "differs/differs.unroll.json" }, (opened) => {
    ({ workbench, panel } = opened);
  });

  before(async () => {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await panel.says(".answer-sentence", "not flipped back");
  });

  /** What of these elements is seen, in coordinates of the panel's page. */
  const boundsOf = (selector: string): Promise<Bounds[]> =>
    panel.locator(selector).evaluateAll((elements) =>
      elements.flatMap((element) => {
        const { left, right, top, bottom, width } = element.getBoundingClientRect();
        return width === 0 ? [] : [{ left, right, top, bottom }];
      }),
    );

  const top = async (selector: string): Promise<number> => (await boundsOf(selector))[0]?.top ?? 0;

  async function resize(width: number, height: number): Promise<void> {
    await workbench.page.setViewportSize({ width, height });
    await panel.settle();
  }

  /** What a button shows may be wider than its element. */
  async function assertApart(bar: string, width: number): Promise<void> {
    const controls = await boundsOf(
      `${bar} :is(vscode-button, vscode-button svg, vscode-dropdown, .segment, .chip, summary, .link, nav)`,
    );
    controls.forEach((one, index) => {
      for (const other of controls.slice(index + 1)) {
        if (isInside(one, other) || isInside(other, one)) continue;
        const overlap = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const isBeside = one.top < other.bottom && other.top < one.bottom;
        assert.ok(!isBeside || overlap <= 1, `${bar} at ${width} px: ${overlap} pixels`);
      }
    });
  }

  it("has the verdict, several lanes, the cursor and the axis of time on screen at 200 %", async () => {
    await resize(700, 450);
    const seen = async (): Promise<number> => {
      const [scroller] = await boundsOf(".unrolled-scroll");
      const { boxes } = await panel.layout();
      const end = (await top("footer")) - (scroller?.top ?? 0);
      return boxes.filter((box) => box.top + box.height < end).length;
    };
    await until("The lanes on screen", seen, (lanes) => lanes >= 3);
    for (const bar of [".answer", ".verdicts", ".switch"]) {
      const [bounds] = await boundsOf(bar);
      assert.ok(bounds && bounds.bottom - bounds.top < 44, `${bar} is one line`);
    }
    const [scroller] = await boundsOf(".unrolled-scroll");
    assert.ok(
      scroller && scroller.bottom <= (await top("footer")),
      "the axis is above the timeline",
    );
    assert.equal(await panel.locator(".unrolled-scroll").evaluate((each) => each.scrollTop), 0);
  });

  it("leaves three quarters of a narrow page to the picture", async () => {
    await resize(420, 860);
    const height = await panel.locator("unroll-app").evaluate(() => innerHeight);
    const share = (await top(".stage")) / height;
    assert.ok(share < MOST_OF_PAGE, `the bars take ${share} of it`);
    await panel.says("unroll-toolbar .options-summary", "weights.pt · input.npy · expected.npz");
    await panel.pick("input");
    await workbench.quick.isTitled("input");
    await workbench.page.keyboard.press("Escape");
  });

  it("has no control over another one, at every width", async () => {
    for (const width of [1400, 1000, 900, 800, 700, 620, 540, 480, 420]) {
      await resize(width, 860);
      for (const bar of [".toolbar", ".switch", ".verdicts"]) await assertApart(bar, width);
    }
  });

  it("has the legend above the timeline where there is height for it", async () => {
    const below = async (): Promise<number> => {
      const [legend] = await boundsOf(".legend");
      return (legend?.bottom ?? Infinity) - (await top("footer"));
    };
    await panel.showMode("Δ");
    for (const [width, height] of [
      [700, 700],
      [420, 860],
    ] as const) {
      await resize(width, height);
      await until(`The legend's lower edge at ${width} px`, below, (pixels) => pixels <= 0);
    }
  });

  it("keeps the lanes where they are between Ours and Δ, at every width", async () => {
    for (const width of [1400, 1000, 900, 700, 540]) {
      await resize(width, 860);
      const rooms: Bounds[] = [];
      // The first switch may make room for a longer legend.
      for (const mode of ["Δ", "Ours", "Δ", "Ours"]) {
        await panel.showMode(mode);
        await panel.settle();
        rooms.push(...(await boundsOf(".unrolled-scroll")));
      }
      assert.deepEqual(rooms.slice(1), [rooms[1], rooms[1], rooms[1]], `at ${width} px`);
    }
  });

  it("lays nothing out again when another step is asked for", async () => {
    await resize(1000, 860);
    const [before] = await boundsOf(".timeline");
    await panel.press("j");
    await panel.locator(".step-field").waitFor();
    const [asking] = await boundsOf(".timeline");
    assert.deepEqual(asking, before);
    await panel.locator(".step-field").press("Escape");
    await panel.locator("button.timeline-step").waitFor();
  });

  it("has no number of an element cut off, at every width", async () => {
    await panel.openTab("Numbers");
    await panel.locator(".place-list").first().waitFor();
    for (const width of [1400, 900, 700, 540, 420, 300]) {
      await resize(width, 860);
      const beyond = await panel.locator(".place-lines").evaluateAll((lists) =>
        lists.flatMap((list) => {
          const { right } = list.getBoundingClientRect();
          const cells = [...list.querySelectorAll("td")].filter(
            (cell) => cell.getClientRects().length > 0,
          );
          return cells.map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return Math.round(range.getBoundingClientRect().right - right);
          });
        }),
      );
      assert.ok(beyond.length > 0);
      assert.ok(Math.max(...beyond) <= 0, `${Math.max(...beyond)} pixels at ${width} px`);
    }
    await panel.openTab("Unrolled");
  });

  it("has no control of the toolbar over another one beside an open Explorer", async () => {
    await resize(1400, 860);
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    for (const width of [540, 420]) {
      await resize(width, 860);
      await assertApart(".toolbar", width);
    }
    await resize(1400, 860);
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
  });

  it("draws a product that does not fit as a whole", async () => {
    await resize(420, 860);
    await workbench.closeEditors();
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await panel.openRun("does-not-fit/does-not-fit.unroll.json");
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    const beyond = (): Promise<number> =>
      panel.locator("unroll-shapes").evaluate((view) => {
        const rights = [...view.querySelectorAll("svg.product rect, svg.product text")].map(
          (part) => part.getBoundingClientRect().right,
        );
        return Math.max(...rights) - view.getBoundingClientRect().right;
      });
    await until("The drawing's right edge", beyond, (pixels) => pixels <= 0);
  });
});

describe("the tensor editor in a small window", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  sharesEditor({ folder: "examples", file: "differs/input.npy" }, (opened) => {
    ({ workbench, panel: editor } = opened);
  });

  const rectOf = (
    selector: string,
  ): Promise<{ left: number; right: number; top: number; height: number }> =>
    editor.locator(selector).evaluate((element) => {
      const { left, right, top, height } = element.getBoundingClientRect();
      return { left, right, top, height };
    });

  it("has the statistics of the only tensor beside its heatmap, with the Explorer open", async () => {
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
    await editor.drawn();
    const [side, stage] = [await rectOf(".side"), await rectOf(".stage")];
    assert.ok(side.left >= stage.right, `${side.left} is beside ${stage.right}`);
  });

  it("has its first line in one line, and the picture on screen at 200 %", async () => {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    for (const [width, height] of [
      [420, 860],
      [700, 450],
    ] as const) {
      await workbench.page.setViewportSize({ width, height });
      await editor.drawn();
      const toolbar = await rectOf(".toolbar");
      assert.ok(toolbar.height < 44, `${toolbar.height} px at ${width}`);
      const plot = await rectOf(".heat-plot");
      const page = await editor.locator("unroll-tensors").evaluate(() => innerHeight);
      assert.ok(page - plot.top > 120, `${page - plot.top} px of the heatmap at ${width}`);
    }
  });

  it("has its controls and the picture on screen beside an open Explorer", async () => {
    await workbench.page.setViewportSize({ width: 1400, height: 860 });
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await workbench.page.setViewportSize({ width: 420, height: 860 });
    await editor.drawn();
    const { width, height } = await editor
      .locator("unroll-tensors")
      .evaluate(() => ({ width: innerWidth, height: innerHeight }));
    const rights = await editor
      .locator(".toolbar vscode-button, .slice-bar vscode-dropdown")
      .evaluateAll((controls) => controls.map((each) => each.getBoundingClientRect().right));
    assert.ok(Math.max(...rights) <= width, `${Math.max(...rights)} of ${width}`);
    const plot = await rectOf(".heat-plot");
    assert.ok(height - plot.top > 120, `${height - plot.top} px of the heatmap`);
  });

  it("gives the heatmap the room where there is little", async () => {
    await workbench.page.setViewportSize({ width: 1400, height: 860 });
    await workbench.closeEditors();
    await editor.inspect("text-classifier/weights.pt");
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await workbench.page.setViewportSize({ width: 900, height: 700 });
    await editor.drawn();
    const { height } = await rectOf(".heat-plot");
    assert.ok(height > 220, `${height} px of 700`);
    await workbench.page.setViewportSize({ width: 420, height: 800 });
    await editor.drawn();
    const { top } = await rectOf(".heat-plot");
    assert.ok(top < 420, `it begins at ${top} px`);
  });
});

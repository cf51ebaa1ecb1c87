/** Words and numbers of the panel where there is little room: short, but not cut. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const STEPS = 2000;
const UNITS = 16;
/** The smallest letters of a plot, CSS pixels. */
const LEAST_LETTERS = 10;

/** Two layers in both directions over so many steps that each has four digits; nothing agrees with its reference. */
async function prepare(folder: string): Promise<void> {
  const config = { inputSize: 4, hiddenSize: UNITS, numLayers: 2, bidirectional: true };
  await writeTensors(folder, "long.safetensors", weightsOf(config));
  await writeTensors(folder, "long.npz", {
    x: random([STEPS, 1, 4]),
    output: random([STEPS, 1, 2 * UNITS], 7),
    h_n: random([4, 1, UNITS], 8),
  });
  const run = {
    ...{ weights: { file: "long.safetensors" }, input: "long.npz#x" },
    reference: { output: "long.npz#output", h_n: "long.npz#h_n" },
  };
  writeFileSync(join(folder, "long.unroll.json"), JSON.stringify(run));
}

describe("text in a small window", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: "examples", prepare, run: "long.unroll.json" }, (opened) => {
    ({ workbench, panel } = opened);
  });

  const toggleExplorer = (): Promise<void> =>
    workbench.runCommand("View: Toggle Primary Side Bar Visibility");

  async function resize(width: number, height: number): Promise<void> {
    await workbench.page.setViewportSize({ width, height });
    await panel.settle();
  }

  /** The texts of elements that show less than they hold, or that reach beyond the page. */
  const cutIn = (selector: string): Promise<string[]> =>
    panel.locator(selector).evaluateAll((elements) =>
      elements.flatMap((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const text = range.getBoundingClientRect();
        const box = element.getBoundingClientRect();
        if (box.width === 0) return [];
        const isCut =
          element.scrollWidth > Math.ceil(box.width) ||
          Math.max(text.right, box.right) > innerWidth + 1 ||
          Math.min(text.left, box.left) < -1;
        return isCut ? [element.textContent] : [];
      }),
    );

  /** How many lines of its letters an element takes. */
  const linesOf = (selector: string): Promise<number[]> =>
    panel.locator(selector).evaluateAll((elements) =>
      elements.flatMap((element) => {
        const { height } = element.getBoundingClientRect();
        return height === 0
          ? []
          : [Math.round(height / parseFloat(getComputedStyle(element).fontSize) / 1.4)];
      }),
    );

  /** True where the notes stand in the line of another part of the verdict. */
  const hasNotesBeside = (): Promise<boolean> =>
    panel.locator(".verdicts").evaluate((line) => {
      const notes = line.querySelector(".notes")?.getBoundingClientRect();
      const others = line.querySelectorAll(
        ".chip, .compared-with, .numbers, .first-at, .tail > .link",
      );
      return [...others].some((other) => {
        const { top, bottom, width } = other.getBoundingClientRect();
        return notes !== undefined && width > 0 && top < notes.bottom && notes.top < bottom;
      });
    });

  async function assertVerdict(where: string): Promise<void> {
    const parts = ".verdicts :is(.chip, .numbers, .first-at, .tail > .link, summary)";
    assert.deepEqual(await cutIn(parts), [], where);
    assert.ok(await hasNotesBeside(), `the notes are not alone ${where}`);
  }

  it("keeps the verdict whole and its notes beside it, without and with the Explorer", async () => {
    for (const width of [1400, 1000, 540, 420]) {
      await resize(width, 860);
      await assertVerdict(`at ${width} px with the Explorer`);
    }
    await resize(1400, 860);
    await toggleExplorer();
    for (const width of [1400, 1000, 900, 700, 540, 420]) {
      await resize(width, 860);
      await assertVerdict(`at ${width} px`);
    }
  });

  it("keeps labels of lanes, the step and the numbers of the legend whole", async () => {
    await panel.showMode("Δ");
    for (const width of [900, 540, 420]) {
      await resize(width, 860);
      const parts = ".lane-label span, .timeline-step, .legend .number, .legend button";
      assert.deepEqual(await cutIn(parts), [], `at ${width} px`);
      assert.deepEqual(new Set(await linesOf(".legend .number")), new Set([1]), `at ${width} px`);
      const names = await panel.texts(".lane-label .lane-name");
      assert.equal(names.filter((name) => name.includes("✗ h_n")).length, 2, names.join());
    }
  });

  it("has a ring around all of the lanes that have the focus", async () => {
    await panel.locator(".unrolled-scroll").press("ArrowLeft");
    const ring = await panel.locator(".unrolled-sticky").evaluate((lanes) => {
      const { borderBottomWidth, position } = getComputedStyle(lanes, "::after");
      return [borderBottomWidth, position];
    });
    assert.deepEqual(ring, ["1px", "absolute"]);
  });

  it("lists keys above what they do", async () => {
    await panel.press("?");
    await panel.locator("dialog.help").waitFor();
    const share = await panel.locator("dialog.help").evaluate((help) => {
      const most = Math.max(...[...help.querySelectorAll("dd")].map((each) => each.clientWidth));
      return most / help.clientWidth;
    });
    assert.ok(share > 0.75, `what a key does has ${share} of the width`);
    await workbench.page.keyboard.press("Escape");
  });

  it("has even columns in both lists of numbers, and letters of ten pixels in plots", async () => {
    await resize(1400, 860);
    await toggleExplorer();
    await panel.openTab("Numbers");
    await panel.locator(".density svg").first().waitFor();
    await panel.settle();
    const columns = await panel
      .locator(".numbers-of:first-of-type .place-list")
      .evaluateAll((lists) =>
        lists.map((list) =>
          [...list.querySelectorAll("th[scope=col]")].map((each) =>
            Math.round(each.getBoundingClientRect().right),
          ),
        ),
      );
    assert.equal(columns.length, 2);
    columns[0]?.forEach((right, index) => {
      assert.ok(Math.abs(right - (columns[1]?.[index] ?? 0)) < 16, JSON.stringify(columns));
    });
    const letters = await panel
      .locator(".density .tick")
      .evaluateAll((ticks) =>
        ticks.map(
          (tick) =>
            parseFloat(getComputedStyle(tick).fontSize) *
            ((tick as SVGGraphicsElement).getScreenCTM()?.a ?? 0),
        ),
      );
    assert.ok(Math.min(...letters) >= LEAST_LETTERS, `${Math.min(...letters)} px`);
    await panel.openTab("Unrolled");
  });

  it("says the finding whole, with every view in reach", async () => {
    await workbench.closeEditors();
    await panel.openRun("differs/differs.unroll.json");
    await panel.says(".answer-sentence", "not flipped back");
    const shown = (): Promise<boolean> =>
      panel.locator(".answer-what").evaluate((what) => {
        const { right, bottom } = what.getBoundingClientRect();
        return (
          what.scrollHeight <= what.clientHeight + 1 && right <= innerWidth && bottom < innerHeight
        );
      });
    const assertWhole = async (where: string): Promise<void> => {
      await until(`The whole finding ${where}`, shown, (is) => is);
      assert.deepEqual(await cutIn(".tab"), [], where);
    };
    for (const width of [1400, 540, 420]) {
      await resize(width, 860);
      await assertWhole(`at ${width} px with the Explorer`);
    }
    await resize(1400, 860);
    await toggleExplorer();
    for (const [width, height] of [
      [540, 860],
      [420, 860],
      [700, 450],
    ] as const) {
      await resize(width, height);
      await assertWhole(`at ${width} px`);
    }
  });
});

/** The gradient in the timeline: switched on by a key, for the loss that is chosen, to its value and its sentence. */
import assert from "node:assert/strict";
import { until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { cli } from "../support/cli";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const RUN = "vanishing/vanishing.unroll.json";
const LINE = ".gradient-line";
const SIZE = `${LINE} .name-gradient`;

interface Printed {
  readonly lanes: readonly { readonly norms: readonly { readonly norm: number }[] }[];
}

/** ‖∂L/∂h_t‖ at the first step, as the command line of the same build prints it. */
function firstNorm(loss: string): number {
  const printed = cli("gradients", `examples/${RUN}`, "--loss", loss, "--json");
  const { lanes } = JSON.parse(printed) as Printed;
  const norm = lanes[0]?.norms[0]?.norm;
  assert.ok(norm !== undefined);
  return norm;
}

describe("the gradient in the timeline", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: "examples", run: RUN }, (opened) => {
    ({ workbench, panel } = opened);
  });

  /** Waits until the curve is drawn, and otherwise than before; returns its path. */
  function curveDiffers(before: string | null): Promise<string | null> {
    const read = (): Promise<string | null> =>
      panel.locator(".curve-gradient").getAttribute("d", { timeout: 3000 });
    return until("The curve", read, (path) => path !== null && path !== "" && path !== before);
  }

  it("is switched on by G, and is listed among the keys", async () => {
    await panel.countIs(LINE, 0);
    const lanes = (): Promise<number> =>
      panel.locator(".unrolled-scroll").evaluate((scroller) => scroller.clientHeight);
    await panel.press("Home", "g");
    await panel.countIs(LINE, 1);
    const height = await lanes();
    await panel.says(LINE, "The gradient vanishes: from t = 29 to t = 0");
    await curveDiffers(null);
    assert.equal(await lanes(), height, "what is computed moves nothing");
    await panel.attributeIs(".gradient-switch", "aria-pressed", "true");
    await panel.press("?");
    await panel.says(".help", "gradient of the loss in the timeline");
    await workbench.page.keyboard.press("Escape");
  });

  it("has the axis of the curve that is pointed at, else of the first", async () => {
    const shown = async (): Promise<boolean[]> =>
      Promise.all(["delta", "gradient"].map((name) => panel.locator(`.axis-${name}`).isVisible()));
    assert.deepEqual(await shown(), [false, false]);
    await panel.locator(".timeline-names .name-delta").hover();
    assert.deepEqual(await shown(), [true, false]);
    await panel.locator(SIZE).hover();
    assert.deepEqual(await shown(), [false, true]);
    await panel.locator(".timeline-step").hover();
    assert.deepEqual(await shown(), [false, false]);
  });

  it("leaves lanes and the axis of time on screen in a narrow panel", async () => {
    const { page } = workbench;
    const usual = page.viewportSize();
    await page.setViewportSize({ width: 900, height: 800 });
    const edge = async (selector: string, side: "top" | "bottom"): Promise<number> =>
      panel.locator(selector).evaluate((each, of) => each.getBoundingClientRect()[of], side);
    const covered = async (): Promise<number> =>
      (await edge(".unrolled-scroll", "bottom")) - (await edge("footer", "top"));
    await until("What the gradient covers", covered, (pixels) => pixels <= 0);
    if (usual !== null) await page.setViewportSize(usual);
  });

  it("says that the gradient of the last step vanishes, with the command line's numbers", async () => {
    const size = await panel.says(SIZE, /= .* at t = 0$/);
    assert.equal(size, `‖∂L/∂h_t‖ = ${firstNorm("last").toExponential(2)} at t = 0`);
    const steep = await curveDiffers(null);
    await panel.choose("gradient of", "the sum of the output");
    await panel.says(".gradient-flow", "The gradient does not explode");
    await curveDiffers(steep);
  });

  it("begins at the unit under the cursor, and stays there while the cursor moves", async () => {
    await panel.press("ArrowRight", "ArrowRight", "ArrowDown");
    await panel.choose("gradient of", "the unit at the cursor");
    await panel.says(SIZE, "= 1.00 at t = 2");
    await panel.press("ArrowRight");
    await panel.says(SIZE, "= 0 at t = 3");
    await panel.locator(`${LINE} .link`).click();
    await panel.says(SIZE, "= 1.00 at t = 3");
  });

  it("goes away again", async () => {
    await panel.toggle(".gradient-switch", false);
    await panel.countIs(LINE, 0);
    await panel.countIs(".curve-gradient", 0);
  });
});

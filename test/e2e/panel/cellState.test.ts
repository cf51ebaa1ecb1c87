/** The cell state of an LSTM in the lanes, the table and the timeline, and how the run was computed. */
import { becomes, until } from "../../harness/poll";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const RUN = "lstm-two-directions/lstm-two-directions.unroll.json";

describe("the cell state of an LSTM", () => {
  let panel: Panel;

  sharesPanel({ folder: "examples" }, (opened) => {
    ({ panel } = opened);
  });

  it("is compared, and shown instead of h by its key and by the switch", async () => {
    await panel.openRun(RUN);
    await panel.verdictsAre(
      ...["≈ output rounding only", "≈ h_n rounding only", "≈ c_n rounding only"],
    );
    await panel.says(".lane-label .lane-quiet", "→ 0 … 7");
    await panel.textsInclude(".lane-quiet", "forward, H = 8");
    await panel.press("c");
    await panel.says(".name-norm", "‖c_t‖");
    const cellLanes = async (): Promise<number> =>
      (await panel.texts(".lane-label .lane-quiet")).filter((label) => label === "c forward, H = 8")
        .length;
    await becomes("The lanes of c", cellLanes, 2);
    await panel.says(".legend", /^c (≤ )?−/);
    await panel.says(".formula", /^c =/);
    await panel.showMode("h");
    await panel.says(".name-norm", "‖h_t‖");
  });

  it("leaves the colours of h their automatic range, which clicks on their legend change to one of each lane, to ±1, and back", async () => {
    const legend = panel.locator(".range-switch");
    const runTo = (limit: RegExp): Promise<string> =>
      until(
        "The range of the colours",
        async () => (await legend.getAttribute("aria-label")) ?? "",
        (label) => limit.test(label),
      );
    await runTo(/^Colours from −0\.\d+ to /);
    const before = await panel.picture();
    await legend.click();
    await runTo(/^Colours of each lane\./);
    const own = await panel.pictureDiffers("The colours of each lane", before);
    await legend.click();
    await runTo(/^Colours from −1 to \+1\./);
    await panel.pictureDiffers("The colours up to ±1", own);
    await legend.click();
    await runTo(/^Colours from −0\.\d+ to /);
    await becomes("The colours as they were", () => panel.picture(), before);
  });

  it("is shown in the table, and not in the flip view", async () => {
    await panel.showMode("c");
    await panel.openTab("Table");
    await panel.says("caption", "layer 0 → · c · batch 0 · ours");
    const distance = async (): Promise<number> => {
      const value = Number(await panel.text("td.cursor .value"));
      return Math.abs(value - Number(await panel.text(".formula strong")));
    };
    await until("The table's distance from the inspector's value", distance, (d) => d < 1e-5);
    await panel.openTab("Flip & concat");
    await panel.textsAre(".segment-state");
    await panel.openTab("Unrolled");
    await panel.textsAre(".segment-state", "h", "c");
  });

  it("is shown with how the numbers were computed", async () => {
    await panel.locator(".notes summary").click();
    await panel.says(".notes .means", /^Computed by: (relaxed )?SIMD kernel, \d threads?, .* m?s$/);
    await panel.press("ArrowRight");
    await panel.countIs(".notes[open]", 0);
    await panel.press("ArrowLeft");
    await panel.locator(".notes summary").click();
    await panel.locator(".notes[open] summary").press("Escape");
    await panel.countIs(".notes[open]", 0);
  });
});

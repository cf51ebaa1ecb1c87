/** A text classifier in the panel: tokens at the foot, logits on top, and what the linear layer is given. */
import assert from "node:assert/strict";
import { becomes, until } from "../../harness/poll";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const RUN = "text-classifier/text-classifier.unroll.json";
const CLOSE = [
  "✓ embedded equal",
  "≈ output rounding only",
  "≈ h_n rounding only",
  "≈ c_n rounding only",
];

describe("surrounding layers in the panel", () => {
  let panel: Panel;

  sharesPanel({ folder: "examples", run: RUN }, (opened) => {
    ({ panel } = opened);
  });

  const laneIds = async (): Promise<string[]> =>
    (await panel.layout()).boxes.map(({ info }) => info.id);

  it("names the layers that run, and compares what each of them makes", async () => {
    await panel.verdictsAre(...CLOSE, "≈ logits rounding only");
    await panel.textIs(
      ".constructor",
      "nn.Embedding(25, 6) → nn.LSTM(6, 8, batch_first=True, bidirectional=True) → nn.Linear(16, 2)",
    );
    await becomes("The lanes", laneIds, [
      ...["logits", "output", "layer0.reverse", "layer0.forward", "input", "tokens"],
    ]);
  });

  it("reads out logits beside h_n, and tokens as whole numbers", async () => {
    await panel.readsOut(
      ({ boxes, finalLeft }) => [finalLeft + 4, (boxes[0]?.top ?? 0) + 2],
      ...["logits · unit 0 “displeased”", "ours -5.77796", "softmax < 0.1 %", "argmax 1 “pleased”"],
    );
    await panel.readsOut(({ boxes, plotLeft }) => {
      const tokens = boxes.at(-1);
      assert.ok(tokens);
      return [plotLeft + 4, tokens.top + tokens.height / 2];
    }, "tokens · t 0 · unit 0 ours 19");
  });

  it("says the likeliest class once the logits are played", async () => {
    await panel.says(".unrolled-labels", /pleased [\d.<>]+%/);
    await panel.press(" ");
    await panel.says(".unrolled-labels", /^logits(?!.*pleased)/);
    await panel.locator(".play-bar .icon-button").click();
    await panel.says(".unrolled-labels", /pleased [\d.<>]+%/);
  });

  it("shows how a logit is made, and leads to the states that it is made of", async () => {
    const { boxes, finalLeft } = await panel.layout();
    const position = { x: finalLeft + 4, y: (boxes[0]?.top ?? 0) + 2 };
    await panel.locator(".unrolled-scroll").click({ position });
    await panel.cursorIs("logits · batch 0 · unit 0 “displeased”");
    await panel.says(
      "unroll-inspector .formula",
      /^y = W\[0\]·h_n \+ b\[0\] = ?-5\.606\d+ - 0\.1715\d+ = ?-5\.77\d+$/,
    );
    await panel.says("unroll-inspector .reference", "✓ within");
    await panel.countIs(".contributions li", 6);
    await panel.locator("unroll-inspector .link").getByText("show all 17 terms").click();
    await panel.countIs(".contributions li", 17);
    await panel.locator("unroll-inspector .link").getByText("hide the terms").click();
    await panel.locator(".contributions .operand").filter({ hasText: "h←" }).first().click();
    await panel.cursorIs("layer 0 ← · t = 0 · batch 0");
  });

  it("goes to the logits by keys, and says them to assistive technology", async () => {
    await panel.locator(".unrolled-scroll").focus();
    await panel.press("PageUp", "PageUp");
    await panel.cursorIs("logits · batch 0 · unit 0 “displeased”");
    await panel.press("ArrowDown", "]");
    await panel.cursorIs("logits · batch 1 · unit 1 “pleased”");
    await panel.says(
      ".unrolled-scroll [role=gridcell]",
      /^logits · batch 1 · unit 1 “pleased”: -?\d/,
    );
    await panel.press("[", "PageDown");
    await panel.cursorIs("layer 0 ← · t = 0 · batch 0");
  });

  it("has logits and tokens in the table", async () => {
    await panel.openTab("Table");
    await panel.choose("Lane", "tokens");
    await panel.says("unroll-table tbody", "0 19 18 22 12 3 20 11 – –");
    await panel.choose("Lane", "logits");
    await panel.says("unroll-table thead", /^unit h_n$/);
    await panel.says("unroll-table tbody", /^0 -5\.77\d+ 1 5\.24\d+$/);
    await panel.openTab("Unrolled");
  });

  it("runs with another head, says what it misses, and where logits differ first", async () => {
    await panel.choose("head", "last");
    await panel.verdictsAre(...CLOSE, "✗ logits differs");
    await panel.says(".first-at", "first at logits batch 0, unit 0");
    await panel.says(".notes", "padding in shorter sequences");
  });

  it("shows logits of every step among the steps", async () => {
    await panel.choose("head", "every");
    await panel.verdictsAre(...CLOSE, "? logits cannot be compared");
    await panel.readsOut(
      ({ boxes, plotLeft, columnWidth }) => [
        plotLeft + 2.5 * columnWidth,
        (boxes[0]?.top ?? 0) + 2,
      ],
      "logits · t 2 · unit 0",
    );
  });

  it("runs without the linear layer, and with it again", async () => {
    await panel.choose("head", "none");
    await panel.verdictsAre(...CLOSE);
    await until("The lanes", laneIds, (ids) => !ids.includes("logits"));
    await panel.choose("head", "h_n");
    await panel.verdictsAre(...CLOSE, "≈ logits rounding only");
  });
});

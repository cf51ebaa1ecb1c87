/** Compare with PyTorch where no interpreter is chosen: one sentence with an offer, and the panel stays. */
import type { Panel } from "./support/panel";
import { sharesPanel } from "./support/suite";

describe("comparing with PyTorch without an interpreter", () => {
  let panel: Panel;

  sharesPanel(
    { folder: "examples", run: "lstm-two-directions/lstm-two-directions.unroll.json" },
    (opened) => {
      ({ panel } = opened);
    },
  );

  it("says how to choose one, and keeps the verdicts", async () => {
    await panel.workbench.runCommand("Unroll RNN: Compare with PyTorch");
    await panel.workbench.notification("no Python interpreter is chosen");
    await panel.verdictsAre("≈ output rounding only", "≈ h_n rounding only", "≈ c_n rounding only");
    await panel.workbench.screenshot("test-results/python-none.png");
  });
});

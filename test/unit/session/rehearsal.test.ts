/** The run that a resting thread makes for itself. */
import { rehearse } from "../../../src/session/rehearsal";

describe("the rehearsal of a thread", () => {
  it("makes a run whose shapes fit, and asks for its values", async () => {
    await rehearse();
  });
});

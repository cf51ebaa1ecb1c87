/** Loaded before the test files: keeps a picture of what a failed test saw, and ends the shared browser. */
import { closeBrowser, screenshotAll } from "../harness/browser";
import { closeLeftWorkbench } from "../harness/windows";

const PICTURES = "test-results";

export const mochaHooks = {
  async afterEach(this: Mocha.Context): Promise<void> {
    if (this.currentTest?.state !== "failed") return;
    const name = this.currentTest.fullTitle().replace(/[^\w-]+/g, "-");
    await screenshotAll(PICTURES, name);
    console.log(`  picture of the failure: ${PICTURES}/${name}-1.png`);
  },

  async afterAll(): Promise<void> {
    await closeLeftWorkbench();
    await closeBrowser();
  },
};

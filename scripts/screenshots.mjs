/**
 * Takes the pictures of the README anew, from the packaged extension in VS Code.
 *
 * node scripts/screenshots.mjs
 * Run it after `npm run build`; writes docs/images/*.png.
 */
import { runE2e } from "./lib/tests/e2eTests.mjs";

const { passed, failed } = await runE2e(["test/e2e/screenshots.ts"]);
console.log(failed === 0 ? `${passed} pictures taken` : `${failed} pictures could not be taken`);
process.exit(failed === 0 ? 0 : 1);

/** Names everything of Python that is missing at once; each suite that needs a part of it says so for itself. */
import assert from "node:assert/strict";
import { describePython, findPackages, requiredPackages } from "../unit/support/python/python";

describePython("packages of Python", requiredPackages(), (versions) => {
  it("are those that the suites compare with", () => {
    assert.ok(requiredPackages().length > 0);
    assert.deepEqual(Object.keys(versions).sort(), [...requiredPackages()].sort());
  });

  it("that are missing are named, with what to do", () => {
    const found = findPackages(["numpy", "no-such-package-a", "no-such-package-b"]);
    assert.ok("missing" in found);
    assert.match(found.missing, /has no no-such-package-a, no-such-package-b \(.* -m pip install/);
  });
});

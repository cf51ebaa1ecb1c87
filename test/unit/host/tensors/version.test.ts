/** Which version of a file an editor says it shows. */
import assert from "node:assert/strict";
import { versionOf } from "../../../../src/host/tensors/version";
import { renderText } from "../../../../src/core/text";

function said(scheme: string, query: string, isWritable = false): string | null {
  const version = versionOf({ scheme, query }, isWritable);
  return version === null ? null : renderText(version);
}

const git = (ref: unknown): string | null => said("git", JSON.stringify({ path: "/a.pt", ref }));

describe("the version of a file", () => {
  it("is not told of a file that can be written to", () => {
    assert.equal(said("file", "", true), null);
    assert.equal(said("memfs", "ref=1", true), null);
  });

  it("is git's branch, tag or commit", () => {
    assert.equal(git("HEAD"), "as of HEAD in git");
    assert.equal(git("v1.2"), "as of v1.2 in git");
    assert.equal(git("c0ffee0123456789c0ffee0123456789c0ffee01"), "as of c0ffee01 in git");
  });

  it("is what is staged, where git's ref is none", () => {
    assert.equal(git(""), "as staged in git");
    assert.equal(git("~"), "as staged in git");
  });

  it("is said of any other file that is only read", () => {
    assert.equal(said("review", "{}"), "read-only, from review");
  });

  it("is no more than its scheme where the address tells nothing", () => {
    for (const query of ["", "{", "null", "[]", '{"ref":1}', '"ref"']) {
      assert.equal(said("git", query), "read-only, from git", query);
    }
  });
});

/** Names of members: whatever a tensor is called, its file stays in the folder. */
import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import fc from "fast-check";
import { memberNames, renamings } from "../../../../src/formats/write/memberName";
import { renderText } from "../../../../src/core/text";

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "..",
        "../",
        "..\\",
        "/",
        "\\",
        "C:",
        "c:\\",
        "//host/",
        "\\\\host\\",
        ". ",
        " ",
        ".",
      ),
      fc.constantFrom("nul", "CON", "com1", "lpt¹", "\0", "\u202e", ":", "a", "~2", "\ud800"),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

describe("memberNames", () => {
  it("stay in the folder that the archive is unpacked in", () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (names) => {
        const members = memberNames(names, "npy");
        assert.equal(new Set(members.map((each) => each.toLowerCase())).size, names.length);
        for (const member of members) {
          assert.ok(posix.resolve("/out", member).startsWith("/out/"), member);
          assert.ok(win32.resolve("D:\\out", member).startsWith("D:\\out\\"), member);
          assert.doesNotMatch(member, /[\p{Cc}\p{Cf}\p{Cs}\\]/u);
          for (const part of member.split("/")) {
            assert.doesNotMatch(part, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|[. ]$|^$|^[a-z]:/i);
          }
        }
      }),
    );
  });

  it("are the names of tensors where those are safe", () => {
    const names = ["lstm.weight_ih_l0", "layer/lstm/kernel:0", "权重", "a b", "..a", "console"];
    const members = memberNames(names, "npy");
    assert.deepEqual(
      members,
      names.map((name) => `${name}.npy`),
    );
    assert.deepEqual(renamings(names, members, "npy"), []);
  });

  it("say which are not", () => {
    const names = ["../../evil", "/etc/x", "C:\\x", "nul", "a\0b", "", "A", "a", ".. /x"];
    const members = memberNames(names, "npy");
    assert.deepEqual(members, [
      ...["_/_/evil.npy", "_/etc/x.npy", "C__x.npy", "_nul.npy", "a_b.npy", "_.npy"],
      ...["A.npy", "a~2.npy", "_/x.npy"],
    ]);
    const [note, ...others] = renamings(names, members, "npy").map((each) => renderText(each));
    assert.deepEqual(others, []);
    assert.match(note ?? "", /^names that cannot be .*: \.\.\/\.\.\/evil → _\/_\/evil, /);
  });

  it("are short enough for a file system", () => {
    const [long, wide, deep] = memberNames(
      ["n".repeat(1e6), "权".repeat(200), "a/".repeat(1e5)],
      "npy",
    );
    for (const member of [long, wide]) assert.ok(Buffer.byteLength(member ?? "") <= 240);
    assert.ok((deep ?? "").length < 100);
    assert.doesNotMatch(wide ?? "", /\uFFFD/);
  });
});

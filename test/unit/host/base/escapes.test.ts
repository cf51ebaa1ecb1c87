/** Text out of files, as each surface of VS Code is handed it: never a link, an icon or an address. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutAddresses, withoutIcons, withoutLinks } from "../../../../src/host/base/escapes";
import { foreign, renderText, text, type Text } from "../../../../src/core/text";

/** What VS Code (src/vs/base/common/linkedText.ts) draws as a link in a notification. */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

/** What VS Code (src/vs/base/browser/ui/iconLabel/iconLabels.ts) draws as an icon unless the backslash is there. */
const icon = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;

/** What VS Code's editors, of which the log is one, make a link of. */
const address = /\b(?:https?|file):\/\//i;

/** Pieces that markup is made of, in any order, and anything between them. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."[ ] ( ) \\ $( $(bug) [a](command:x) ](command:x) (command:x)".split(" ")),
      fc.constantFrom(
        "command:",
        "file:///a",
        "https://a",
        "[a](https://a 'b')",
        "\n",
        "\u202e",
        " ",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(""));

/** How VS Code shows a label: escaped icons without their backslash; null where it draws an icon. */
function labelAsDrawn(label: string): string | null {
  const icons = [...label.matchAll(icon)];
  return icons.some(([, escape]) => escape === undefined)
    ? null
    : label.replace(icon, (match) => match.slice(1));
}

describe("notifications", () => {
  const says = (message: Text): string => withoutLinks(renderText(message));

  it("have no links, whatever a file holds", () => {
    fc.assert(
      fc.property(hostile, hostile, (name, other) => {
        for (const message of [
          foreign(name),
          text("{0}: {1}", name, text("there is no tensor {0}", other)),
          text("{0}{1}", name, other),
          text("{0}({1})", name, other),
          text("[{0}] {1}", name, other),
        ]) {
          assert.doesNotMatch(says(message), link);
        }
      }),
    );
  });

  it("show what would be a link in words that can be read", () => {
    const name = "[Click here](command:workbench.action.terminal.new)";
    assert.match(name, link);
    assert.equal(says(foreign(name)), "[Click here] (command:workbench.action.terminal.new)");
    assert.equal(says(text("{0}({1})", "[a]", "command:x")), "[a] (command:x)");
    assert.equal(
      says(text("expected {0}, found {1}", "[4, 3]", "[2]")),
      "expected [4, 3], found [2]",
    );
  });
});

describe("labels of quick picks", () => {
  it("have no icons, and show every name as it is", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const label = renderText(foreign(name));
        assert.equal(labelAsDrawn(withoutIcons(label)), label);
      }),
    );
    assert.equal(withoutIcons("$(trash~spin) a $(b"), "\\$(trash~spin) a $(b");
  });
});

describe("the log", () => {
  it("has no addresses, and keeps its lines", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        assert.doesNotMatch(withoutAddresses(name), address);
      }),
    );
    assert.equal(withoutAddresses("see https://a\nat b"), "see https: //a\nat b");
  });
});

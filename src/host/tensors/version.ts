/**
 * The version of a file that an editor shows; git and others use URIs of their own for older ones.
 */
import { text, type Text } from "../../core/text";

/** A commit's name, as git shortens it. */
const COMMIT = /^[0-9a-f]{40}$/;
const SHORT_COMMIT = 8;

/** null for a file on a file system that is written to: that is the file itself. */
export function versionOf(
  { scheme, query }: { readonly scheme: string; readonly query: string },
  isWritable: boolean,
): Text | null {
  if (scheme === "git") return gitVersion(query);
  return isWritable ? null : text("read-only, from {0}", scheme);
}

/** VS Code's git extension writes `{ "path": …, "ref": … }`; its ref is empty or ~ for what is staged. */
function gitVersion(query: string): Text {
  const ref = refOf(query);
  if (ref === null) return text("read-only, from {0}", "git");
  if (ref === "" || ref === "~") return text("as staged in git");
  return text("as of {0} in git", COMMIT.test(ref) ? ref.slice(0, SHORT_COMMIT) : ref);
}

function refOf(query: string): string | null {
  try {
    const { ref } = JSON.parse(query) as { readonly ref?: unknown };
    return typeof ref === "string" ? ref : null;
  } catch {
    return null;
  }
}

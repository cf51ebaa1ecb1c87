/**
 * Escapes plain strings in which VS Code would read markup. Without VS Code.
 */

/** A quick pick draws `$(name)` as an icon unless a backslash precedes it. */
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g;

/** Notifications draw `[label](address)` as a link, commands among them; they know no escape. */
export function withoutLinks(message: string): string {
  return message.replaceAll("](", "] (");
}

/** Labels, descriptions and details of quick picks. */
export function withoutIcons(label: string): string {
  return label.replace(ICON, "\\$&");
}

/** The log is a document, in which VS Code makes links of addresses. Line breaks stay: stacks have them. */
export function withoutAddresses(entry: string): string {
  return entry.replaceAll(":/", ": /");
}

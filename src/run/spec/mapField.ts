/**
 * What is wrong within `weights.map` of a run file, at the values that cause it.
 */
import { findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import type { Text } from "../../core/text";
import { parseMap, type JsonPath } from "../../model/assign/parse";

/** Something wrong, and the value that causes it. */
export interface PlacedFault {
  readonly node: Node;
  readonly message: Text;
  readonly replacements: readonly string[];
}

/** A map as JSON has it, and what is wrong within it. */
export function readMapNode(node: Node): {
  readonly value: unknown;
  readonly faults: readonly PlacedFault[];
} {
  const value: unknown = getNodeValue(node);
  const faults = parseMap(value).faults.map(({ path, message, replacements = [] }) => ({
    node: nodeAt(node, path),
    message,
    replacements,
  }));
  return { value, faults };
}

/** The value at a path, else the nearest around it. */
export function nodeAt(node: Node, path: JsonPath): Node {
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(node, path.slice(0, length));
    if (found !== undefined) return found;
  }
  return node;
}

/**
 * A map as people read it: a line for each slot.
 */
import type { ModuleMap } from "./map";

/** The JSON of a map: a line for each key and each slot, a newline at the end. */
export function writeMap(map: ModuleMap): string {
  const { slots, ...head } = map;
  const lines = Object.entries(head).map(([key, value]) => `  ${pair(key, value)},\n`);
  const filled = Object.entries(slots).map(([slot, value]) => `    ${pair(slot, value)}`);
  const inner = filled.length === 0 ? "{}" : `{\n${filled.join(",\n")}\n  }`;
  return `{\n${lines.join("")}  "slots": ${inner}\n}\n`;
}

function pair(key: string, value: unknown): string {
  return `${JSON.stringify(key)}: ${JSON.stringify(value, null, 1).replace(/\n\s*/g, " ")}`;
}

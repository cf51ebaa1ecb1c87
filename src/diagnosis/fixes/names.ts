/**
 * The user's names of a module's tensors in lines of code, grouped by layer and direction.
 */
import { expectedParameters, type ParameterRole } from "../../model/parameters";
import type { Shape } from "../../tensor/tensor";
import type { FixFrame } from "./fix";
import { list, pythonString, typescriptString } from "./literals";

/** A tensor of the module: its name in the user's file, and its shape. */
export interface NamedTensor {
  readonly role: ParameterRole;
  readonly name: string;
  readonly shape: Shape;
}

/** The tensors of each layer and direction, layer by layer, those of some roles or all. */
export function tensorGroups(
  { config, prefix, tensorNames }: FixFrame,
  roles?: readonly ParameterRole[],
): NamedTensor[][] {
  const groups = new Map<string, NamedTensor[]>();
  for (const { name, role, layer, direction, shape } of expectedParameters(config)) {
    if (roles?.includes(role) === false) continue;
    const key = `${layer} ${direction}`;
    const named = { role, name: tensorNames?.get(name) ?? prefix + name, shape };
    groups.set(key, [...(groups.get(key) ?? []), named]);
  }
  return [...groups.values()];
}

/** `names = […]`: a list of names for each layer and direction. */
export function pythonNames(frame: FixFrame, roles?: readonly ParameterRole[]): string[] {
  const groups = tensorGroups(frame, roles);
  const ends = endsOf(frame);
  if (ends === null || groups.length === 1) {
    return listed("names = [", listsOf(groups, pythonString), "    ", "]");
  }
  return [
    `parts = ${list(partsOf(frame, groups).map(pythonString))}`,
    `ends = ${list(ends.map(pythonString))}`,
    `names = [[${prefixed(frame, pythonString)}part + end for part in parts] for end in ends]`,
  ];
}

/** As `pythonNames`, in TypeScript. */
export function typescriptNames(frame: FixFrame, roles?: readonly ParameterRole[]): string[] {
  const groups = tensorGroups(frame, roles);
  const ends = endsOf(frame);
  if (ends === null || groups.length === 1) {
    return listed("const names = [", listsOf(groups, typescriptString), "  ", "];");
  }
  const parts = list(partsOf(frame, groups).map(typescriptString));
  const name = `${prefixed(frame, typescriptString)}part + end`;
  return [
    `const parts = ${parts};`,
    `const ends = ${list(ends.map(typescriptString))};`,
    `const names = ends.map((end) => parts.map((part) => ${name}));`,
  ];
}

type Quote = (content: string) => string;

function listsOf(groups: readonly (readonly NamedTensor[])[], quote: Quote): string[] {
  return groups.map((group) => list(group.map(({ name }) => quote(name))));
}

/** One list on the line, or each on a line of its own. */
function listed(begin: string, lists: readonly string[], margin: string, end: string): string[] {
  if (lists.length === 1) return [begin + lists[0]! + end];
  return [begin, ...lists.map((one) => `${margin}${one},`), end];
}

function prefixed({ prefix }: FixFrame, quote: Quote): string {
  return prefix === "" ? "" : `${quote(prefix)} + `;
}

/** `_l0`, `_l0_reverse`, …; null where the file has names of its own. */
function endsOf({ config, tensorNames }: FixFrame): string[] | null {
  if (tensorNames !== undefined || config.isCellClass) return null;
  const directions = config.bidirectional ? ["", "_reverse"] : [""];
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directions.map((direction) => `_l${layer}${direction}`),
  ).flat();
}

/** PyTorch's names of the first layer's tensors up to `_l0`. */
function partsOf({ prefix }: FixFrame, groups: readonly (readonly NamedTensor[])[]): string[] {
  return groups[0]!.map(({ name }) => name.slice(prefix.length, -"_l0".length));
}

/**
 * The user's names of a module's tensors in lines of code, grouped by layer and direction.
 */
import { expectedParameters, type ParameterRole } from "../../model/parameters";
import type { Shape } from "../../tensor/tensor";
import type { FixFrame } from "./fix";
import { pythonString, tuple, typescriptString } from "./literals";

/** A tensor of the module: its name in the user's file, and its shape. */
export interface NamedTensor {
  readonly role: ParameterRole;
  readonly name: string;
  readonly shape: Shape;
}

/** More groups than this are named by a loop. */
const listedGroups = 8;

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

/** `names = […]`: a tuple of names for each layer and direction. */
export function pythonNames(frame: FixFrame, roles?: readonly ParameterRole[]): string[] {
  const groups = tensorGroups(frame, roles);
  const ends = endsOf(frame);
  if (ends !== null && groups.length > 1) {
    const names = beginnings(groups).map((name) => `${pythonString(name)} + end`);
    const loop =
      groups.length <= listedGroups
        ? tuple(ends.map(pythonString))
        : `[f"_l{layer}{end}" for layer in range(${frame.config.numLayers}) for end in ${
            frame.config.bidirectional ? '("", "_reverse")' : '("",)'
          }]`;
    return [`names = [${tuple(names)} for end in ${loop}]`];
  }
  const tuples = groups.map((group) => tuple(group.map(({ name }) => pythonString(name))));
  if (tuples.length === 1) return [`names = [${tuples[0]!}]`];
  return ["names = [", ...tuples.map((one) => `    ${one},`), "]"];
}

/** As `pythonNames`, in TypeScript. */
export function typescriptNames(frame: FixFrame, roles?: readonly ParameterRole[]): string[] {
  const groups = tensorGroups(frame, roles);
  const ends = endsOf(frame);
  if (ends !== null && groups.length > 1) {
    const names = beginnings(groups).map((name) => `${typescriptString(name)} + end`);
    const { numLayers, bidirectional } = frame.config;
    const loop =
      groups.length <= listedGroups
        ? `[${ends.map(typescriptString).join(", ")}]`
        : `Array.from({ length: ${numLayers} }, (_, layer) => [${
            bidirectional ? "`_l${layer}`, `_l${layer}_reverse`" : "`_l${layer}`"
          }]).flat()`;
    return [`const names = ${loop}.map((end) => [${names.join(", ")}]);`];
  }
  const lists = groups.map(
    (group) => `[${group.map(({ name }) => typescriptString(name)).join(", ")}]`,
  );
  if (lists.length === 1) return [`const names = [${lists[0]!}];`];
  return ["const names = [", ...lists.map((one) => `  ${one},`), "];"];
}

/** `_l0`, `_l0_reverse`, …; null where the file has names of its own. */
function endsOf({ config, tensorNames }: FixFrame): string[] | null {
  if (tensorNames !== undefined || config.isCellClass) return null;
  const directions = config.bidirectional ? ["", "_reverse"] : [""];
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directions.map((direction) => `_l${layer}${direction}`),
  ).flat();
}

/** The names of the first layer up to `_l0`. */
function beginnings(groups: readonly (readonly NamedTensor[])[]): string[] {
  return groups[0]!.map(({ name }) => name.slice(0, -"_l0".length));
}

/**
 * Other tensors of the run's files that would fit in the place of one.
 */
import { fitsFirst } from "../../model/find/fitsFirst";
import { usualNames } from "../../model/find/fit";
import { baseName } from "../../core/baseName";
import { text } from "../../core/text";
import { formatTensorRef, parseTensorRef, type RunSpec, type TensorRef } from "../../run/spec/spec";
import { formatShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import type { Candidate, Situation } from "./situation";

/** Tensors that are tried in the place of one. */
const MAX_TENSORS = 6;
/** A tensor of more elements is not read to try it. */
const MAX_ELEMENTS = 4_000_000;

/** Other tensors of the run's files for one of its keys, those of the same file first. */
export function otherTensors(
  { archives, spec }: Situation,
  path: readonly string[],
  current: TensorRef | undefined,
  fits: (entry: TensorEntry) => boolean,
): Candidate[] {
  const role = roles[path.at(-1) ?? ""] ?? "input";
  const own = current === undefined ? { file: "" } : parseTensorRef(current);
  const taken = new Set(tensorRefsOf(spec));
  const mayBe = (file: string, { name, ...entry }: TensorEntry): boolean =>
    fits({ name, ...entry }) &&
    isSmall(entry.shape) &&
    !PARAMETER.test(name) &&
    !isCalledOtherwise(name, role) &&
    !taken.has(formatTensorRef(file, name));
  const files = [...archives].sort(
    ([left], [right]) => Number(right === own.file) - Number(left === own.file),
  );
  return files
    .flatMap(([file, { entries }]) =>
      fitsFirst(
        entries.filter((entry) => mayBe(file, entry)),
        [({ name }) => isCalled(name, role)],
      ).map(({ name, shape }) => ({
        title: text(
          "Take {0} {1} of {2} as {3}",
          name,
          formatShape(shape),
          baseName(file),
          path.at(-1) ?? "",
        ),
        edits: [{ path, value: formatTensorRef(file, name) }],
        // A run that begins where another one ended is seldom meant.
        ...(isCalled(name, finals[role]) ? { isLast: true as const } : {}),
      })),
    )
    .slice(0, MAX_TENSORS);
}

type Role = keyof typeof usualNames;

/** What the tensors of a key are usually called. */
const roles: Readonly<Record<string, Role>> = {
  input: "input",
  h0: "h0",
  c0: "c0",
  lengths: "lengths",
  output: "output",
  h_n: "hn",
  c_n: "cn",
};

/** A weight is never an input, whatever its shape. */
const PARAMETER = /(?:^|[._/])(?:weight|bias|kernel)[^./]*$/;

function isCalled(name: string, role: Role | undefined): boolean {
  return role !== undefined && (usualNames[role] as readonly string[]).includes(name);
}

/** True for a tensor that by its name is another part of a run. A run may begin where another one ended. */
function isCalledOtherwise(name: string, role: Role): boolean {
  return (Object.keys(usualNames) as Role[]).some(
    (other) => other !== role && other !== finals[role] && isCalled(name, other),
  );
}

const finals: Partial<Record<Role, Role>> = { h0: "hn", c0: "cn" };

/** The tensors that the run names already. */
function tensorRefsOf(spec: RunSpec): TensorRef[] {
  const refs: readonly unknown[] = [
    ...[spec.input, spec.h0, spec.c0, spec.lengths],
    ...Object.values(spec.reference ?? {}),
  ];
  return refs.filter((ref) => typeof ref === "string");
}

function isSmall(shape: Shape): boolean {
  return shape.reduce((count, size) => count * size, 1) <= MAX_ELEMENTS;
}

/**
 * The description of a run, as run files, the palette flow and the panel's saved state hold it.
 */
import type { ModuleMap } from "../../model/assign/map";
import type { GateActivationOption } from "../../model/variant";
import {
  tensorPaths,
  type inputKeys,
  type optionKeys,
  type surroundingKeys,
  type toleranceKeys,
  type weightKeys,
} from "./keys";
import type { compareKeys, ownKeys, referenceKeys } from "./comparedKeys";
import type { EngineId } from "./engineIds";
import type { Key } from "./key";
import type { OwnTolerance } from "../../analysis/compare";

export type { OwnTolerance } from "../../analysis/compare";
export type { Precision } from "../../engine/base/engine";

/** A tensor in a file, written `file#tensor`; without `#tensor` the archive's fitting or only tensor. */
export type TensorRef = string;

/** The value of a key in a run. */
type ValueOf<Entry extends Key> = {
  switch: boolean;
  boolean: boolean;
  choice: NonNullable<Entry["values"]>[number];
  gateActivation: GateActivationOption;
  positive: number;
  count: number;
  tolerance: number;
  tolerances: Readonly<Record<string, OwnTolerance>>;
  layer: string | null;
  tensor: TensorRef;
  archive: string;
  file: string;
  lengths: readonly number[] | TensorRef;
  map: ModuleMap | string;
  engines: readonly EngineId[];
}[Entry["kind"]];

type ValuesOf<Keys extends Readonly<Record<string, Key>>> = {
  readonly [Name in keyof Keys]?: ValueOf<Keys[Name]>;
};

export type RunOptions = ValuesOf<typeof optionKeys>;

type OfferedName = {
  [Name in keyof typeof optionKeys]: (typeof optionKeys)[Name] extends { readonly toolbar: object }
    ? Name
    : never;
}[keyof typeof optionKeys];
/** The options that the toolbar offers, each with the value that a run has. */
export type OfferedOptions = Required<Pick<RunOptions, OfferedName>>;

export type ReferenceSpec = ValuesOf<typeof referenceKeys>;
/** The layers around the module: names, null for none, absent to infer them from names and shapes. */
export type SurroundingSpec = ValuesOf<typeof surroundingKeys>;
export type CompareSpec = ValuesOf<typeof compareKeys>;
export type OwnSpec = ValuesOf<typeof ownKeys>;
export type ToleranceSpec = ValuesOf<typeof toleranceKeys>;

/** The file of the weights, and what is known of it. */
export interface WeightsSpec extends ValuesOf<typeof weightKeys> {
  readonly file: string;
  readonly module?: string;
}

/** File names are relative to the run file on disk, and whole paths or URIs in memory. */
export interface RunSpec extends Omit<ValuesOf<typeof inputKeys>, "input"> {
  readonly weights: WeightsSpec;
  readonly input: TensorRef;
  readonly options?: RunOptions;
  readonly pipeline?: SurroundingSpec;
  readonly reference?: ReferenceSpec;
  readonly compareWith?: CompareSpec;
  readonly own?: OwnSpec;
  readonly tolerance?: ToleranceSpec;
}

/** Splits `file#tensor` at its last `#`; a `#` inside a file name must be followed by another one. */
export function parseTensorRef(ref: TensorRef): { file: string; tensor?: string } {
  const hash = ref.lastIndexOf("#");
  if (hash < 0) return { file: ref };
  return { file: ref.slice(0, hash), tensor: ref.slice(hash + 1) };
}

/** The inverse of `parseTensorRef`. */
export function formatTensorRef(file: string, tensor: string | undefined): TensorRef {
  if (tensor !== undefined) return `${file}#${tensor}`;
  return file.includes("#") ? `${file}#` : file;
}

/** The files that name tokens and classes, as far as there are any. */
function namesOf({ pipeline: { vocabulary, classes } = {} }: RunSpec): Record<string, string> {
  return {
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(classes === undefined ? {} : { classes }),
  };
}

/** The same run with every file name passed through `map`. */
export function mapFiles(spec: RunSpec, map: (file: string) => string): RunSpec {
  const mapRef = (ref: TensorRef): TensorRef => {
    const { file, tensor } = parseTensorRef(ref);
    return formatTensorRef(map(file), tensor === "" ? undefined : tensor);
  };
  const mapped = structuredClone(spec) as unknown as Tree;
  const { weights } = spec;
  const own = typeof weights.map === "string" ? { map: map(weights.map) } : {};
  mapped["weights"] = { ...weights, file: map(weights.file), ...own };
  const names = Object.entries(namesOf(spec)).map(([key, file]) => [key, map(file)] as const);
  if (names.length > 0) mapped["pipeline"] = { ...spec.pipeline, ...Object.fromEntries(names) };
  for (const path of tensorPaths) {
    const [name = "", inner] = path;
    const holder = inner === undefined ? mapped : (mapped[name] as Tree | undefined);
    const value = holder?.[inner ?? name];
    if (holder !== undefined && typeof value === "string") holder[inner ?? name] = mapRef(value);
  }
  return mapped as unknown as RunSpec;
}

/** A run as the object that it is in a file. */
type Tree = Record<string, unknown>;

/** The files that a run reads, each once. */
export function filesOf(spec: RunSpec): string[] {
  const files = new Set<string>();
  mapFiles(spec, (file) => {
    files.add(file);
    return file;
  });
  return [...files];
}

/** Those of them that hold tensors: neither a map nor names of tokens and classes do. */
export function tensorFilesOf(spec: RunSpec): string[] {
  const { map } = spec.weights;
  const others = [typeof map === "string" ? map : undefined, ...Object.values(namesOf(spec))];
  return filesOf(spec).filter((file) => !others.includes(file));
}

/** The scheme of a location that is a URI, in lower case. It has two letters or more: `C:` is a drive. */
export function schemeOf(location: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
}

/**
 * A run written down: what `*.unroll.json` holds, what the palette flow builds, what the panel keeps as its state.
 */
import type { Precision } from "../../engine/base/engine";
import type { Nonlinearity } from "../../model/config";
import type { VariantOptions } from "../../model/variant";
import type { Head } from "../../model/find/head";

export type { Precision } from "../../engine/base/engine";

/** A tensor in a file, written `file#tensor`; without `#tensor` the archive's fitting or only tensor. */
export type TensorRef = string;

export interface RunOptions extends VariantOptions {
  readonly batchFirst?: boolean;
  readonly nonlinearity?: Nonlinearity;
  readonly precision?: Precision;
  /** The input has one step, which is given at each of so many: a one-to-many network. */
  readonly repeat?: number;
}

export interface ReferenceSpec {
  readonly output?: TensorRef;
  readonly h_n?: TensorRef;
  readonly c_n?: TensorRef;
  /** What the embedding handed to the module. */
  readonly embedded?: TensorRef;
  /** What the linear layer made of the module's results. */
  readonly logits?: TensorRef;
}

/** What stands around the module: layers by their names, null for none, left out for what names and shapes tell. */
export interface SurroundingSpec {
  readonly embedding?: string | null;
  readonly linear?: string | null;
  /** What the linear layer is given, null for nothing; left out, it runs where a reference has the shape of its logits. */
  readonly head?: Head | null;
}

export interface ToleranceSpec {
  readonly rtol?: number;
  readonly atol?: number;
  /** NaN equals NaN. Off unless asked for. */
  readonly equalNan?: boolean;
}

/** File names are relative to the run file on disk, and whole paths or URIs in memory. */
export interface RunSpec {
  readonly weights: { readonly file: string; readonly module?: string };
  readonly input: TensorRef;
  readonly h0?: TensorRef;
  readonly c0?: TensorRef;
  readonly lengths?: readonly number[] | TensorRef;
  readonly options?: RunOptions;
  readonly pipeline?: SurroundingSpec;
  readonly reference?: ReferenceSpec;
  readonly tolerance?: ToleranceSpec;
}

/** Splits `file#tensor` at its last `#`; a `#` inside a file name must be followed by another one. */
export function parseTensorRef(ref: TensorRef): { file: string; tensor?: string } {
  const hash = ref.lastIndexOf("#");
  if (hash < 0) return { file: ref };
  return { file: ref.slice(0, hash), tensor: ref.slice(hash + 1) };
}

/** Joins what `parseTensorRef` splits. */
export function formatTensorRef(file: string, tensor: string | undefined): TensorRef {
  if (tensor !== undefined) return `${file}#${tensor}`;
  return file.includes("#") ? `${file}#` : file;
}

/** The same run with every file name passed through `map`. */
export function mapFiles(spec: RunSpec, map: (file: string) => string): RunSpec {
  const mapRef = (ref: TensorRef): TensorRef => {
    const { file, tensor } = parseTensorRef(ref);
    return formatTensorRef(map(file), tensor === "" ? undefined : tensor);
  };
  const { lengths, reference } = spec;
  return {
    ...spec,
    weights: { ...spec.weights, file: map(spec.weights.file) },
    input: mapRef(spec.input),
    ...(spec.h0 === undefined ? {} : { h0: mapRef(spec.h0) }),
    ...(spec.c0 === undefined ? {} : { c0: mapRef(spec.c0) }),
    ...(typeof lengths === "string" ? { lengths: mapRef(lengths) } : {}),
    ...(reference === undefined
      ? {}
      : {
          reference: Object.fromEntries(
            Object.entries(reference).map(([name, ref]) => [name, mapRef(ref as TensorRef)]),
          ),
        }),
  };
}

/** The files that a run reads, each once. */
export function filesOf(spec: RunSpec): string[] {
  const files = new Set<string>();
  mapFiles(spec, (file) => {
    files.add(file);
    return file;
  });
  return [...files];
}

/** The scheme of a location that is a URI, in lower case. It has two letters or more: `C:` is a drive. */
export function schemeOf(location: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
}

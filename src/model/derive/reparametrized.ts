/**
 * Weights stored under other names: weight drop, weight norm, spectral norm, pruning.
 *
 * Sources: torch/nn/utils (hooks: `weight_g`, `weight_v`; `weight_orig` with `weight_u`, `weight_v` or `weight_mask`),
 * torch/nn/utils/parametrize.py (`parametrizations.weight.original`), and the weight drop of AWD-LSTM and fastai
 * (`weight_hh_l0_raw`; the weight next to it is a copy with dropped elements). The weights are those of eval mode.
 */
import { UnsupportedError } from "../../core/errors";
import { settingName, withRemedies, type Remedy } from "../../core/remedies";
import type { Archive } from "../../formats/base/archive";
import type { ReadBox } from "../../tensor/boxSource";
import {
  maskedWeight,
  normalisedWeight,
  spectralAxes,
  spectralWeight,
  type NamedSource,
} from "../../tensor/effectiveWeight";
import { sameShape, type TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { DerivedEntry } from "./base/derived";

/** A pruned tensor may be normalised in turn, and the other way round; no library nests deeper. */
const MAX_NESTING = 3;

/** Suffixes of the names that replace the name of a weight. */
const HOOKED = /^(.*)_(?:raw|orig|mask|g|v|u)$/s;
const PARAMETRIZED = /^(.*?)parametrizations\.([^.]+)\.(?:original\d*|\d+\..+)$/s;

/** Endings of the parameters of a recurrent module; other weights count only if they are matrices. */
const RECURRENT = /(?:^|[./])(?:weight|bias)_[a-z]{2}(?:_l\d+(?:_reverse)?)?$/;
/** `weight_v` is a weight of its own while it is pruned. */
const PARAMETER = /(?:^|[./])(?:weight|bias)(?:_[a-z]{2}(?:_l\d+(?:_reverse)?)?)?(?:_v)?$/;

/** A weight and its sources. */
interface Recipe {
  readonly name: string;
  readonly from: readonly TensorEntry[];
  /** The tensor whose shape and dtype the weight has. */
  readonly like: TensorEntry;
  readonly how: Text;
  readonly readBox: ReadBox;
}

/** The weights of which an archive holds only the sources; the entries have the weights' own names. */
export function deriveReparametrized(
  archive: Pick<Archive, "entries" | "readBox">,
): readonly DerivedEntry[] {
  const search = new Search(archive);
  let names: readonly string[] = archive.entries.map(({ name }) => name);
  for (let depth = 0; depth < MAX_NESTING && names.length > 0; depth += 1) {
    names = names.flatMap((name) => search.add(name));
  }
  return search.made();
}

/** The recipes of an archive, each found once. */
class Search {
  readonly #archive: Pick<Archive, "readBox">;
  readonly #known: Map<string, TensorEntry>;
  readonly #made = new Map<TensorEntry, DerivedEntry>();
  readonly #seen = new Set<string>();

  constructor(archive: Pick<Archive, "entries" | "readBox">) {
    this.#archive = archive;
    this.#known = new Map(archive.entries.map((entry) => [entry.name, entry]));
  }

  made(): readonly DerivedEntry[] {
    return [...this.#made.values()];
  }

  /** The name of the weight that an entry of this name stands in for, where it is new. */
  add(name: string): readonly string[] {
    const [, prefix = "", parameter] = PARAMETRIZED.exec(name) ?? [];
    const base = parameter === undefined ? HOOKED.exec(name)?.[1] : prefix + parameter;
    if (base === undefined || this.#seen.has(base) || !PARAMETER.test(base)) return [];
    const recipe =
      parameter === undefined ? this.#hooked(base) : this.#parametrized(prefix, parameter);
    // Tried again where a part of it is still to be made.
    if (recipe === undefined || !isParameter(recipe)) return [];
    this.#seen.add(base);
    const { from, like, how, readBox } = recipe;
    const { dtype, shape, byteLength } = like;
    const origin = { from: from.map((entry) => entry.name), how };
    const entry = { name: recipe.name, dtype, shape, byteLength, origin };
    this.#known.set(entry.name, entry);
    this.#made.set(entry, { entry, readBox });
    return [entry.name];
  }

  /** Tensors beside the place of the weight: `weight_orig`, `weight_g`, `weight_raw`. */
  #hooked(base: string): Recipe | undefined {
    const at = (end: string): TensorEntry | undefined => this.#known.get(`${base}_${end}`);
    const raw = at("raw");
    return (
      this.#pruned(base, at("orig"), at("mask")) ??
      this.#spectral(base, at("orig"), { u: at("u"), v: at("v") }) ??
      this.#normalised(base, at("g"), at("v")) ??
      (raw !== undefined && RECURRENT.test(base) ? this.#dropped(base, raw) : undefined)
    );
  }

  /** Tensors of torch.nn.utils.parametrize, whose functions are known by their buffers alone. */
  #parametrized(prefix: string, parameter: string): Recipe | undefined {
    const place = `${prefix}parametrizations.${parameter}.`;
    const at = (end: string): TensorEntry | undefined => this.#known.get(place + end);
    const name = prefix + parameter;
    const like = at("original") ?? at("original1") ?? at("original0");
    if (like === undefined) return undefined;
    // A second parametrization is recognised by its tensors; one without tensors cannot be recognised.
    const isChained = ["1._u", "1.base", "1.mask", "1.weight", "original2"].some((end) => at(end));
    const known = isChained
      ? undefined
      : (this.#normalised(name, at("original0"), at("original1")) ??
        this.#spectral(name, at("original"), { u: at("0._u"), v: at("0._v") }));
    return known ?? unknownRecipe(name, like);
  }

  #pruned(name: string, weight?: TensorEntry, mask?: TensorEntry): Recipe | undefined {
    if (weight === undefined || mask === undefined) return undefined;
    if (!sameShape(weight.shape, mask.shape)) return undefined;
    return {
      name,
      from: [weight, mask],
      like: weight,
      how: text("pruned: weight · mask"),
      readBox: maskedWeight(this.#source(weight), this.#source(mask)),
    };
  }

  /** u has the size of the axis that comes first, v that of the others joined. */
  #spectral(
    name: string,
    weight: TensorEntry | undefined,
    { u, v }: { readonly u: TensorEntry | undefined; readonly v: TensorEntry | undefined },
  ): Recipe | undefined {
    if (weight === undefined || u === undefined || v === undefined) return undefined;
    const axes = spectralAxes(weight.shape, u.shape, v.shape);
    if (axes.length === 0) return undefined;
    const sources = { weight: this.#source(weight), u: this.#source(u), v: this.#source(v) };
    return {
      name,
      from: [weight, u, v],
      like: weight,
      how: text("spectral norm: weight / σ, σ = uᵀ·W·v"),
      readBox: spectralWeight(sources, axes),
    };
  }

  /** `g` has the size of one axis of `v`, or one element where the norm is over all of it. */
  #normalised(name: string, g?: TensorEntry, v?: TensorEntry): Recipe | undefined {
    const axis = g === undefined || v === undefined ? undefined : axisOf(g, v);
    if (g === undefined || v === undefined || axis === undefined) return undefined;
    return {
      name,
      from: [g, v],
      like: v,
      how: text("weight norm: v · g / ‖v‖"),
      readBox: normalisedWeight(this.#source(v), this.#source(g), axis),
    };
  }

  /** fastai keeps the raw weight beside the module it belongs to: `0.weight_hh_l0_raw`, `0.module.weight_hh_l0`. */
  #dropped(base: string, raw: TensorEntry): Recipe {
    const [, prefix = "", parameter = ""] = /^(.*?)([^./]+)$/s.exec(base) ?? [];
    const inner = `${prefix}module.`;
    const isInner = ["weight_ih", "bias_ih", "bias_hh"].some((other) =>
      this.#known.has(inner + parameter.replace(/^(?:weight|bias)_[a-z]{2}/, other)),
    );
    const name = isInner ? inner + parameter : base;
    return {
      name,
      from: [raw],
      like: raw,
      how: this.#known.has(name)
        ? text("weight drop: as it is, not the dropped copy that the file has under this name")
        : text("weight drop: as it is, since eval mode drops nothing"),
      readBox: this.#source(raw).readBox,
    };
  }

  #source(entry: TensorEntry): NamedSource {
    const { name, dtype, shape } = entry;
    const made = this.#made.get(entry);
    return {
      name,
      dtype,
      shape,
      readBox: made?.readBox ?? ((box) => this.#archive.readBox(entry, box)),
    };
  }
}

function isParameter({ name, like }: Recipe): boolean {
  return RECURRENT.test(name) || like.shape.length === 2 || /(?:bias|_v)$/.test(name);
}

/** The axis that `g` has a length for each index of; null for one length of all; undefined where it does not fit. */
function axisOf(g: TensorEntry, v: TensorEntry): number | null | undefined {
  if (g.shape.length === 0) return null;
  if (g.shape.length !== v.shape.length) return undefined;
  const long = g.shape.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  if (long.length > 1) return undefined;
  const axis = long[0] ?? v.shape.indexOf(1);
  return axis >= 0 && g.shape[axis] === v.shape[axis] ? axis : undefined;
}

const removeFirst: readonly Remedy[] = [
  {
    do: "call-before-saving",
    call: "torch.nn.utils.parametrize.remove_parametrizations",
  },
];

/** A weight whose function the file does not hold: listed with its shape, and refused when it is read. */
function unknownRecipe(name: string, like: TensorEntry): Recipe {
  const problem = text("a parametrization whose function is not in the file");
  const how = withRemedies(problem, removeFirst, settingName);
  return {
    name,
    from: [like],
    like,
    how,
    readBox: () =>
      Promise.reject(new UnsupportedError({ tensor: name }, problem, { remedies: removeFirst })),
  };
}

/**
 * What can go wrong with a user's files and runs: five error classes, each told apart by its literal `tag`.
 *
 * Every error carries one sentence (`text`) with the file or tensor first, so that a surface can show it in the
 * user's language, and the same content as data, for programs. An error without a tag is a bug and is reported as one.
 */
import { boundText, type Bound } from "./bounds";
import { settingName, withRemedies, type OptionName, type Remedy } from "./remedies";
import { renderText, text, type Text } from "./text";

/** Shared by all bundles of a thread: the readers are one of their own, with a copy of these classes. */
const brand = Symbol.for("unroll.error");

/** The largest number of candidates in an error; its sentence lists fewer, and says that there are more. */
const MAX_CANDIDATES = 20;

/** What an error is about, for programs: what its sentence says, as far as it is known. Survives `postMessage`. */
export interface ErrorData {
  readonly file?: string;
  readonly tensor?: string;
  /** Prefix of a recurrent module. */
  readonly module?: string;
  /** Class of the module whose run is refused as a whole: RNN, LSTM or GRU. */
  readonly cell?: string;
  /** Ids of the mistakes under which a run was asked for. */
  readonly mistakes?: readonly string[];
  /** What was refused, where it is none of the above for certain. */
  readonly subject?: string;
  /** A shape, a size, or what is written in the file. */
  readonly expected?: readonly number[] | number | string;
  /** As `expected`, or a size beside `limit`; a size beyond 2⁵³ as text. */
  readonly found?: readonly number[] | number | string;
  /** What `limit` is the limit of, and `found` the size of. */
  readonly bound?: Bound;
  readonly limit?: number;
  /** What the shape check found, and why, by the names that it has for these. */
  readonly clash?: { readonly of: string };
  readonly cause?: { readonly is: string };
  /** Position in the file, in bytes. */
  readonly offset?: number;
  /** Place in a text file, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** What is there instead of what was named, or would be right in its place. */
  readonly candidates?: readonly string[];
  /** What the tensors of a file without a recurrent module look like; null where they look like nothing that is known. */
  readonly looksLike?: string | null;
  /** The option that would change it, by the product's own name; a surface knows what it calls it. */
  readonly option?: string;
  /** What to do: any of these would help. */
  readonly remedies?: readonly Remedy[];
}

/** What an error is about, where more is known than a name for its sentence: the names that it begins with. */
export type ErrorPlace = Pick<ErrorData, "file" | "tensor" | "cell" | "mistakes" | "option">;

/** Data whose subject is left out once it is known what it is. */
function named(data: ErrorData): ErrorData {
  const { subject, ...others } = data;
  const { file, tensor, module, option } = others;
  const known = [file, tensor, module, option, `${file}: ${tensor}`];
  return subject === undefined || known.includes(subject) ? others : data;
}

/** Makes the sentence of an error for a surface that has these names for options. */
type Sentence = (nameOf: OptionName) => Text;

abstract class TaggedError extends Error {
  readonly [brand] = true;
  abstract readonly tag: string;
  readonly #sentence: Sentence;
  data: ErrorData;

  constructor(sentence: Sentence, data: ErrorData, options?: ErrorOptions) {
    super(renderText(sentence(settingName)), options);
    this.name = new.target.name;
    this.#sentence = sentence;
    this.data = named(data);
  }

  /** The sentence in the words of the editor. */
  get text(): Text {
    return this.sentence(settingName);
  }

  /** The sentence in the words of a surface. */
  sentence(nameOf: OptionName): Text {
    return this.#sentence(nameOf);
  }

  /** The same error, which knows more: where it was refused, and what would be right. */
  about(data: ErrorData): this {
    this.data = named({ ...this.data, ...data });
    return this;
  }

  /** The same error with what a caller knows; what the error has itself stays. */
  within(data: ErrorData): this {
    this.data = named({ ...data, ...this.data });
    return this;
  }
}

/** The file is damaged or not what it claims to be. Retrying is useless; another copy of the file may help. */
export class FormatError extends TaggedError {
  readonly tag = "format";
  /** Absolute position in the file, in bytes, where the problem was found. */
  readonly offset: number | undefined;

  constructor(
    file: string,
    problem: Text,
    { offset, cause, data = {}, remedies = [] }: ErrorDetails & { readonly offset?: number } = {},
  ) {
    super(
      (nameOf) => {
        const whole = withRemedies(problem, remedies, nameOf);
        return offset === undefined
          ? text("{0}: {1}", file, whole)
          : text("{0}: {1} (at byte {2})", file, whole, offset);
      },
      { ...dataOf({ file }, remedies), ...(offset === undefined ? {} : { offset }), ...data },
      { cause },
    );
    this.offset = offset;
  }
}

/** The file is right, but holds something Unroll does not read or run. `remedies` say what to do instead. */
export class UnsupportedError extends TaggedError {
  readonly tag = "unsupported";

  constructor(
    place: string | ErrorPlace,
    feature: Text,
    { data = {}, remedies = [], ...options }: ErrorDetails = {},
  ) {
    super(
      (nameOf) => placed(place, withRemedies(feature, remedies, nameOf), nameOf),
      { ...dataOf(place, remedies), ...data },
      options,
    );
  }
}

/** What an error has beside its sentence. */
interface ErrorDetails {
  readonly cause?: unknown;
  readonly data?: ErrorData;
  readonly remedies?: readonly Remedy[];
}

/** A tensor does not have the shape that its place in the network asks for. */
export class ShapeError extends TaggedError {
  readonly tag = "shape";

  /** `place` is the name of the tensor, or the option that gives it. */
  constructor(
    place: string | ErrorPlace,
    expected: readonly number[],
    actual: readonly number[],
    reason?: Text,
  ) {
    const sizes = [`[${expected.join(", ")}]`, `[${actual.join(", ")}]`] as const;
    super(
      (nameOf) => {
        const name = subjectOf(place, nameOf);
        return reason === undefined
          ? text("{0}: expected shape {1}, found {2}", name, ...sizes)
          : text("{0}: expected shape {1}, found {2}; {3}", name, ...sizes, reason);
      },
      { ...(typeof place === "string" ? { tensor: place } : place), expected, found: actual },
    );
  }
}

/** A size passes a bound that protects memory or the editor. The sentence names the bound. */
export class LimitError extends TaggedError {
  readonly tag = "limit";

  constructor(
    place: string | ErrorPlace,
    bound: Bound,
    limit: number,
    actual: number | bigint,
    remedies: readonly Remedy[] = [],
  ) {
    const [found, most] = [String(actual), String(limit)];
    super(
      (nameOf) => {
        const passed = text("{0} is {1}, the limit is {2}", boundText(bound), found, most);
        return placed(place, withRemedies(passed, remedies, nameOf), nameOf);
      },
      {
        ...("tensor" in bound ? { tensor: bound.tensor } : {}),
        ...dataOf(place, remedies),
        bound,
        limit,
        found: typeof actual === "bigint" ? found : actual,
      },
    );
  }
}

/** A file, tensor or module that was named is not there. `candidates` are what is; of a file unless `data` says of what. */
export class NotFoundError extends TaggedError {
  readonly tag = "not-found";

  constructor(
    file: string,
    missing: Text,
    candidates: readonly string[] = [],
    { data = { file }, remedies = [], ...options }: ErrorDetails = {},
  ) {
    const listed = candidates.slice(0, MAX_CANDIDATES);
    super(
      (nameOf) => {
        const sentence =
          listed.length === 0
            ? text("{0}: {1}", file, missing)
            : text("{0}: {1}; it has {2}", file, missing, listed);
        return withRemedies(sentence, remedies, nameOf);
      },
      {
        ...dataOf({}, remedies),
        ...data,
        ...(candidates.length === 0
          ? {}
          : { candidates: (data.candidates ?? candidates).slice(0, MAX_CANDIDATES) }),
      },
      options,
    );
  }
}

/** The user stopped the work. Never shown as an error. */
export class CancelledError extends TaggedError {
  readonly tag = "cancelled";

  constructor() {
    super(() => text("Cancelled"), {});
  }
}

export type UnrollError =
  FormatError | UnsupportedError | ShapeError | LimitError | NotFoundError | CancelledError;

/** A place and the remedies as data, with the option that the first of them is about. */
function dataOf(place: string | ErrorPlace, remedies: readonly Remedy[]): ErrorData {
  const about = typeof place === "string" ? { subject: place } : place;
  if (remedies.length === 0) return about;
  const changing = remedies.find((remedy) => "option" in remedy);
  return { ...(changing === undefined ? {} : { option: changing.option }), ...about, remedies };
}

/** A sentence that begins with what it is about; with nothing before it where nothing has a name. */
function placed(place: string | ErrorPlace, problem: Text, nameOf: OptionName): Text {
  const subject = subjectOf(place, nameOf);
  return subject === "" ? problem : text("{0}: {1}", subject, problem);
}

function subjectOf(place: string | ErrorPlace, nameOf: OptionName): string {
  if (typeof place === "string") return place;
  const { option, file, tensor, cell, mistakes } = place;
  const names = [file, tensor ?? cell, mistakes?.join(", ")].filter((name) => name !== undefined);
  if (names.length > 0 || option === undefined) return names.join(": ");
  return nameOf(option) ?? option;
}

/** True for the classes above. */
export function isUnrollError(error: unknown): error is UnrollError {
  return error instanceof Error && brand in error;
}

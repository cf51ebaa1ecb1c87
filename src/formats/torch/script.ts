/**
 * Constants in the source code of scripted modules, such as `batch_first` of a scripted nn.LSTM.
 *
 * Source:  torch/csrc/jit/serialization/python_print.cpp: `name : Final[type] = literal`, one on a line, below the
 *          line of its class. The text is searched, not run; a member that cannot be read has no constants.
 */
import { isUnrollError } from "../../core/errors";
import type { TorchModule } from "../base/declared";
import type { FoundModule } from "./tree";
import type { ZipMember } from "../zip/member";

/** The source of a module is some ten thousand characters long. */
const maxSourceBytes = 2 ** 20;

/** A scripted model has a source for every kind of module, and one more for each that is built otherwise. */
const maxSources = 256;

type Constants = ReadonlyMap<string, string | number | boolean | null>;

export class ScriptConstants {
  readonly #members: ReadonlyMap<string, ZipMember>;
  readonly #prefix: string;
  readonly #sources = new Map<string, Promise<string>>();

  /** `prefix` is the folder that everything is in, with its slash. */
  constructor(members: ReadonlyMap<string, ZipMember>, prefix: string) {
    this.#members = members;
    this.#prefix = prefix;
  }

  /** The module with its constants among its attributes. */
  async describe({ module, fullName }: FoundModule): Promise<TorchModule> {
    const folder = fullName.slice(0, fullName.lastIndexOf(".")).replaceAll(".", "/");
    const member = this.#members.get(`${this.#prefix}code/${folder}.py`);
    if (member === undefined || member.size > maxSourceBytes) return module;
    const constants = constantsOf(await this.#source(member), module.className);
    return { ...module, attributes: new Map([...constants, ...module.attributes]) };
  }

  #source(member: ZipMember): Promise<string> {
    const known = this.#sources.get(member.name);
    if (known !== undefined) return known;
    if (this.#sources.size >= maxSources) return Promise.resolve("");
    const source = readSource(member);
    this.#sources.set(member.name, source);
    return source;
  }
}

/** The text of a member; empty where it cannot be read. */
export async function readSource(member: ZipMember): Promise<string> {
  try {
    return new TextDecoder().decode(await member.read());
  } catch (error) {
    if (isUnrollError(error)) return "";
    throw error;
  }
}

function constantsOf(source: string, className: string): Constants {
  const constants = new Map<string, string | number | boolean | null>();
  let inClass = false;
  for (const line of source.split("\n")) {
    if (line.startsWith("class ")) inClass = line.startsWith(`class ${className}(`);
    const [, name, literal] = inClass
      ? (/^ {2}(\w+) : Final\[\w+\] = (.{1,200})$/.exec(line) ?? [])
      : [];
    const value = literal === undefined ? undefined : valueOf(literal);
    if (name !== undefined && value !== undefined) constants.set(name, value);
  }
  return constants;
}

function valueOf(literal: string): string | number | boolean | null | undefined {
  if (literal === "True" || literal === "False") return literal === "True";
  if (literal === "None") return null;
  if (/^"[^"\\]*"$/.test(literal)) return literal.slice(1, -1);
  return /^-?[0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?$/.test(literal) ? Number(literal) : undefined;
}

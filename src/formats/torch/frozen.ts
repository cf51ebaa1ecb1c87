/**
 * Constants of a frozen TorchScript module: its parameters, which torch.jit.freeze has moved out of its state_dict.
 *
 * Source:  torch/csrc/jit/serialization: constants.pkl is a list of tensors, and `CONSTANTS.c0` in the source is its first.
 *          The source is searched for what recurrent and linear operators are given, not run; constants that none of them
 *          is given keep their numbers.
 */
import { PickleDict, type PickleValue } from "../pickle/values";
import type { TorchModule } from "../base/declared";
import type { ZipMember } from "../zip/member";
import { TensorReference } from "./pickle";
import { readSource } from "./script";

const maxSourceBytes = 2 ** 22;

/** Sources that are searched. */
const maxSources = 64;

/** Weights of a layer and direction, in the order that operators take them in. */
const roles = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"] as const;

const listed = /^ *([\w.]+) = \[((?:CONSTANTS\.c\d+(?:, )?)+)\]$/gm;
const recurrent =
  /torch\.(lstm|gru|rnn_tanh|rnn_relu)\(\w+, (?:\[[\w., ]*\]|\w+), (?:\[((?:CONSTANTS\.c\d+(?:, )?)+)\]|([\w.]+)), (True|False), (\d+), [\w.+-]+, (?:True|False), (True|False), (True|False)\)/g;
const linear = /torch\.linear\(\w+, CONSTANTS\.c(\d+)(?:, CONSTANTS\.c(\d+))?\)/g;

/** The constants by names of parameters, and the modules that they belong to. */
export interface FrozenModules {
  readonly value: PickleDict;
  readonly declared: readonly TorchModule[];
}

/** Names the tensors of constants.pkl by the sources of the archive; null where there is no tensor. */
export async function nameConstants(
  constants: PickleValue,
  members: Iterable<ZipMember>,
): Promise<FrozenModules | null> {
  if (!Array.isArray(constants)) return null;
  if (!constants.some((value) => value instanceof TensorReference)) return null;
  const naming = new Naming();
  let count = 0;
  for (const member of members) {
    const isSource = member.name.includes("/code/") && member.name.endsWith(".py");
    if (!isSource || member.size > maxSourceBytes || count >= maxSources) continue;
    count += 1;
    naming.search(await readSource(member));
  }
  const value = new PickleDict();
  constants.forEach((constant, index) => {
    if (constant instanceof TensorReference) {
      value.set(naming.names.get(index) ?? `constants.c${index}`, constant);
    }
  });
  return { value, declared: naming.declared };
}

class Naming {
  /** By the numbers of the constants. */
  readonly names = new Map<number, string>();
  readonly declared: TorchModule[] = [];
  readonly #prefixes = new Set<string>();

  search(source: string): void {
    const lists = new Map<string, readonly number[]>();
    for (const [, name = "", constants = ""] of source.matchAll(listed)) {
      lists.set(name, numbersOf(constants));
    }
    for (const call of source.matchAll(recurrent)) {
      const [, , inline, list = ""] = call;
      const constants = inline === undefined ? lists.get(list) : numbersOf(inline);
      if (constants !== undefined) this.#addCall(call, list, constants);
    }
    for (const [, weight, bias] of source.matchAll(linear)) {
      const prefix = this.#prefix("", "linear");
      this.names.set(Number(weight), `${prefix}weight`);
      if (bias !== undefined) this.names.set(Number(bias), `${prefix}bias`);
    }
  }

  /** Names the weights that a recurrent operator is given; `list` is the variable that holds them. */
  #addCall(call: RegExpExecArray, list: string, constants: readonly number[]): void {
    const [, operator = "", , , biases, layers, bidirectional, batchFirst] = call;
    const directions = bidirectional === "True" ? 2 : 1;
    const perLane = constants.length / (Number(layers) * directions);
    if (!Number.isInteger(perLane)) return;
    const cell = operator.replace(/_.*$/, "");
    const prefix = this.#prefix(list, cell);
    const laneRoles = rolesOf(biases === "True", perLane);
    constants.forEach((constant, index) => {
      const lane = Math.floor(index / perLane);
      const end = `_l${Math.floor(lane / directions)}${lane % directions === 1 ? "_reverse" : ""}`;
      this.names.set(constant, `${prefix}${laneRoles[index % perLane] ?? "weight"}${end}`);
    });
    const attributes = new Map<string, string | boolean>([
      ["batch_first", batchFirst === "True"],
      ["bidirectional", bidirectional === "True"],
    ]);
    if (operator.startsWith("rnn_")) attributes.set("mode", operator.toUpperCase());
    const className = cell.toUpperCase();
    this.declared.push({ framework: "pytorch", prefix, className, attributes });
  }

  /** After the variable that freezing made of an attribute, `self_rnn__flat_weights`; else after the operator. */
  #prefix(variable: string, operator: string): string {
    const [, way] = /^self_(.+?)_?__flat_weights(?:\.\d+)?$/.exec(variable) ?? [];
    const base = way ?? operator;
    let name = base;
    for (let count = 2; this.#prefixes.has(name); count += 1) name = `${base}_${count}`;
    this.#prefixes.add(name);
    return `${name}.`;
  }
}

/** The roles of the weights of one layer and direction. */
function rolesOf(hasBiases: boolean, count: number): readonly string[] {
  const [ih, hh, bias, stateBias, projection] = roles;
  const biases = hasBiases ? [bias, stateBias] : [];
  const all = [ih, hh, ...biases];
  return count > all.length ? [...all, projection] : all;
}

function numbersOf(constants: string): readonly number[] {
  return Array.from(constants.matchAll(/c(\d+)/g), ([, number]) => Number(number));
}

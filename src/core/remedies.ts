/**
 * What a user can do about an error, as data, and the words for it.
 *
 * An error names an option as the product does; each surface has its own name for it (a setting, a flag).
 */
import { foreign, text, type Text } from "./text";

/** One thing to do. Survives `postMessage`. */
export type Remedy = OptionRemedy | FileRemedy | TensorRemedy;

/** A change of the run, of the command, or of what is shown. */
type OptionRemedy =
  | { readonly do: "raise" | "lower" | "leave-out"; readonly option: string }
  | { readonly do: "give-same"; readonly option: string }
  | { readonly do: "export-part"; readonly option: "slice" }
  /** `file` is that of the tensors. */
  | { readonly do: "assign"; readonly file: string }
  | {
      readonly do:
        | "export"
        | "export-tensors"
        | "fewer-batch-rows"
        | "run-again"
        | "take-back-mistake"
        | "choose-other-name"
        | "choose-other-folder"
        | "name-a-file";
    };

/** Another file, or the same one written in another way. Formats are the endings of files' names. */
type FileRemedy =
  | { readonly do: "save-as"; readonly format: string }
  | { readonly do: "save-weights-as" | "export-as"; readonly formats: readonly string[] }
  /** `call` is what writes the file; it is written in the framework's own language. */
  | { readonly do: "save-again-with" | "convert-with" | "save-weights-with"; readonly call: string }
  | { readonly do: "load-and-save"; readonly load: string; readonly save: string }
  | { readonly do: "call-before-saving"; readonly call: string }
  | { readonly do: "save-state-dict"; readonly of?: StateDict }
  | { readonly do: "save-model-as"; readonly formats: readonly string[] }
  | { readonly do: "save-elements-as"; readonly dtype: string }
  | { readonly do: "save-fields-apart" | "save-binary" | "save-numbers-alone" }
  | { readonly do: "leave-out-column"; readonly column: number }
  | { readonly do: "convert-to"; readonly format: string }
  | { readonly do: "open-made-from"; readonly formats?: readonly string[] }
  | { readonly do: "open-beside"; readonly format: string }
  | { readonly do: "open-weights" | "open-in-own-folder" | "open-before-quantisation" }
  | {
      readonly do:
        "unpack" | "unpack-and-open-one" | "put-file-there" | "download" | "download-again";
    }
  | { readonly do: "pack-with"; readonly method: string }
  | { readonly do: "fetch-with"; readonly command: string };

/** Whose state_dict is saved; absent: that of the module that the file holds. */
type StateDict = "before-quantisation" | "made-from" | "all-ranks";

/** A change of the tensors, which makes PyTorch's of them. */
type TensorRemedy =
  | {
      readonly do: "rename";
      readonly names: readonly (readonly [from: string, to: string])[];
      /** What is not done by names alone. */
      readonly but: keyof typeof renamed;
    }
  /** Of gates that have a tensor each. */
  | { readonly do: "stack-gates"; readonly transposed: boolean }
  | {
      readonly do: "split-columns";
      readonly tensor: string;
      readonly inputs: number;
      readonly units: number;
    }
  | { readonly do: "split-kernel" | "transpose-kernels" };

/** What a surface calls an option; undefined where it has no name for it. */
export type OptionName = (option: string) => string | undefined;

/** Options that are settings of the editor; the others belong to a run. */
const settings: ReadonlySet<string> = new Set(["trace.memory", "remote.maxMegabytes"]);

/** The name of an option where there are no flags. */
export function settingName(option: string): string | undefined {
  return settings.has(option) ? `unroll.${option}` : undefined;
}

/** The remedies as one part of a sentence; null when there are none. */
function remedyText(remedies: readonly Remedy[], nameOf: OptionName): Text | null {
  const [first, ...others] = remedies.map((remedy) => oneText(remedy, nameOf));
  if (first === undefined) return null;
  return others.reduce((before, other) => text("{0}, or {1}", before, other), first);
}

/** A sentence with what to do at its end. */
export function withRemedies(problem: Text, remedies: readonly Remedy[], nameOf: OptionName): Text {
  const remedy = remedyText(remedies, nameOf);
  return remedy === null ? problem : text("{0}; {1}", problem, remedy);
}

function oneText(remedy: Remedy, nameOf: OptionName): Text {
  // The table has a function for each name, which takes the remedy of that name.
  const makeText = remedyTexts[remedy.do] as (remedy: Remedy, nameOf: OptionName) => Text;
  return makeText(remedy, nameOf);
}

type RemedyTexts = {
  readonly [Do in Remedy["do"]]: (remedy: Remedy & { readonly do: Do }, nameOf: OptionName) => Text;
};

const remedyTexts: RemedyTexts = {
  raise: ({ option }, nameOf) => text("raise {0}", nameOf(option) ?? option),
  lower: ({ option }, nameOf) => text("lower {0}", nameOf(option) ?? option),
  "leave-out": ({ option }, nameOf) => text("leave {0} out", nameOf(option) ?? option),
  "give-same": () => text("give the same"),
  "export-part": ({ option }, nameOf) => exportPartText(nameOf(option)),
  assign: ({ file }, nameOf) =>
    nameOf("map") === undefined
      ? text("assign them by hand: Use as recurrent module… in the tensor editor of the file")
      : text("assign them by hand: unroll map {0} ranks what fits, {1} takes it", file, "--map"),
  export: () => text("export it instead"),
  "export-tensors": () => text("export the tensors as they are"),
  "fewer-batch-rows": () => text("run fewer batch rows"),
  "run-again": () => text("run it again"),
  "take-back-mistake": () => text("take it back first"),
  "choose-other-name": () => text("choose another name"),
  "choose-other-folder": () => text("choose a folder on a disk"),
  "name-a-file": () => text("name a file in it"),
  "save-as": ({ format }) => text("save it as {0} instead", format),
  "save-weights-as": ({ formats }) => text("save its weights as {0}", oneOf(formats)),
  "export-as": ({ formats }) => text("export it as {0}", oneOf(formats)),
  "save-again-with": ({ call }) => text("save it again with {0}", call),
  "convert-with": ({ call }) => text("convert it with {0}", call),
  "save-weights-with": ({ call }) => text("save its weights with {0}", call),
  "load-and-save": ({ load, save }) =>
    text("load it with {0} and save its arrays with {1}", load, save),
  "call-before-saving": ({ call }) => text("call {0} before saving", call),
  "save-state-dict": ({ of }) => stateDictText(of),
  "save-model-as": ({ formats }) => text("save the model as {0}", oneOf(formats)),
  "save-elements-as": ({ dtype }) => text("store them as {0}", dtype),
  "save-fields-apart": () => text("save each field as an array of its own"),
  "save-binary": () => text("save it in the binary form"),
  "save-numbers-alone": () => text("write a table of numbers alone"),
  "leave-out-column": ({ column }) =>
    text("leave column {0} out when the table is written", column),
  "convert-to": ({ format }) => text("convert it to {0} and open that", format),
  "open-made-from": ({ formats }) =>
    formats === undefined
      ? text("open the model that it was converted from")
      : text("open the model that it was converted from ({0})", formats),
  "open-beside": ({ format }) => text("open the file beside it that ends in {0}", format),
  "open-weights": () => text("open the file of weights that it was made from"),
  "open-in-own-folder": () => text("open it in its own folder"),
  "open-before-quantisation": () => text("open the model before quantisation"),
  unpack: () => text("unpack it first"),
  "unpack-and-open-one": () => text("unpack it and open one of them"),
  "put-file-there": () => text("put the file itself there"),
  download: () => text("download it first"),
  "download-again": () => text("download it again"),
  "pack-with": ({ method }) => text("pack it with {0}", method),
  "fetch-with": ({ command }) => text("fetch it with: {0}", command),
  rename: ({ names, but }) => renamed[but](names.map(([from, to]) => `${from} → ${to}`)),
  "stack-gates": ({ transposed }) => stackText(transposed),
  "split-columns": ({ inputs, units }) =>
    text(
      "where its code applies tanh, make the first {0} columns weight_ih_l0 of an nn.RNN, the last {1} weight_hh_l0",
      inputs,
      units,
    ),
  "split-kernel": () => text("split and transpose it to weight_ih_l0 and weight_hh_l0"),
  "transpose-kernels": () => text("transpose them to weight_ih_l0 and weight_hh_l0"),
};

/** `Wx → weight_ih_l0` of each. */
type Names = readonly string[];

/** What is said of names, by what is to be done beside it. */
const renamed = {
  "bias-of-n": (names: Names) =>
    text("rename {0}, and write bias_hh_l0: zeros for r and z, then bhn for n", names),
  "zero-bias": (names: Names) => text("rename {0}, with zeros for bias_hh_l0", names),
  "where-order-fits": (names: Names) =>
    text("rename {0}, where its gates are in PyTorch's order", names),
  "transpose-columns": (names: Names) =>
    text("rename {0}, transposed where a row is not a gate's unit", names),
} as const;

function stackText(transposed: boolean): Text {
  return transposed
    ? text("stack their transposes to weight_ih_l0 and weight_hh_l0, LSTM i, f, g, o, GRU r, z, n")
    : text(
        "stack those of the input to weight_ih_l0 and those of the state to weight_hh_l0, LSTM i, f, g, o, GRU r, z, n",
      );
}

/** `.npy`, `.npz or .csv`, `.npy, .npz or .csv`. */
function oneOf(formats: readonly string[]): Text {
  const last = formats.at(-1) ?? "";
  const before = formats.slice(0, -1);
  return before.length === 0 ? foreign(last) : text("{0} or {1}", before, last);
}

function stateDictText(of?: StateDict): Text {
  switch (of) {
    case "before-quantisation":
      return text("save the state_dict of the module before it was quantised");
    case "made-from":
      return text("save the state_dict of the module that it was made from");
    case "all-ranks":
      return text("save the full state_dict (FSDP.state_dict_type with FULL_STATE_DICT)");
    case undefined:
      return text("save the state_dict with torch.save");
  }
}

function exportPartText(flag: string | undefined): Text {
  return flag === undefined ? text("export a part of it") : text("export a part of it ({0})", flag);
}

/**
 * A recurrent module that is to be written for another framework: its configuration, and sources of its parameters.
 */
import { NotFoundError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { Archive } from "../../formats/base/archive";
import type { DType } from "../../tensor/dtype";
import type { TensorSource } from "../../tensor/source";
import { assertShape } from "../../tensor/tensor";
import type { Direction, RecurrentConfig } from "../config";
import { directionsOf } from "../directions";
import { remarksOf, type ModuleFacts } from "../facts";
import type { RecurrentModule } from "../find/find";
import { eachParameter, parameterName, type ParameterRole } from "../parameters";
import { initialStates, type InitialStates } from "./states";

/** The parameters of one direction of one layer, as PyTorch has them; null for those that the module has not. */
export interface Lane {
  readonly layer: number;
  readonly direction: Direction;
  readonly weightIh: TensorSource;
  readonly weightHh: TensorSource;
  readonly biasIh: TensorSource | null;
  readonly biasHh: TensorSource | null;
  readonly peephole: TensorSource | null;
}

export interface ModuleToExport {
  readonly config: RecurrentConfig;
  readonly facts: ModuleFacts;
  /** In PyTorch's order, named without the module's prefix. */
  readonly parameters: ReadonlyMap<string, TensorSource>;
  /** By layer, then by direction. */
  readonly lanes: readonly (readonly Lane[])[];
  /** What it begins with where a target can say it. */
  readonly states: InitialStates;
}

/** Dtypes of weights that can be computed with as they are. */
const floats: ReadonlySet<DType> = new Set(["float64", "float32", "float16", "bfloat16"]);

/**
 * The module with sources of all of its parameters; nothing is read. `file` is the name in sentences.
 * @throws NotFoundError when a tensor is missing, ShapeError when one has another shape, UnsupportedError when the module
 * computes something that Unroll does not know, or a tensor is no float.
 */
export function moduleToExport(
  file: string,
  archive: Pick<Archive, "readBox">,
  { config, facts, entries, prefix }: RecurrentModule,
  given: InitialStates = {},
): ModuleToExport {
  const [refusal] = facts.refusals;
  if (refusal !== undefined) {
    throw new UnsupportedError({ file }, text("{0}; it is not exported", refusal), {
      data: { module: prefix },
    });
  }
  const parameters = new Map<string, TensorSource>();
  for (const { name, shape, reason } of eachParameter(config)) {
    const entry = entries.get(name);
    if (entry === undefined) {
      throw new NotFoundError(
        file,
        text("{0} is missing, without which the module is not exported", prefix + name),
        [],
        {
          data: { file, tensor: prefix + name, module: prefix },
        },
      );
    }
    const { dtype } = entry;
    assertShape(entry.name, entry.shape, shape, reason);
    if (!floats.has(dtype)) {
      throw new UnsupportedError(
        { file, tensor: entry.name },
        text("weights of {0} are not exported as a module", dtype),
        { data: { module: prefix, found: dtype }, remedies: [{ do: "export-tensors" }] },
      );
    }
    parameters.set(name, { name, dtype, shape, readBox: (box) => archive.readBox(entry, box) });
  }
  const states = initialStates(archive, { config, facts }, given);
  return { config, facts, parameters, lanes: lanesOf(config, parameters), states };
}

function lanesOf(
  config: RecurrentConfig,
  parameters: ReadonlyMap<string, TensorSource>,
): readonly (readonly Lane[])[] {
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction): Lane => {
      const of = (role: ParameterRole): TensorSource | null =>
        parameters.get(parameterName(config, role, layer, direction)) ?? null;
      const [weightIh, weightHh] = [of("weightIh"), of("weightHh")];
      if (weightIh === null || weightHh === null) throw new Error("a lane without weights");
      const biases = { biasIh: of("biasIh"), biasHh: of("biasHh") };
      return { layer, direction, weightIh, weightHh, ...biases, peephole: of("peephole") };
    }),
  );
}

/** The dtype that holds every parameter exactly: float32, or float64 where one is. */
export function commonDtype({ parameters }: ModuleToExport): "float32" | "float64" {
  return [...parameters.values()].some(({ dtype }) => dtype === "float64") ? "float64" : "float32";
}

/**
 * What a user should know who runs the module elsewhere. `keepsKerasOutput`: the target joins and orders its outputs as
 * the layer of Keras did that it was.
 */
export function notesOf(
  { config, facts }: ModuleToExport,
  { keepsKerasOutput }: { readonly keepsKerasOutput: boolean },
): readonly Text[] {
  const kept = keepsKerasOutput ? (facts.kerasOutput?.departures ?? []) : [];
  const isAssumed = config.cell === "RNN" && facts.nonlinearity === null;
  return [
    ...(isAssumed && config.nonlinearity === "tanh"
      ? [text("nonlinearity = tanh is assumed, the weights do not tell")]
      : []),
    ...remarksOf(facts, {}),
    ...facts.departures.filter((departure) => !kept.includes(departure)),
  ];
}

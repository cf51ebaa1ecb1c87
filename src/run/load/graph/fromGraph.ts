/**
 * A run whose input is that of a whole model as the run of its module: x, states and lengths are what the graph gives it.
 */
import { noControl } from "../../../core/control";
import { UnsupportedError } from "../../../core/errors";
import { isText, text, type Text } from "../../../core/text";
import { baseName } from "../../../core/baseName";
import { tensorsOf, type Archive } from "../../../formats/base/archive";
import type { GraphInput } from "../../../formats/base/graph";
import { fitsInput, fitsTokens } from "../../../model/find/fit";
import { byteWidth } from "../../../tensor/dtype";
import { cropRaw, encodeRaw } from "../../../tensor/raw";
import { elementCount, type Tensor, type TensorEntry } from "../../../tensor/tensor";
import {
  fetchesOf,
  graphAnswer,
  nodesNamed,
  type GraphAnswer,
  type GraphJob,
} from "../../graph/answer";
import { refusalText } from "../../graph/refusals";
import type { OnnxTensor } from "../../graph/runtime";
import { formatTensorRef, type RunSpec } from "../../spec/spec";
import { besideOf } from "../besideOf";
import type { ArchiveFiles } from "../tensors/chooseTensor";
import { givenToGraph, type GivenToGraph, type GraphFrame } from "./given";

/** A whole model that a run can be compared with. Survives `postMessage`. */
export interface LoadedGraph {
  /** The model's file, without its folder. */
  readonly file: string;
  /** What is to be run for its answer; null where that is there, or where the model is not held. */
  readonly job: GraphJob | null;
  readonly answer: GraphAnswer | null;
  /** Why there is neither. */
  readonly problem: Text | null;
  /** What test data say that the model gives, by the names of its outputs. */
  readonly expected: ReadonlyMap<string, Tensor>;
}

interface FromGraph {
  readonly spec: RunSpec;
  readonly files: ArchiveFiles;
  /** null where the run's input is its module's own. */
  readonly graph: LoadedGraph | null;
}

/** Bytes of a model that is held beside a run, to be compared with when it is on screen. */
const maxHeldBytes = 2 ** 27;

/**
 * The same run where its input is the module's own.
 * @throws UnsupportedError where the graph cannot be computed and has to be; what reading throws; CancelledError.
 */
export async function fromGraph(
  frame: GraphFrame,
  files: ArchiveFiles,
  notes: Text[],
): Promise<FromGraph> {
  const given = await givenToGraph(frame, files);
  if (given === null) return { spec: frame.spec, files, graph: null };
  const named = withExpected(withModuleInput(frame, given), frame, given);
  const needed = isNeeded(frame, given);
  const expected = await readAll(given.outputs);
  const held = { file: baseName(frame.spec.weights.file), job: null, answer: null, problem: null };
  const small = needed || ((await frame.weights.graph?.bytes()) ?? 0) <= maxHeldBytes;
  const job = small
    ? await jobOf(frame, given)
    : text("the model is too large to be held beside the run");
  if (!needed) {
    // What a user has put in the place of the graph's own is not computed by it.
    const isOther = names.some((name) => frame.spec[name] !== undefined);
    if (isOther) return { spec: named, files, graph: null };
    const known = isText(job) ? { ...held, problem: job } : { ...held, job };
    return { spec: named, files, graph: { ...known, expected } };
  }
  const answer = await computed(frame, job, files);
  notes.push(inputNote(frame, answer, given));
  const from = overlay(frame, named, answer, files);
  return { ...from, graph: { ...held, answer, expected } };
}

/** What a module begins with beside its input. */
const names = ["h0", "c0", "lengths"] as const;

/** True where the graph computes what the module begins with. */
function isNeeded({ spec, module }: GraphFrame, { inputs }: GivenToGraph): boolean {
  const { onnxNodes, given } = module.facts;
  if (onnxNodes === undefined) return false;
  const { asksForMore, computesMore } = onnxNodes;
  // Who names one of the model's own inputs means to leave out the others.
  const isMeant = computesMore || names.every((name) => spec[name] === undefined);
  const isLeft = names.some((name) => given[name] !== undefined && spec[name] === undefined);
  const asks = asksForMore && isMeant && isLeft;
  if (onnxNodes.readsFrom === null) return asks;
  const tokens = [...inputs.values()].some(({ entry }) => fitsTokens(entry));
  const isLookedUp =
    onnxNodes.readsFrom === "Gather" && tokens && spec.pipeline?.embedding !== null;
  return asks || !isLookedUp;
}

/** A folder of test data, and what several files have, in the place of one tensor of it. */
function withModuleInput({ spec, module }: GraphFrame, { inputs }: GivenToGraph): RunSpec {
  const given = [...inputs.values()];
  const fitting =
    given.find(({ entry }) => fitsInput(module.config, entry)) ??
    given.find(({ entry }) => fitsTokens(entry)) ??
    given[0];
  return fitting === undefined
    ? spec
    : { ...spec, input: formatTensorRef(fitting.file, fitting.entry.name) };
}

/** Outputs of test data that are the module's own are references of the run. */
function withExpected(spec: RunSpec, { module }: GraphFrame, { outputs }: GivenToGraph): RunSpec {
  const gives = module.facts.onnxNodes?.gives;
  if (gives === undefined || spec.reference !== undefined) return spec;
  const found = (["output", "h_n", "c_n"] as const).flatMap((name) => {
    const tensor = gives[name] === "" ? undefined : outputs.get(gives[name]);
    return tensor === undefined
      ? []
      : [[name, formatTensorRef(tensor.file, tensor.entry.name)] as const];
  });
  return found.length === 0 ? spec : { ...spec, reference: Object.fromEntries(found) };
}

async function readAll(given: GivenToGraph["outputs"]): Promise<ReadonlyMap<string, Tensor>> {
  const read = new Map<string, Tensor>();
  for (const [name, { archive, entry }] of given) read.set(name, await archive.read(entry));
  return read;
}

/** The model with its inputs, or why it cannot be run. @throws what reading throws. */
async function jobOf(
  { weights, module }: GraphFrame,
  { inputs, outputs }: GivenToGraph,
): Promise<GraphJob | Text> {
  const { graph } = weights;
  if (graph === undefined) return text("the file holds no graph");
  const { model, external, inputs: declared, ...exposed } = await graph.exposed();
  const nodes = nodesNamed(exposed, module.facts.onnxNodes?.names ?? []);
  if (isText(nodes)) return nodes;
  const feeds: Record<string, OnnxTensor> = {};
  for (const input of declared) {
    const given = inputs.get(input.name);
    if (given === undefined) continue;
    const fed = feedOf(input, await given.archive.read(given.entry));
    if (isText(fed)) return fed;
    feeds[input.name] = fed;
  }
  const own = [...outputs.keys()];
  const fetches = fetchesOf(nodes, own);
  return { job: { model, feeds, fetches, external }, nodes, outputs: own };
}

/** A tensor as the model declares it. */
function feedOf(
  { name, dtype }: GraphInput,
  { dtype: own, shape, data }: Tensor,
): OnnxTensor | Text {
  const type = dtype ?? own;
  const dims = shape;
  if (type === "float32") return { type, dims, data: Float32Array.from(data) };
  if (type === "float64") return { type, dims, data: Float64Array.from(data) };
  if (type === "int32") return { type, dims, data: Int32Array.from(data) };
  if (type === "uint8") return { type, dims, data: Uint8Array.from(data) };
  if (type === "bool") return { type, dims, data: Uint8Array.from(data, (v) => Number(v !== 0)) };
  if (type === "int64") {
    return { type, dims, data: BigInt64Array.from(Array.from(data, whole)) };
  }
  return text("the model's input {0} is {1}, which is not given to it here", name, type);
}

function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
}

/** @throws UnsupportedError with why it cannot be computed; CancelledError. */
async function computed(
  { weights, module, spec }: GraphFrame,
  job: GraphJob | Text,
  files: ArchiveFiles,
): Promise<GraphAnswer> {
  const file = baseName(spec.weights.file);
  const refused = (problem: Text, remedy: Text | null = null): UnsupportedError =>
    new UnsupportedError(
      { file },
      remedy === null
        ? text("the input is that of the whole model, which cannot be computed: {0}", problem)
        : text(
            "the input is that of the whole model, which cannot be computed: {0}; {1}",
            problem,
            remedy,
          ),
    );
  if (isText(job)) throw refused(job);
  if (files.runModel === undefined || weights.graph === undefined) {
    throw refused(text("ONNX Runtime is not at hand here"));
  }
  const reply = await files.runModel(job.job, noControl);
  if (reply.kind !== "outputs") {
    const { sentence, remedy } = refusalText(reply);
    throw refused(sentence, remedy);
  }
  const answer = graphAnswer(module.config, job, reply);
  if (isText(answer)) throw refused(answer);
  return answer;
}

function inputNote({ module }: GraphFrame, answer: GraphAnswer, { file }: GivenToGraph): Text {
  const [node = ""] = module.facts.onnxNodes?.names ?? [];
  return text(
    "x, [T, B, I], is what the graph gives {0}: ONNX Runtime {1} has computed it from {2}",
    ...([node, answer.version, baseName(file)] as const),
  );
}

/** The run with what the graph gave its module in the place of its own input. */
function overlay(
  { spec: written }: GraphFrame,
  spec: RunSpec,
  answer: GraphAnswer,
  files: ArchiveFiles,
): Omit<FromGraph, "graph"> {
  const location = `${written.weights.file}/ONNX Runtime ${answer.version}`;
  const { x, h0, c0, lengths } = answer;
  const tensors = new Map<string, Tensor>([["x", x]]);
  if (h0 !== null) tensors.set("h0", h0);
  if (c0 !== null) tensors.set("c0", c0);
  const archive = archiveOf(location, tensors);
  const own = (name: "h0" | "c0"): Partial<RunSpec> =>
    spec[name] === undefined && tensors.has(name)
      ? { [name]: formatTensorRef(location, name) }
      : {};
  return {
    spec: {
      ...spec,
      ...own("h0"),
      ...own("c0"),
      ...(spec.lengths === undefined && lengths !== null ? { lengths } : {}),
      input: formatTensorRef(location, "x"),
      options: { ...spec.options, batchFirst: false },
    },
    files: {
      ...besideOf(files),
      open: (asked) => (asked === location ? Promise.resolve(archive) : files.open(asked)),
    },
  };
}

function archiveOf(location: string, tensors: ReadonlyMap<string, Tensor>): Archive {
  const known = new Map<TensorEntry, Tensor>();
  for (const [name, tensor] of tensors) {
    const { dtype, shape } = tensor;
    known.set({ name, dtype, shape, byteLength: elementCount(shape) * byteWidth(dtype) }, tensor);
  }
  return {
    format: "onnx",
    notes: [],
    declared: [],
    ...tensorsOf(baseName(location), known, ({ dtype, shape, data }, box) =>
      Promise.resolve(cropRaw(encodeRaw(dtype, shape, data), box)),
    ),
  };
}

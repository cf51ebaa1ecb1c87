/**
 * ONNX Runtime as an engine of references: the run is written as a graph in memory, run, and read back.
 */
import { grouped } from "../../core/numeric";
import type { RunControl } from "../../core/control";
import { isUnrollError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { bytesWritten } from "../../formats/write/bytesWritten";
import { writeOnnx } from "../../formats/write/onnxModel";
import { directionsOf } from "../../model/directions";
import { gateCount } from "../../model/gates";
import { prepareRun, type PreparedRun } from "../../run/inputs";
import type {
  NotCovered,
  ReferenceAnswer,
  ReferenceEngine,
  ReferenceOutcome,
  ReferenceRequest,
  ReferenceUnavailable,
} from "../engine";
import { answered } from "./answers";
import type { FloatType } from "./builder";
import { graphOfRun, type RunGraph, type Wanted } from "./network";
import { hasOperator } from "./operatorLane";
import { ofWholeGraph } from "./wholeGraph";
import { refusalText, tooLarge } from "../../run/graph/refusals";
import type { OnnxReply, OnnxRuntime } from "../../run/graph/runtime";

/** Values of all states that are asked for: they cross between threads, and lie in the memory of both. */
const maxValues = 2 ** 27;
/** Gates are asked for as long as all states together stay small: they are five in eight of them. */
const maxValuesWithGates = 2 ** 22;

/** The engine, over a runtime that starts when it is first asked. */
export function createOnnxEngine(runtime: OnnxRuntime): ReferenceEngine {
  return {
    id: "onnxruntime",
    run: (request, control) => runNetwork(request, runtime, control),
    dispose: () => runtime.dispose(),
  };
}

async function runNetwork(
  { inputs, choice, graph: whole }: ReferenceRequest,
  runtime: OnnxRuntime,
  control: RunControl,
): Promise<ReferenceOutcome> {
  const prepared = prepareRun(inputs);
  const { run } = prepared;
  const dtype = choice.dtype ?? (inputs.precision === "f64" ? "float64" : "float32");
  const refusal = refusalOf(prepared);
  if (refusal !== null) return refusal;
  const wanted = wantedOf(prepared);
  control.report(0, text("Writing the run as an ONNX graph"));
  const graph = graphOfRun(run, inputs.surrounding?.head ?? null, dtype, wanted);
  let model: Uint8Array<ArrayBuffer>;
  try {
    model = await bytesWritten((sink) => writeOnnx(graph.model, sink, control));
  } catch (error) {
    if (isUnrollError(error) && error.tag === "limit") {
      return { ...unavailable, ...tooLarge(error.text) };
    }
    throw error;
  }
  control.report(0.2, text("Running {0}", "ONNX Runtime"));
  const reply = await runtime.run({ model, feeds: graph.feeds }, control);
  if (reply.kind !== "outputs") return { ...unavailable, ...refusalText(reply) };
  const answer = answerOf({ inputs, choice }, prepared, { graph, dtype, wanted }, reply);
  return whole == null ? answer : ofWholeGraph(answer, prepared, whole, runtime, control);
}

/** Sizes that no graph is written of. */
function refusalOf({ run }: PreparedRun): ReferenceUnavailable | null {
  const { seqLength, batchSize } = run;
  if (seqLength === 0 || batchSize === 0) {
    const nothing = text("ONNX Runtime was not asked: the run has no steps or no rows");
    return { ...unavailable, why: "unsupported", sentence: nothing, remedy: null };
  }
  return valuesOf(run, false) > maxValues
    ? {
        ...unavailable,
        ...tooLarge(
          text(
            "its states are {0} values, the limit is {1}",
            grouped(valuesOf(run, false)),
            grouped(maxValues),
          ),
        ),
      }
    : null;
}

/** Values of all states: h and c of every lane and step, and gates. */
function valuesOf({ config, seqLength, batchSize }: PreparedRun["run"], gates: boolean): number {
  const lanes = config.numLayers * directionsOf(config).length;
  const quantities = (config.cell === "LSTM" ? 2 : 1) + (gates ? gateCount(config.cell) : 0);
  return lanes * seqLength * batchSize * config.hiddenSize * quantities;
}

function wantedOf({ run }: PreparedRun): Wanted {
  const small = valuesOf(run, true) <= maxValuesWithGates;
  return { c: run.config.cell === "LSTM", gates: small && run.config.cell !== "RNN" };
}

const unavailable = { kind: "unavailable", engine: "onnxruntime" } as const;

interface Computed {
  readonly graph: RunGraph;
  readonly dtype: FloatType;
  readonly wanted: Wanted;
}

function answerOf(
  { inputs, choice }: Pick<ReferenceRequest, "inputs" | "choice">,
  prepared: PreparedRun,
  { graph, dtype, wanted }: Computed,
  { outputs, version, milliseconds }: Extract<OnnxReply, { kind: "outputs" }>,
): ReferenceAnswer {
  return {
    kind: "answer",
    engine: "onnxruntime",
    version,
    dtype,
    device: "WASM, CPU",
    ...answered(inputs, prepared, graph, outputs, dtype),
    notCovered: notCoveredBy(prepared, wanted, inputs.surrounding?.tokens != null),
    notes: [...notesOf(prepared, dtype), ...requestNotes(inputs.precision, choice)],
    milliseconds,
  };
}

function notCoveredBy({ run }: PreparedRun, wanted: Wanted, isEmbedded: boolean): NotCovered[] {
  const most = text("all states together are more than {0} values", grouped(maxValuesWithGates));
  return [
    ...(run.config.cell !== "RNN" && !wanted.gates ? [{ what: "gates", reason: most }] : []),
    ...(isEmbedded
      ? [{ what: "embedded", reason: text("it is given the rows that the run looked up") }]
      : []),
  ];
}

/** Which part is the operator's own, and which is not. */
function notesOf({ run: { config } }: PreparedRun, dtype: FloatType): Text[] {
  const { cell } = config;
  if (!hasOperator(config, dtype)) {
    const reason =
      config.projSize > 0
        ? text("its operator {0} has no projection", cell)
        : text("its operator {0} has no float64", cell);
    return [text("ONNX Runtime computed this with single operations in a Scan: {0}", reason)];
  }
  if (cell === "RNN") return [];
  const what = cell === "LSTM" ? "c, i, f, g, o" : "r, z, n";
  return [
    text(
      "ONNX Runtime's h is of its operator {0}; {1}, which the operator keeps to itself, are of single operations in a Scan",
      cell,
      what,
    ),
  ];
}

function requestNotes(
  precision: ReferenceRequest["inputs"]["precision"],
  { device = "cpu" }: ReferenceRequest["choice"],
): Text[] {
  const is16 = precision === "f16" || precision === "bf16";
  return [
    ...(is16 ? [text("the run rounds to 16 bits, ONNX Runtime computes in float32")] : []),
    ...(device === "gpu" ? [text("the embedded ONNX Runtime computes on the CPU only")] : []),
  ];
}

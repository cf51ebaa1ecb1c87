/**
 * An answer whose results and h are those of the whole model, run as its file has it; what its nodes keep to themselves,
 * c and gates, stays that of the graph of the run.
 */
import { difference } from "../../analysis/compare";
import { controlOfPart, type RunControl } from "../../core/control";
import { isText, text, type Text } from "../../core/text";
import { outputShapes } from "../../model/sequence";
import { stateName } from "../../model/stateNames";
import { graphAnswer, type GraphAnswer } from "../../run/graph/answer";
import { refusalText } from "../../run/graph/refusals";
import type { OnnxRuntime } from "../../run/graph/runtime";
import type { PreparedRun } from "../../run/inputs";
import type { LoadedGraph } from "../../run/load/graph/fromGraph";
import { sameShape, swapLeadingAxes, type Tensor } from "../../tensor/tensor";
import type { ReferenceAnswer } from "../engine";

/** The answer, or the same with a note about why the whole model gave none. @throws CancelledError. */
export async function ofWholeGraph(
  answer: ReferenceAnswer,
  prepared: PreparedRun,
  graph: LoadedGraph,
  runtime: OnnxRuntime,
  control: RunControl,
): Promise<ReferenceAnswer> {
  const whole = await answerOf(prepared, graph, runtime, controlOfPart(control, 0.6, 1));
  if (isText(whole)) return noted(answer, whole);
  const { sizes, run } = prepared;
  const shapes = outputShapes(run.config, sizes);
  const turns = run.config.batchFirst && !sizes.unbatched;
  const output = turns ? turned(whole.output) : whole.output;
  const fits = whole.output.data.length === answer.tensors.output?.data.length;
  if (!fits || output.data.length === 0) {
    return noted(answer, text("the whole model has given a sequence of another size"));
  }
  const states = answer.states.map((state) => {
    const lane = whole.lanes.find(
      (one) => stateName({ ...one, quantity: "h" }) === stateName(state),
    );
    return lane !== undefined && sameShape(lane.tensor.shape, state.tensor.shape)
      ? { ...state, tensor: lane.tensor }
      : state;
  });
  return {
    ...answer,
    tensors: {
      ...answer.tensors,
      output: { ...output, shape: shapes.output },
      h_n: { ...whole.hn, shape: shapes.hn },
      ...(whole.cn === null || shapes.cn === null
        ? {}
        : { c_n: { ...whole.cn, shape: shapes.cn } }),
    },
    states,
    notes: [wholeNote(graph, whole), ...expectedNotes(graph, whole), ...answer.notes],
    milliseconds: answer.milliseconds + whole.milliseconds,
  };
}

function noted(answer: ReferenceAnswer, problem: Text): ReferenceAnswer {
  const note = text("the model was not run whole, its module alone was: {0}", problem);
  return { ...answer, notes: [note, ...answer.notes] };
}

async function answerOf(
  { run }: PreparedRun,
  { job, answer, problem }: LoadedGraph,
  runtime: OnnxRuntime,
  control: RunControl,
): Promise<GraphAnswer | Text> {
  if (answer !== null) return answer;
  if (job === null) return problem ?? text("it is not held");
  control.report(0, text("Running the whole model"));
  // The model is handed over to another thread, and kept for the next time.
  const reply = await runtime.run({ ...job.job, model: job.job.model.slice() }, control);
  return reply.kind === "outputs"
    ? graphAnswer(run.config, job, reply)
    : refusalText(reply).sentence;
}

/** (T, B, H) ↔ (B, T, H). */
function turned({ dtype, shape, data }: Tensor): Tensor {
  const [steps = 0, batch = 0, units = 0] = shape;
  return { dtype, shape: [batch, steps, units], data: swapLeadingAxes(data, shape) };
}

function wholeNote({ file }: LoadedGraph, { isTurned }: GraphAnswer): Text {
  return isTurned
    ? text(
        "output, final states and h are those of the whole model {0}; ONNX Runtime does not compute layout 1, so its nodes were run in layout 0 between transpositions",
        file,
      )
    : text("output, final states and h are those of the whole model {0}", file);
}

/** How far what the model gave is from what its test data say that it gives. */
function expectedNotes({ expected }: LoadedGraph, { outputs }: GraphAnswer): Text[] {
  return [...expected].flatMap(([name, tensor]) => {
    const found = outputs.get(name);
    if (found === undefined) return [];
    if (!sameShape(found.shape, tensor.shape)) {
      return [text("the test data of {0} have another shape than ONNX Runtime gives", name)];
    }
    const apart = farthest(found, tensor);
    return [
      text(
        "the whole model's {0} is at most {1} from what its test data say",
        ...([name, apart.toPrecision(2)] as const),
      ),
    ];
  });
}

function farthest(left: Tensor, right: Tensor): number {
  let most = 0;
  for (const [at, value] of left.data.entries()) {
    const size = Math.abs(difference(value, right.data[at] ?? NaN, true));
    if (!(size <= most)) most = size;
  }
  return most;
}

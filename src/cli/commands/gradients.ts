/**
 * `unroll gradients`: the gradients of a loss, as a table of norms and as a file of tensors.
 */
import type { RunControl } from "../../core/control";
import type { FileSet } from "../../node/files";
import { existingDirection } from "../../model/directions";
import type { RunView } from "../../protocol/run/messages";
import { encodeNumber } from "../../protocol/wire";
import type { Session } from "../../session/session";
import type { LaneFlow, LossGradients, LossInput } from "../../session/gradients/lossGradients";
import { formatTensorRef, parseTensorRef, type TensorRef } from "../../run/spec/spec";
import { readNamedTensor } from "../../run/load/tensors/runTensors";
import type { Tensor } from "../../tensor/tensor";
import { renderText } from "../../core/text";
import type { LossFlags } from "../flags/gradientFlags";
import { formatNumber, formatTable } from "../print/table";

/** Computes the gradients that a command line asks for; those of every step only where they are written. */
export async function computeGradients(
  session: Session,
  loss: LossFlags,
  { files, control, keepsSteps }: { files: FileSet; control: RunControl; keepsSteps: boolean },
): Promise<LossGradients> {
  const input = await lossInput(session.view, loss, files);
  return session.lossGradients(input, { control, keepsSteps });
}

/** The table of a loss's gradients: ‖∂L/∂h_t‖ at the first, middle and last step of each lane, and what it means. */
export function formatGradients(
  view: RunView,
  loss: LossFlags,
  { value, lanes }: LossGradients,
): string {
  const steps = stepsShown(view.seqLength);
  const rows = lanes.map((lane) => [
    laneName(lane),
    ...steps.map((step) => formatNumber(lane.perStep[step] ?? 0)),
    renderText(lane.sentence),
  ]);
  const heading = ["‖∂L/∂h_t‖", ...steps.map((step) => `t = ${step}`), ""];
  return `loss ${loss.kind} = ${formatNumber(value)}\n\n${formatTable([heading, ...rows])}`;
}

/** `unroll gradients --json`. */
export function gradientsJson(
  view: RunView,
  loss: LossFlags,
  { value, lanes, tensors }: LossGradients,
  out: string | null,
): object {
  return {
    module: view.module,
    constructor: view.constructorLine,
    seqLength: view.seqLength,
    batchSize: view.batchSize,
    loss: { ...loss, value: encodeNumber(value) },
    lanes: lanes.map((lane) => ({
      layer: lane.layer,
      direction: lane.direction,
      norms: stepsShown(view.seqLength).map((step) => ({
        step,
        norm: encodeNumber(lane.perStep[step] ?? 0),
      })),
      flow: lane.flow,
      from: lane.from,
      to: lane.to,
      ratio: encodeNumber(lane.ratio),
      sentence: renderText(lane.sentence),
    })),
    tensors: Object.fromEntries(
      [...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
    ),
    out,
  };
}

/** The files that a loss reads. */
export function lossFiles(loss: LossFlags): readonly string[] {
  const files: string[] = [];
  mapLossFiles(loss, (file) => {
    files.push(file);
    return file;
  });
  return files;
}

/** The same loss with the file that it reads passed through `map`. */
export function mapLossFiles(loss: LossFlags, map: (file: string) => string): LossFlags {
  const mapRef = (ref: TensorRef): TensorRef => {
    const { file, tensor } = parseTensorRef(ref);
    return formatTensorRef(map(file), tensor);
  };
  if (loss.kind === "weighted") return { ...loss, against: mapRef(loss.against) };
  if (loss.kind !== "cross-entropy" || typeof loss.targets !== "string") return loss;
  return { ...loss, targets: mapRef(loss.targets) };
}

async function lossInput(view: RunView, loss: LossFlags, files: FileSet): Promise<LossInput> {
  switch (loss.kind) {
    case "sum":
    case "last":
      return { kind: loss.kind };
    case "weighted":
      return { kind: "weighted", factors: await readNamedTensor(loss.against, files) };
    case "unit": {
      const { config } = view;
      const layer = (config?.numLayers ?? 1) - 1;
      const direction = config === null ? "forward" : existingDirection(config, "forward");
      const start = { layer, direction, step: view.seqLength - 1 } as const;
      const place = { ...start, batch: 0, unit: 0, ...loss.place };
      return { kind: "unit", place, stateName: loss.stateName };
    }
    case "cross-entropy": {
      const targets =
        typeof loss.targets === "string"
          ? await readNamedTensor(loss.targets, files)
          : tensorOfNumbers(loss.targets);
      return { kind: "cross-entropy", targets, reduction: loss.reduction };
    }
  }
}

function tensorOfNumbers(numbers: readonly number[]): Tensor {
  return { dtype: "int64", shape: [numbers.length], data: Float64Array.from(numbers) };
}

/** The first, middle and last step, each once. */
function stepsShown(seqLength: number): readonly number[] {
  const last = seqLength - 1;
  return [...new Set([0, Math.floor(last / 2), last])];
}

function laneName({ layer, direction }: LaneFlow): string {
  return `layer ${layer} ${direction}`;
}

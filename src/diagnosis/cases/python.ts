/**
 * Lines of Python that run a module of torch.nn on the tensors of a case.
 */
import {
  constructorLine,
  isPytorchVariant,
  numDirections,
  stateSize,
  type RecurrentConfig,
} from "../../model/config";

/** True where torch.nn has a module that computes the same. */
export function isTorchModule(config: RecurrentConfig): boolean {
  return isPytorchVariant(config) && config.reverseOnly !== true;
}

/** What the forward of a module depends on beside its weights. */
export interface ForwardFrame {
  readonly config: RecurrentConfig;
  readonly unbatched: boolean;
  readonly hasLengths: boolean;
}

/**
 * The body of a function of x, h0, c0 (None for zeros) and lengths, all NumPy arrays, that returns output, h_n and c_n.
 * `module` is bound to a torch.nn module with its weights.
 */
export function torchForward(frame: ForwardFrame): string[] {
  return [
    "dtype = next(module.parameters()).dtype",
    "x, h0, c0 = (None if a is None else torch.from_numpy(a).to(dtype) for a in (x, h0, c0))",
    "with torch.no_grad():",
    ...(frame.config.isCellClass ? cellForward(frame) : layerForward(frame)).map(
      (line) => `    ${line}`,
    ),
    "return tuple(None if a is None else a.numpy() for a in (output, h_n, c_n))",
  ];
}

/** `torch.nn.LSTM(5, 6, num_layers=2)`. */
export function torchConstructor(config: RecurrentConfig): string {
  return `torch.${constructorLine(config)}`;
}

function layerForward({ config, unbatched, hasLengths }: ForwardFrame): string[] {
  const { cell, numLayers, hiddenSize, batchFirst } = config;
  const slots = numLayers * numDirections(config);
  const rows = unbatched ? [] : [`x.shape[${batchFirst ? 0 : 1}]`];
  const zeros = (size: number): string =>
    `torch.zeros(${[slots, ...rows, size].join(", ")}, dtype=dtype)`;
  const call = hasLengths ? packedCall(config) : plainCall;
  const h0 = `h0 = ${zeros(stateSize(config))} if h0 is None else h0`;
  if (cell === "LSTM") {
    const c0 = `c0 = ${zeros(hiddenSize)} if c0 is None else c0`;
    return [h0, c0, ...call("output, (h_n, c_n)", "(h0, c0)")];
  }
  return [h0, ...call("output, h_n", "h0"), "c_n = None"];
}

/** Lines that call the module with a state and bind what it returns. */
type Call = (results: string, state: string) => string[];

const plainCall: Call = (results, state) => [`${results} = module(x, ${state})`];

function packedCall({ batchFirst }: RecurrentConfig): Call {
  const batch = batchFirst ? ", batch_first=True" : "";
  return (results, state) => [
    `T = x.shape[${batchFirst ? 1 : 0}]`,
    "x = torch.nn.utils.rnn.pack_padded_sequence(",
    `    x, torch.from_numpy(lengths)${batch}, enforce_sorted=False`,
    ")",
    ...plainCall(results, state),
    `output, _ = torch.nn.utils.rnn.pad_packed_sequence(output${batch}, total_length=T)`,
  ];
}

/** A cell class, step by step. Rows that have ended keep their state, and their output is 0. */
function cellForward({ config, unbatched, hasLengths }: ForwardFrame): string[] {
  const { cell, hiddenSize, batchFirst } = config;
  const isLstm = cell === "LSTM";
  const axis = batchFirst && !unbatched ? 1 : 0;
  const rows = unbatched ? "" : `x.shape[${1 - axis}], `;
  const zeros = `torch.zeros(${rows}${hiddenSize}, dtype=dtype)`;
  const state = isLstm ? "h, c" : "h";
  return [
    `h = ${zeros} if h0 is None else h0`,
    ...(isLstm ? [`c = ${zeros} if c0 is None else c0`] : []),
    "steps = []",
    `for t, x_t in enumerate(x.unbind(${axis})):`,
    ...(hasLengths
      ? [
          "    goes_on = torch.from_numpy(lengths > t)[:, None]",
          `    ${isLstm ? "h_t, c_t" : "h_t"} = module(x_t, ${isLstm ? "(h, c)" : "h"})`,
          "    h = torch.where(goes_on, h_t, h)",
          ...(isLstm ? ["    c = torch.where(goes_on, c_t, c)"] : []),
          "    steps.append(torch.where(goes_on, h_t, torch.zeros_like(h_t)))",
        ]
      : [`    ${state} = module(x_t, ${isLstm ? "(h, c)" : "h"})`, "    steps.append(h)"]),
    `output, h_n, c_n = torch.stack(steps, ${axis}), h, ${isLstm ? "c" : "None"}`,
  ];
}

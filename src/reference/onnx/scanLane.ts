/**
 * A direction of a layer as single operations: a Scan over the steps, whose body is the cell's equations.
 *
 * It gives what the operators keep to themselves, c and the gates of every step, and computes what they do not have:
 * projections, and everything in float64.
 */
import type { OnnxValue } from "../../formats/write/onnxModel";
import type { RecurrentConfig } from "../../model/config";
import { gateCount, gateOrder } from "../../model/gates";
import { Nodes, type GraphBuilder } from "./builder";
import type { LaneFrame, LaneValues } from "./operatorLane";
import { transposed } from "./rearranged";

/** What a step gives, by the names in its body. */
interface Step {
  readonly h: string;
  readonly c: string | null;
  readonly gates: Readonly<Record<string, string>>;
}

/** Adds the Scan; `gates` says whether those are wanted. `sizes` are those of the input. */
export function addScanLane(
  graph: GraphBuilder,
  frame: LaneFrame,
  { batchSize, gates: wantsGates }: { readonly batchSize: number; readonly gates: boolean },
): LaneValues {
  const { config, weights, name, mask, direction } = frame;
  const hasC = config.cell === "LSTM";
  const body = new Nodes(`${name}.step.`);
  const before = { h: `${name}.h_before`, c: hasC ? `${name}.c_before` : null };
  const xw = `${name}.xw_t`;
  const step = new CellBody(graph, frame, body).step(xw, before);
  const kept = hasC && step.c !== null ? [step.h, step.c] : [step.h];
  const befores = [before.h, ...(before.c === null ? [] : [before.c])];
  const masked = new Masking(graph, body, mask === "" ? "" : `${name}.mask_t`);
  const carried = kept.map((value, at) => masked.held(value, befores[at] ?? ""));
  const letters = wantsGates ? Object.keys(step.gates) : [];
  const scanned = [
    ...kept.map((value) => masked.zeroed(value)),
    ...letters.map((letter) => masked.zeroed(step.gates[letter] ?? "")),
  ];
  const { stateSize, hiddenSize } = weights;
  const sizes = [stateSize, ...(hasC ? [hiddenSize] : [])];
  const value = (of: string, width: number): OnnxValue => ({
    name: of,
    shape: [batchSize, width],
    elementType: graph.type,
  });
  const scanInputs = [
    value(xw, gateCount(config.cell) * hiddenSize),
    ...(mask === ""
      ? []
      : [{ name: `${name}.mask_t`, shape: [batchSize, 1], elementType: "bool" } as const]),
  ];
  const inner = {
    name: `${name}.step`,
    nodes: body.list,
    inputs: [...befores.map((of, at) => value(of, sizes[at] ?? 0)), ...scanInputs],
    outputs: [
      ...carried.map((of, at) => value(of, sizes[at] ?? 0)),
      ...scanned.map((of, at) => value(of, sizes[at] ?? hiddenSize)),
    ],
  };
  const way = direction === "reverse" ? 1 : 0;
  const states = ["h", ...(hasC ? ["c"] : [])];
  const results = [...states, ...letters].map((of) => `${name}.${of}`);
  graph.nodes.addAll(
    "Scan",
    [
      ...initialStates(graph, frame, batchSize),
      inputProducts(graph, frame),
      ...(mask === "" ? [] : [mask]),
    ],
    [...states.map((of) => `${name}.${of}_last`), ...results.map((of) => `${of}_all`)],
    {
      num_scan_inputs: scanInputs.length,
      scan_input_directions: scanInputs.map(() => way),
      scan_output_directions: results.map(() => way),
      body: { graph: inner },
    },
  );
  return {
    h: `${name}.h_all`,
    c: hasC ? `${name}.c_all` : null,
    hn: `${name}.h_last`,
    cn: hasC ? `${name}.c_last` : null,
    gates: Object.fromEntries(letters.map((letter) => [letter, `${name}.${letter}_all`])),
  };
}

/** W·x + b_ih of every step at once, (T, B, G·H). */
function inputProducts(graph: GraphBuilder, { weights, config, name, x }: LaneFrame): string {
  const rows = gateCount(config.cell) * weights.hiddenSize;
  const { weightIh, biasIh, inputSize } = weights;
  const matrix = graph.floats(`${name}.Wt`, [inputSize, rows], transposed(weightIh, rows));
  const product = graph.nodes.add("MatMul", [x, matrix], {}, `${name}.xw_product`);
  if (biasIh === null) return product;
  const bias = graph.floats(`${name}.b_ih`, [rows], biasIh);
  return graph.nodes.add("Add", [product, bias], {}, `${name}.xw`);
}

/** h and c before the first step, (B, P) and (B, H). */
function initialStates(
  graph: GraphBuilder,
  { config, weights, name, h0, c0 }: LaneFrame,
  batchSize: number,
): string[] {
  const { stateSize, hiddenSize } = weights;
  const flat = (given: string, state: string, size: number): string => {
    if (given === "") {
      return graph.floats(`zeros_${size}`, [batchSize, size], new Float64Array(batchSize * size));
    }
    const axis = graph.integers("axis_of_slots", [0]);
    return graph.nodes.add("Squeeze", [given, axis], {}, `${name}.${state}_first`);
  };
  return [flat(h0, "h", stateSize), ...(config.cell === "LSTM" ? [flat(c0, "c", hiddenSize)] : [])];
}

/** Padding: the state is held, and what is returned is 0. */
class Masking {
  readonly #body: Nodes;
  readonly #mask: string;
  readonly #zero: string;

  constructor(graph: GraphBuilder, body: Nodes, mask: string) {
    this.#body = body;
    this.#mask = mask;
    this.#zero = mask === "" ? "" : graph.scalar("zero", 0);
  }

  held(after: string, before: string): string {
    return this.#mask === ""
      ? this.#body.add("Identity", [after])
      : this.#body.add("Where", [this.#mask, after, before]);
  }

  zeroed(value: string): string {
    return this.#mask === ""
      ? this.#body.add("Identity", [value])
      : this.#body.add("Where", [this.#mask, value, this.#zero]);
  }
}

/** The equations of one step, in the names of `engine/readable/cells`. */
class CellBody {
  readonly #graph: GraphBuilder;
  readonly #frame: LaneFrame;
  readonly #body: Nodes;

  constructor(graph: GraphBuilder, frame: LaneFrame, body: Nodes) {
    this.#graph = graph;
    this.#frame = frame;
    this.#body = body;
  }

  /** `xw` is W·x + b_ih, (B, G·H). */
  step(xw: string, before: { readonly h: string; readonly c: string | null }): Step {
    switch (this.#config.cell) {
      case "RNN":
        return this.#rnn(xw, before.h);
      case "LSTM":
        return this.#lstm(xw, before.h, before.c ?? "");
      case "GRU":
        return this.#gru(xw, before.h);
    }
  }

  get #config(): RecurrentConfig {
    return this.#frame.config;
  }

  #rnn(xw: string, h: string): Step {
    const sum = this.#limited(this.#op("Add", xw, this.#recurrent(h)));
    const isTanh = this.#config.nonlinearity === "tanh";
    return { h: this.#op(isTanh ? "Tanh" : "Relu", sum), c: null, gates: {} };
  }

  #lstm(xw: string, h: string, c: string): Step {
    const { variant } = this.#config;
    const sums = this.#split(this.#op("Add", xw, this.#recurrent(h)), gateOrder.LSTM);
    const [si = "", sf = "", sg = "", so = ""] = sums;
    const i = this.#gate(this.#look("i", si, c));
    const f = variant.coupledInputForget
      ? this.#op("Sub", this.#one(), i)
      : this.#gate(this.#look("f", sf, c));
    const g = this.#op("Tanh", this.#limited(sg));
    const after = this.#op("Add", this.#op("Mul", f, c), this.#op("Mul", i, g));
    const o = this.#gate(this.#look("o", so, after));
    const unprojected = this.#op("Mul", o, this.#op("Tanh", after));
    return { h: this.#projected(unprojected), c: after, gates: { i, f, g, o } };
  }

  #gru(xw: string, h: string): Step {
    const { resetAfter } = this.#config.variant;
    const [xr = "", xz = "", xn = ""] = this.#split(xw, gateOrder.GRU);
    const [hr = "", hz = "", hn = ""] = this.#split(this.#recurrent(h), gateOrder.GRU);
    const r = this.#gate(this.#op("Add", xr, hr));
    const z = this.#gate(this.#op("Add", xz, hz));
    const reset = resetAfter
      ? this.#op("Mul", r, hn)
      : (this.#split(this.#recurrent(this.#op("Mul", r, h)), gateOrder.GRU)[2] ?? "");
    const n = this.#op("Tanh", this.#limited(this.#op("Add", xn, reset)));
    const kept = this.#op("Mul", z, h);
    const fresh = this.#op("Mul", this.#op("Sub", this.#one(), z), n);
    return { h: this.#op("Add", fresh, kept), c: null, gates: { r, z, n } };
  }

  /** W_hh·h + b_hh. */
  #recurrent(h: string): string {
    const { weights, name } = this.#frame;
    const { weightHh, biasHh, stateSize, hiddenSize } = weights;
    const rows = gateCount(this.#config.cell) * hiddenSize;
    const matrix = this.#graph.floats(`${name}.Rt`, [stateSize, rows], transposed(weightHh, rows));
    const product = this.#op("MatMul", h, matrix);
    if (biasHh === null) return product;
    return this.#op("Add", product, this.#graph.floats(`${name}.b_hh`, [rows], biasHh));
  }

  #split(value: string, letters: readonly string[]): readonly string[] {
    const outputs = letters.map(() => this.#body.fresh());
    this.#body.addAll("Split", [value], outputs, { axis: 1 });
    return outputs;
  }

  /** A gate's sum, which may look at c. */
  #look(letter: string, sum: string, c: string): string {
    const { weights, name } = this.#frame;
    const { peephole, hiddenSize: H } = weights;
    if (peephole === null || !this.#config.variant.peephole) return sum;
    const block = ["i", "f", "o"].indexOf(letter);
    const values = peephole.subarray(block * H, (block + 1) * H);
    const weight = this.#graph.floats(`${name}.p_${letter}`, [H], values);
    return this.#op("Add", sum, this.#op("Mul", weight, c));
  }

  /** The activation of a gate, of its limited sum. */
  #gate(sum: string): string {
    const { gateActivation: gate } = this.#config.variant;
    const limited = this.#limited(sum);
    if (gate.kind === "sigmoid") return this.#op("Sigmoid", limited);
    const slope = this.#graph.scalar("gate_alpha", gate.alpha);
    const line = this.#op("Mul", limited, slope);
    const raised = this.#op("Add", line, this.#graph.scalar("gate_beta", gate.beta));
    return this.#op("Clip", raised, this.#graph.scalar("zero", 0), this.#one());
  }

  #limited(sum: string): string {
    const { clip } = this.#config.variant;
    if (clip === null) return sum;
    const [low, high] = [
      this.#graph.scalar("clip_low", -clip),
      this.#graph.scalar("clip_high", clip),
    ];
    return this.#op("Clip", sum, low, high);
  }

  #projected(h: string): string {
    const { weights, name } = this.#frame;
    const { weightHr, stateSize, hiddenSize } = weights;
    if (weightHr === null) return h;
    const turned = transposed(weightHr, stateSize);
    return this.#op(
      "MatMul",
      h,
      this.#graph.floats(`${name}.W_hr`, [hiddenSize, stateSize], turned),
    );
  }

  #one(): string {
    return this.#graph.scalar("one", 1);
  }

  #op(op: string, ...inputs: readonly string[]): string {
    return this.#body.add(op, inputs);
  }
}

/**
 * Weights in the kernels' memory, packed when a layer first runs. Their layout is that of kernel/layout.
 */
import type { LayerWeights, NetworkWeights, WeightArray } from "../../model/bind";
import type { RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import * as Cell from "./kernel/layout/cell";
import * as Layer from "./kernel/layout/layer";
import { tileLineBytes, vectorBytes } from "./kernel/layout/memory";
import type { Kernel } from "./binary";
import type { KernelMemory } from "./memory";
import type { LanePlace } from "../base/trace";
import type { Shares } from "./spans";
import type { Sharing } from "./team";

/** Groups of units that are whole tiles of any cell's gates. */
const groupsOfPart = 2;

/** Rows are packed by so many bytes, which stay in a cache between their copy and their turn. */
const stagingBytes = 2 ** 19;

/** Bytes that the packed weights of a network take at most. */
export function packedBytes(weights: NetworkWeights, bytesPerValue: 4 | 8): number {
  const lanes = vectorBytes / bytesPerValue;
  let rows = 0;
  for (const layer of weights.flat()) {
    const padded = Math.ceil(layer.hiddenSize / lanes) * lanes;
    const gates = layer.weightIh.length / (layer.hiddenSize * layer.inputSize);
    rows += (gates * padded + lanes) * (layer.inputSize + layer.stateSize + 2) + 64;
    if (layer.weightHr !== null) rows += (layer.stateSize + 2 * lanes) * (layer.hiddenSize + 1);
  }
  return rows * bytesPerValue + stagingArea(weights, bytesPerValue);
}

/** The largest block of rows that is packed at once, and a line. */
function stagingArea(weights: NetworkWeights, bytesPerValue: 4 | 8): number {
  const rows = weights
    .flat()
    .map(({ inputSize, stateSize, hiddenSize }) => Math.max(inputSize, stateSize, hiddenSize));
  const longest = Math.max(...rows) * bytesPerValue;
  return stagingBytes + 4 * (vectorBytes / bytesPerValue) * longest;
}

/** Value of a layer's word `cell`. */
function kindOf({ cell, nonlinearity }: RecurrentConfig): number {
  if (cell === "RNN") return nonlinearity === "tanh" ? Cell.rnnTanh : Cell.rnnRelu;
  return { LSTM: Cell.lstm, GRU: Cell.gru }[cell];
}

export class PackedLayers {
  readonly #memory: KernelMemory;
  readonly #kernel: Kernel;
  readonly #config: RecurrentConfig;
  readonly #weights: NetworkWeights;
  readonly #staging: number;
  readonly #addresses: number[][];
  /** By layer and direction, by what is shared and with how many. */
  readonly #shares: Shares[][] = [];

  constructor(
    memory: KernelMemory,
    kernel: Kernel,
    network: { readonly config: RecurrentConfig; readonly weights: NetworkWeights },
  ) {
    this.#memory = memory;
    this.#kernel = kernel;
    this.#config = network.config;
    this.#weights = network.weights;
    this.#staging = memory.reserve(stagingArea(network.weights, memory.bytesPerValue));
    this.#addresses = network.weights.map(() => []);
  }

  /** What the tasks of a span compute with; the same object each time. */
  sharesOf({ layer, directionIndex }: LanePlace, { of, tasksEach }: Sharing): Shares {
    const known = (this.#shares[2 * layer + directionIndex] ??= []);
    const key = 2 * tasksEach + (of === "units" ? 1 : 0);
    return (known[key] ??= { of, layers: this.#layersOf(layer, directionIndex, of, tasksEach) });
  }

  #layersOf(layer: number, directionIndex: number, of: Sharing["of"], count: number): number[] {
    const whole = this.#addressOf(layer, directionIndex);
    const weights = this.#weights[layer]![directionIndex]!;
    return Array.from({ length: count }, (_, index) =>
      of === "rows" ? whole : this.#part(whole, weights, index, count),
    );
  }

  /** Address of a direction of a layer, whose weights are packed by now. */
  #addressOf(layer: number, directionIndex: number): number {
    const known = this.#addresses[layer]![directionIndex];
    if (known !== undefined) return known;
    const address = this.#pack(this.#weights[layer]![directionIndex]!);
    this.#addresses[layer]![directionIndex] = address;
    return address;
  }

  /** Address of one of `count` parts of the units of a layer without a projection. */
  #part(whole: number, weights: LayerWeights, index: number, count: number): number {
    const { hiddenSize, inputSize, stateSize } = weights;
    const lanes = vectorBytes / this.#memory.bytesPerValue;
    const gates = gateCount(this.#config.cell);
    const blocks = Math.ceil(hiddenSize / (lanes * groupsOfPart));
    const firstGroup = groupsOfPart * Math.floor((index * blocks) / count);
    const endGroup = groupsOfPart * Math.floor(((index + 1) * blocks) / count);
    const address = this.#memory.reserve(Layer.bytes);
    const { words } = this.#memory;
    words.copyWithin(address / 4, whole / 4, (whole + Layer.bytes) / 4);
    const ofWhole = (offset: number): number => words[(whole + offset) / 4]!;
    const firstVector = firstGroup * gates;
    const endVector = index === count - 1 ? ofWhole(Layer.vectors) : endGroup * gates;
    const tileBytes = (firstVector / 2) * tileLineBytes;
    const biasBytes = firstVector * vectorBytes;
    const biasHh = ofWhole(Layer.biasHh);
    this.#memory.writeWords(address, [
      [Layer.vectors, endVector - firstVector],
      [Layer.weightIh, ofWhole(Layer.weightIh) + tileBytes * inputSize],
      [Layer.weightHh, ofWhole(Layer.weightHh) + tileBytes * stateSize],
      [Layer.bias, ofWhole(Layer.bias) + biasBytes],
      [Layer.biasHh, biasHh === 0 ? 0 : biasHh + biasBytes],
      [Layer.firstUnit, firstGroup * lanes],
      [Layer.units, Math.min(hiddenSize, endGroup * lanes) - firstGroup * lanes],
    ]);
    return address;
  }

  #pack(weights: LayerWeights): number {
    const { inputSize, hiddenSize, stateSize, biasIh, biasHh, weightHr } = weights;
    const { cell } = this.#config;
    const gates = gateCount(cell);
    const isGru = cell === "GRU";
    const address = this.#memory.reserve(Layer.bytes);
    const finite: boolean[] = [];
    const weightHh = this.#packMatrix(
      weights.weightHh,
      gates,
      hiddenSize,
      stateSize,
      (from, count) => {
        finite.push(this.#kernel.allFinite(from, count) === 1);
      },
    );
    // Packed first: the memory may grow and its words be replaced.
    const packed = [
      [Layer.weightIh, this.#packMatrix(weights.weightIh, gates, hiddenSize, inputSize)],
      [Layer.weightHh, weightHh],
      [Layer.bias, this.#packBias(gates, hiddenSize, isGru ? [biasIh] : [biasIh, biasHh])],
      [Layer.biasHh, isGru ? this.#packBias(gates, hiddenSize, [biasHh]) : 0],
      [
        Layer.weightHr,
        weightHr === null ? 0 : this.#packMatrix(weightHr, 1, stateSize, hiddenSize),
      ],
      [Layer.zeros, weightHr === null ? 0 : this.#packBias(1, stateSize, [])],
    ] as const;
    this.#memory.writeWords(address, [
      [Layer.cell, kindOf(this.#config)],
      [Layer.inputSize, inputSize],
      [Layer.hiddenSize, hiddenSize],
      [Layer.stateSize, stateSize],
      [Layer.vectors, this.#vectors(gates, hiddenSize)],
      ...packed,
      [Layer.hasNonFinite, finite.every(Boolean) ? 0 : 1],
      [Layer.firstUnit, 0],
      [Layer.units, hiddenSize],
    ]);
    return address;
  }

  /** Vectors in one row of gates: whole tiles. */
  #vectors(gates: number, units: number): number {
    return (
      2 * Math.ceil((gates * Math.ceil((units * this.#memory.bytesPerValue) / vectorBytes)) / 2)
    );
  }

  /** Packs a matrix (gates · units, columns). `onValues` is given the values block by block: an address, and how many. */
  #packMatrix(
    matrix: WeightArray,
    gates: number,
    units: number,
    columns: number,
    onValues: (from: number, count: number) => void = () => undefined,
  ): number {
    const { bytesPerValue } = this.#memory;
    const lanes = vectorBytes / bytesPerValue;
    const address = this.#memory.reserve(vectorBytes * this.#vectors(gates, units) * columns);
    const groupsAtOnce = Math.floor(stagingBytes / (vectorBytes * gates * columns));
    const unitsAtOnce = Math.max(1, groupsAtOnce) * lanes;
    for (let unit = 0; unit < units; unit += unitsAtOnce) {
      const count = Math.min(unitsAtOnce, units - unit);
      for (let gate = 0; gate < gates; gate++) {
        const row = gate * units + unit;
        const rows = matrix.subarray(row * columns, (row + count) * columns);
        this.#memory.write(this.#staging + gate * count * columns * bytesPerValue, rows);
      }
      this.#kernel.pack(this.#staging, count, columns, gates, unit / lanes, address);
      onValues(this.#staging, gates * count * columns);
    }
    return address;
  }

  /** One row of gates: the sum of the biases, those that there are. */
  #packBias(gates: number, units: number, biases: readonly (WeightArray | null)[]): number {
    const lanes = vectorBytes / this.#memory.bytesPerValue;
    const length = this.#vectors(gates, units) * lanes;
    const address = this.#memory.reserve(length * this.#memory.bytesPerValue);
    const row = this.#memory.values(address, length);
    for (const bias of biases) {
      if (bias === null) continue;
      for (let gate = 0; gate < gates; gate++) {
        for (let unit = 0; unit < units; unit++) {
          const group = Math.floor(unit / lanes);
          const at = (group * gates + gate) * lanes + (unit % lanes);
          row[at]! += bias[gate * units + unit]!;
        }
      }
    }
    return address;
  }
}

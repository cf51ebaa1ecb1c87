/**
 * Weights in the kernels' memory: packed when a layer first runs, laid out as kernel/layout.ts says.
 */
import type { LayerWeights, NetworkWeights, WeightArray } from "../../model/bind";
import type { RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { Kernel } from "./binary";
import type { KernelMemory } from "./memory";
import type { LanePlace } from "../base/trace";
import type { Shares } from "./spans";
import type { Sharing } from "./team";

/** Words of `Layer` in kernel/layout.ts, and where those are that differ in a part of its units. */
const layerWords = 14;
const word = { vectors: 4, weightIh: 5, weightHh: 6, bias: 7, biasHh: 8, firstUnit: 12, units: 13 };

/** Bytes of a vector, and of a tile's line. */
const vectorBytes = 16;
const lineOfTile = 2 * vectorBytes;

/** Groups of units that are whole tiles of any cell's gates. */
const groupsOfPart = 2;

/** Rows are packed by so many bytes, which stay in a cache between their copy and their turn. */
const stagingBytes = 2 ** 19;

/** Bytes that the packed weights of a network take at most. */
export function packedBytes(weights: NetworkWeights, bytesPerValue: 4 | 8): number {
  const lanes = 16 / bytesPerValue;
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
  return stagingBytes + 4 * (16 / bytesPerValue) * longest;
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
    const address = this.#memory.reserve(4 * layerWords);
    const { words } = this.#memory;
    const part = words.slice(whole / 4, whole / 4 + layerWords);
    const firstVector = firstGroup * gates;
    const firstTile = firstVector / 2;
    part[word.vectors] =
      (index === count - 1 ? part[word.vectors]! : endGroup * gates) - firstVector;
    part[word.weightIh]! += firstTile * inputSize * lineOfTile;
    part[word.weightHh]! += firstTile * stateSize * lineOfTile;
    part[word.bias]! += firstVector * vectorBytes;
    if (part[word.biasHh] !== 0) part[word.biasHh]! += firstVector * vectorBytes;
    part[word.firstUnit] = firstGroup * lanes;
    part[word.units] = Math.min(hiddenSize, endGroup * lanes) - firstGroup * lanes;
    words.set(part, address / 4);
    return address;
  }

  #pack(weights: LayerWeights): number {
    const { inputSize, hiddenSize, stateSize, biasIh, biasHh, weightHr } = weights;
    const { cell, nonlinearity } = this.#config;
    const gates = gateCount(cell);
    const isGru = cell === "GRU";
    const address = this.#memory.reserve(4 * layerWords);
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
    const words = [
      { RNN: nonlinearity === "tanh" ? 0 : 1, LSTM: 2, GRU: 3 }[cell],
      inputSize,
      hiddenSize,
      stateSize,
      this.#vectors(gates, hiddenSize),
      this.#packMatrix(weights.weightIh, gates, hiddenSize, inputSize),
      weightHh,
      this.#packBias(gates, hiddenSize, isGru ? [biasIh] : [biasIh, biasHh]),
      isGru ? this.#packBias(gates, hiddenSize, [biasHh]) : 0,
      weightHr === null ? 0 : this.#packMatrix(weightHr, 1, stateSize, hiddenSize),
      weightHr === null ? 0 : this.#packBias(1, stateSize, []),
      finite.every(Boolean) ? 0 : 1,
      ...[0, hiddenSize],
    ];
    this.#memory.words.set(words, address / 4);
    return address;
  }

  /** Vectors in one row of gates: whole tiles. */
  #vectors(gates: number, units: number): number {
    return 2 * Math.ceil((gates * Math.ceil((units * this.#memory.bytesPerValue) / 16)) / 2);
  }

  /** Packs a matrix (gates · units, columns). `look` sees its values as they pass: an address, and how many. */
  #packMatrix(
    matrix: WeightArray,
    gates: number,
    units: number,
    columns: number,
    look: (from: number, count: number) => void = () => undefined,
  ): number {
    const { bytesPerValue } = this.#memory;
    const lanes = 16 / bytesPerValue;
    const address = this.#memory.reserve(16 * this.#vectors(gates, units) * columns);
    const groupsAtOnce = Math.floor(stagingBytes / (16 * gates * columns));
    const unitsAtOnce = Math.max(1, groupsAtOnce) * lanes;
    for (let unit = 0; unit < units; unit += unitsAtOnce) {
      const count = Math.min(unitsAtOnce, units - unit);
      for (let gate = 0; gate < gates; gate++) {
        const row = gate * units + unit;
        const rows = matrix.subarray(row * columns, (row + count) * columns);
        this.#memory.write(this.#staging + gate * count * columns * bytesPerValue, rows);
      }
      this.#kernel.pack(this.#staging, count, columns, gates, unit / lanes, address);
      look(this.#staging, gates * count * columns);
    }
    return address;
  }

  /** One row of gates: the sum of the biases, those that there are. */
  #packBias(gates: number, units: number, biases: readonly (WeightArray | null)[]): number {
    const lanes = 16 / this.#memory.bytesPerValue;
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

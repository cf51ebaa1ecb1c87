/**
 * DynamicQuantizeLSTM of ONNX Runtime: weights of 8 bits with a scale, as those of an LSTM node.
 *
 * Spec: github.com/microsoft/onnxruntime, docs/ContribOperators.md: W (D, I, 4·H) and R (D, H, 4·H), the transposes of an
 *       LSTM's; scales and zero points (D), or (D, 4·H), at inputs 8 to 11. A number is scale · (integer − zero point).
 */
import { text, type Text } from "../../core/text";
import { wholeBox, transposeRaw, cropRaw, decodeRaw, encodeRaw } from "../../tensor/raw";
import { elementCount, type Shape } from "../../tensor/tensor";
import { madeOf, type Constant } from "./constants/constant";
import type { OnnxNode } from "./protobuf/graph";
import { fullName, type OnnxModel, type PlacedNode } from "./graph/model";

/** Inputs with scale and zero point of each weight. */
const inputs = { w: [8, 9], r: [10, 11] } as const;

/** True for an LSTM with weights of 8 bits. */
export function isQuantisedLstm({ operator }: OnnxNode): boolean {
  return operator.endsWith(".DynamicQuantizeLSTM");
}

/** W or R of such a node as float32 (D, 4·H, columns); null where its scales are not in the file or do not fit. */
export function dequantisedWeight(
  model: OnnxModel,
  { node, scope }: PlacedNode,
  which: keyof typeof inputs,
): Constant | null {
  const [scaleInput, zeroInput] = inputs[which];
  const constant = (index: number): Constant | null =>
    model.constantNamed(scope, node.inputs[index]);
  const weight = constant(which === "w" ? 1 : 2);
  const scale = constant(scaleInput);
  const zero = constant(zeroInput);
  if (weight?.shape.length !== 3 || scale === null) return null;
  const [directions = 0, columns = 0, rows = 0] = weight.shape;
  const fits = (constant_: Constant): boolean =>
    [directions, directions * rows].includes(elementCount(constant_.shape));
  if (!fits(scale) || (zero !== null && !fits(zero))) return null;
  const shape = [directions, rows, columns];
  const parts = zero === null ? [weight, scale] : [weight, scale, zero];
  return madeOf(parts, {
    operator: "DequantizeLinear",
    name: `${weight.name}_dequantised`,
    dtype: "float32",
    shape,
    readBox: async (box) => {
      const values = await dequantise({ weight, scale, zero }, rows);
      return cropRaw(transposeRaw(encodeRaw("float32", weight.shape, values), [0, 2, 1]), box);
    },
  });
}

interface Quantised {
  readonly weight: Constant;
  readonly scale: Constant;
  readonly zero: Constant | null;
}

async function dequantise({ weight, scale, zero }: Quantised, rows: number): Promise<Float32Array> {
  const integers = await numbersOf(weight);
  const scales = await numbersOf(scale);
  const zeros = zero === null ? null : await numbersOf(zero);
  const perDirection = elementCount(weight.shape.slice(1));
  const at = (numbers: ArrayLike<number>, index: number): number => {
    const direction = Math.floor(index / perDirection);
    const isEach = numbers.length > (weight.shape[0] ?? 0);
    return numbers[isEach ? direction * rows + (index % rows) : direction] ?? NaN;
  };
  return Float32Array.from(
    integers,
    (integer, index) => (integer - (zeros === null ? 0 : at(zeros, index))) * at(scales, index),
  );
}

async function numbersOf(constant: Constant): Promise<Float32Array | Float64Array> {
  const shape: Shape = constant.shape;
  return decodeRaw(await constant.readBox(wholeBox(shape)), constant.name).data;
}

/** What is done with the weights of such a node, and what is not done with its inputs. */
export function quantisedNote(placed: PlacedNode): Text {
  return text(
    "{0} is a DynamicQuantizeLSTM: its weights of 8 bits are dequantised to float32; ONNX Runtime also rounds the input of each step to 8 bits, which a run does not",
    fullName(placed),
  );
}

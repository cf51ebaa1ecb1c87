/**
 * Rows of the shape check for the layers around the module: tokens, embedding and linear layer.
 *
 * PyTorch's texts are those of nn.Embedding and nn.Linear, torch 2.13.
 */
import { indexAt, sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import { headSource, logitsShape, type Head } from "../find/head";
import type { ClashCause } from "./clash";
import type { CheckedRow, KnownClash, ShapeInputs, ShapeRow, SurroundingShapes } from "./shapes";
import { featuresText } from "./pytorchTexts";
import { sequenceShape, type SequenceSizes, sequenceAxes } from "../sequence";

/** Rows before the module: the tokens and the table they are looked up in. */
export function checkEmbedding(inputs: ShapeInputs): CheckedRow[] {
  const { config, surrounding } = inputs;
  if (surrounding?.embedding == null) return [];
  const { tokens, embedding } = surrounding;
  const table = checkTable(config, embedding, tokens !== null);
  return tokens === null ? [table] : [checkTokens(config, tokens, embedding), table];
}

function checkTable(
  config: RecurrentConfig,
  { name, shape: found }: NonNullable<SurroundingShapes["embedding"]>,
  isUsed: boolean,
): CheckedRow {
  const { inputSize } = config;
  const expected = [found[0] ?? 0, inputSize];
  const row = { name: `${name}.weight`, axes: ["V", "I"], found, expected };
  if (!isUsed) {
    const reason = text("not used: the input has features, so it is embedded already");
    return { row: { ...row, status: "ok", reason }, clash: null };
  }
  const reason = text("weight_ih_l0 takes I = {0} features", inputSize);
  if (sameShape(found, expected)) return { row: { ...row, status: "ok", reason }, clash: null };
  return {
    row: { ...row, status: "mismatch", reason },
    clash: {
      clash: { of: "embedding", tensor: row.name, found, expected },
      cause: { is: "embedding-columns", inputSize },
      product: null,
      pytorch: found.length === 2 ? featuresText(config, found[1] ?? 0) : null,
    },
  };
}

function checkTokens(
  { batchFirst }: RecurrentConfig,
  { shape, bad }: NonNullable<SurroundingShapes["tokens"]>,
  { name, shape: table }: NonNullable<SurroundingShapes["embedding"]>,
): CheckedRow {
  const axes = shape.length === 1 ? ["T"] : batchFirst ? ["B", "T"] : ["T", "B"];
  const last = (table[0] ?? 0) - 1;
  const row = { name: "input", axes, found: shape, expected: shape };
  if (bad === null) {
    const reason = text("tokens, each a row of {0}: 0 to {1}", name, last);
    return { row: { ...row, status: "ok", reason }, clash: null };
  }
  const reason = text("tokens must be rows of {0}: 0 to {1}", name, last);
  return {
    row: { ...row, status: "mismatch", reason },
    clash: {
      clash: {
        of: "token",
        tensor: row.name,
        found: shape,
        expected: shape,
        embedding: name,
        index: indexAt(bad.position, shape),
        token: bad.token,
        lastRow: last,
      },
      cause: causeOfBadToken(bad.token),
      product: null,
      pytorch: Number.isInteger(bad.token) ? "index out of range in self" : null,
    },
  };
}

function causeOfBadToken(token: number): ClashCause {
  if (!Number.isInteger(token)) return { is: "fractional-token" };
  return { is: token < 0 ? "negative-token" : "large-token" };
}

/** Rows after the module: weight and bias of the linear layer. */
export function checkLinear(inputs: ShapeInputs, sizes: SequenceSizes): CheckedRow[] {
  const { surrounding } = inputs;
  if (surrounding?.linear == null) return [];
  const { linear, head } = surrounding;
  const weight = checkLinearWeight(inputs.config, sizes, linear, head);
  return linear.bias === null ? [weight] : [weight, checkLinearBias(linear, linear.bias, head)];
}

function checkLinearWeight(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  { name, weightName, weight: found }: NonNullable<SurroundingShapes["linear"]>,
  head: Head | null,
): CheckedRow {
  const joined = numDirections(config) * stateSize(config);
  const [out = 0, features = 0] = found;
  const isUsable = found.length === 2 && headSource(config, head ?? "h_n", features) !== null;
  const expected = [out, isUsable ? features : joined];
  const row = { name: weightName, axes: ["out", featureAxis(config, features)], found, expected };
  const reason = linearReason(config, head, features);
  if (isUsable) return { row: { ...row, status: "ok", reason }, clash: null };
  const rows = logitsShape(config, sizes, head ?? "last", 1).reduce(
    (count, size) => count * size,
    1,
  );
  const clash: KnownClash = {
    clash: { of: "linear", layer: name, tensor: weightName, found, expected },
    cause: { is: "module-features", features: joined },
    product:
      found.length === 2
        ? {
            left: { label: head === "h_n" ? "h_n" : "output", shape: [rows, joined] },
            right: { label: "Wᵀ", shape: [features, out] },
          }
        : null,
    pytorch:
      found.length === 2
        ? `mat1 and mat2 shapes cannot be multiplied (${rows}x${joined} and ${features}x${out})`
        : null,
  };
  return {
    row: { ...row, axes: ["out", "F"], status: "mismatch", reason },
    clash: head === null ? null : clash,
  };
}

function featureAxis(config: RecurrentConfig, features: number): string {
  return config.bidirectional && features !== stateSize(config) ? "D·H" : "H";
}

function linearReason(config: RecurrentConfig, head: Head | null, features: number): Text {
  if (head === null) {
    return text("fits as a linear layer after the module; no head is chosen, so it does not run");
  }
  const units = stateSize(config);
  if (config.bidirectional && features === units) {
    return text("H = {0} features of h_n[-1], the last layer's reverse direction", units);
  }
  return config.bidirectional
    ? text("D·H = 2 · {0} features of both directions", units)
    : text("H = {0} features of the module's output", units);
}

function checkLinearBias(
  { name, weight }: NonNullable<SurroundingShapes["linear"]>,
  found: Shape,
  head: Head | null,
): CheckedRow {
  const expected = [weight[0] ?? 0];
  const reason = text("one for each of {0} rows of the weight", expected[0] ?? 0);
  const row = { name: `${name}.bias`, axes: ["out"], found, expected, reason };
  if (sameShape(found, expected)) return { row: { ...row, status: "ok" }, clash: null };
  const clash: KnownClash = {
    clash: { of: "linear", layer: name, tensor: row.name, found, expected },
    cause: null,
    product: null,
    pytorch: null,
  };
  return { row: { ...row, status: "mismatch" }, clash: head === null ? null : clash };
}

/** Rows of the reference's embedded sequence and logits. They never stop the run. */
export function surroundingReferenceRows(inputs: ShapeInputs, sizes: SequenceSizes): ShapeRow[] {
  const { config, surrounding } = inputs;
  if (surrounding === undefined) return [];
  const leading = sequenceAxes(sizes, config.batchFirst);
  const rows: ShapeRow[] = [];
  if (surrounding.referenceEmbedded !== null) {
    const axes = [...leading, "I"];
    rows.push(
      embeddedRow(config, sizes, surrounding, { found: surrounding.referenceEmbedded, axes }),
    );
  }
  if (surrounding.referenceLogits !== null) {
    const kept = surrounding.head === "every" ? leading : sizes.unbatched ? [] : ["B"];
    const axes = [...kept, "out"];
    rows.push(logitsRow(config, sizes, surrounding, { found: surrounding.referenceLogits, axes }));
  }
  return rows;
}

/** The part of a reference's row that does not depend on the run. */
interface FoundReference {
  readonly found: Shape;
  readonly axes: readonly string[];
}

function embeddedRow(
  { batchFirst, inputSize }: RecurrentConfig,
  sizes: SequenceSizes,
  { tokens }: SurroundingShapes,
  reference: FoundReference,
): ShapeRow {
  const name = "reference embedded";
  const expected = sequenceShape({ ...sizes, features: inputSize }, batchFirst);
  const reason =
    tokens === null
      ? text("the input, which is embedded already")
      : text("the embedding's rows of the tokens");
  const status = sameShape(reference.found, expected) ? "ok" : "mismatch";
  return { name, ...reference, expected, status, reason };
}

function logitsRow(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  { head, linear }: SurroundingShapes,
  reference: FoundReference,
): ShapeRow {
  const name = "reference logits";
  if (head === null || linear === null) {
    const reason = text("no linear layer runs after the module");
    return { name, ...reference, expected: null, status: "unexpected", reason };
  }
  const expected = logitsShape(config, sizes, head, linear.weight[0] ?? 0);
  const reason = text("the logits of {0}, head {1}", linear.name, head);
  const status = sameShape(reference.found, expected) ? "ok" : "mismatch";
  return { name, ...reference, expected, status, reason };
}

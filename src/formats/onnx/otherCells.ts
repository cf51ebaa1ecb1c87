/**
 * Recurrent cells that a graph expresses without RNN, LSTM or GRU nodes: other domains, unrolled steps.
 */
import { text, type Text } from "../../core/text";
import { isQuantisedLstm } from "./quantised";
import { fullName, isForeignCell, type OnnxModel, type PlacedNode } from "./graph/model";

/** A matrix that is multiplied this often with its own results belongs to a recurrent layer. */
const minSteps = 3;

/** A sentence for each; of steps one by one only where the graph has no recurrent node. */
export function unreadCells(model: OnnxModel, hasRecurrent: boolean): readonly Text[] {
  const foreign = model.layers
    .filter(({ node }) => isForeignCell(node) && !isQuantisedLstm(node))
    .map((placed) => foreignNote(placed));
  const unrolled = hasRecurrent || foreign.length > 0 ? null : unrolledNote(model);
  return unrolled === null ? foreign : [...foreign, unrolled];
}

function foreignNote(placed: PlacedNode): Text {
  const { operator } = placed.node;
  const name = operator.slice(operator.lastIndexOf(".") + 1);
  return name.includes("Quantize")
    ? text(
        "{0} is a {1}, with weights of 8 bits, which is not read: open the model it was quantised from",
        ...([fullName(placed), name] as const),
      )
    : text("{0} is a {1} of {2}, which is not read", ...foreignNames(placed, name));
}

function foreignNames({ node, ...placed }: PlacedNode, name: string): [string, string, string] {
  const domain = node.operator.slice(0, node.operator.lastIndexOf("."));
  return [fullName({ node, ...placed }), name, domain];
}

/** The steps of a layer, where an exporter wrote them one after another; null where there are none. */
function unrolledNote(model: OnnxModel): Text | null {
  const uses = new Map<string, number>();
  for (const placed of model.layers) {
    const name = recurrentMatrix(model, placed);
    if (name !== null) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const [most] = [...uses].sort(([, left], [, right]) => right - left);
  if (most === undefined || most[1] < minSteps) return null;
  return text(
    "there is no RNN, GRU or LSTM node, and {0} is multiplied {1} times: an exporter has unrolled a layer into single operations; export it with dynamo=False, or open the weights it was made from",
    ...most,
  );
}

/** The name of a constant matrix of a product that may be a recurrent one: H × G·H, for 1, 3 or 4 gates. */
function recurrentMatrix(model: OnnxModel, { node, scope }: PlacedNode): string | null {
  if (node.operator !== "MatMul" && node.operator !== "Gemm") return null;
  const weight = model.constantNamed(scope, node.inputs[1]);
  if (weight?.shape.length !== 2) return null;
  const sizes = [...weight.shape].sort((left, right) => left - right);
  const [units = 0, gates = 0] = sizes;
  return units > 1 && [1, 3, 4].includes(gates / units) ? weight.name : null;
}

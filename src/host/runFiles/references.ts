/**
 * Where the files that a run file names are written in its text.
 */
import { findNodeAtLocation, type Node } from "jsonc-parser";
import { runFileTree } from "../../run/spec/fileTree";
import { parseTensorRef } from "../../run/spec/spec";

/** A file name as the run file writes it, and the place of the value that holds it. */
export interface FileReference {
  readonly name: string;
  readonly tensor: string | undefined;
  readonly offset: number;
  readonly length: number;
}

const tensorPaths = [
  ["input"],
  ["h0"],
  ["c0"],
  ["lengths"],
  ["reference", "output"],
  ["reference", "h_n"],
  ["reference", "c_n"],
  ["reference", "embedded"],
  ["reference", "logits"],
];

/** The file references of a run file, weights first. */
export function fileReferences(source: string): FileReference[] {
  const { root } = runFileTree(source);
  if (root === undefined) return [];
  const weights = weightsOf(root);
  const tensors = tensorPaths.map((path) => stringAt(root, path));
  return [
    ...(weights === undefined ? [] : [weights]),
    ...tensors.flatMap((node) =>
      node === undefined ? [] : [reference(node, parseTensorRef(node.value))],
    ),
  ];
}

/** Of the weights only the file is looked up: `#` is followed by a module there. */
function weightsOf(root: Node): FileReference | undefined {
  const written = stringAt(root, ["weights", "file"]);
  if (written !== undefined) return reference(written, { file: written.value });
  const short = stringAt(root, ["weights"]);
  return short === undefined
    ? undefined
    : reference(short, { file: parseTensorRef(short.value).file });
}

interface StringNode {
  readonly value: string;
  readonly offset: number;
  readonly length: number;
}

function stringAt(root: Node, path: string[]): StringNode | undefined {
  const node = findNodeAtLocation(root, path);
  const value: unknown = node?.value;
  if (node === undefined || typeof value !== "string" || value === "") return undefined;
  return { value, offset: node.offset, length: node.length };
}

function reference(
  node: StringNode,
  { file, tensor }: ReturnType<typeof parseTensorRef>,
): FileReference {
  return {
    name: file,
    tensor: tensor === "" ? undefined : tensor,
    offset: node.offset,
    length: node.length,
  };
}

/**
 * Positions of the file names in the text of a run file.
 */
import { findNodeAtLocation, type Node } from "jsonc-parser";
import { runFileTree } from "../../run/spec/fileTree";
import { tensorPaths } from "../../run/spec/keys";
import { formatTensorRef, parseTensorRef } from "../../run/spec/spec";

/** A file name as the run file writes it, and the place of the value that holds it. */
export interface FileReference {
  readonly name: string;
  readonly tensor: string | undefined;
  readonly offset: number;
  readonly length: number;
  /** Of weights: the module that is named, and where. */
  readonly module?: ModuleReference;
}

/** A module of the weights as the run file names it, and the place of the value that does. */
export interface ModuleReference {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** What the value would be for another module. */
  readonly written: (prefix: string) => string;
}

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

/** Of the weights the file and its module are looked up: `#` is followed by a module there. */
function weightsOf(root: Node): FileReference | undefined {
  const whole = stringAt(root, ["weights", "file"]);
  if (whole !== undefined) {
    const node = stringAt(root, ["weights", "module"]);
    const module =
      node === undefined ? {} : { module: moduleAt(node, node.value, (prefix) => prefix) };
    return { ...reference(whole, { file: whole.value }), ...module };
  }
  const short = stringAt(root, ["weights"]);
  if (short === undefined) return undefined;
  const { file, tensor: name = "" } = parseTensorRef(short.value);
  if (name === "") return reference(short, { file });
  const module = moduleAt(short, name, (prefix) => formatTensorRef(file, prefix));
  return { ...reference(short, { file }), module };
}

function moduleAt(
  { offset, length }: StringNode,
  name: string,
  written: ModuleReference["written"],
): ModuleReference {
  return { name, offset, length, written };
}

interface StringNode {
  readonly value: string;
  readonly offset: number;
  readonly length: number;
}

function stringAt(root: Node, path: readonly string[]): StringNode | undefined {
  const node = findNodeAtLocation(root, [...path]);
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

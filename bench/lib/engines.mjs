/** The engines: ours first, then its peers, each a process on one thread or on more. */
import { fileURLToPath } from "node:url";
import { EngineProcess } from "./engineProcess.mjs";

/** 0 stands for all the threads an engine takes when it is not told. */
const ALL = 0;

const script = (name) => fileURLToPath(new URL(`../engines/${name}`, import.meta.url));

const onnx = (build) => ({
  id: build,
  command: (threads) => [process.execPath, script("onnxruntime.mjs"), build, String(threads)],
});

const web = onnx("onnxruntime-web");
const node = onnx("onnxruntime-node");
const tfjs = { id: "TensorFlow.js", command: () => [process.execPath, script("tensorflowjs.mjs")] };
const torch = (python) => ({
  id: "PyTorch",
  command: (threads) => [python, script("torch_engine.py"), String(threads)],
});

/** The peers of ours with so many threads, each with its own count; the first PyTorch is on all of them too. */
function peersOf(threads, pythons) {
  const torches = pythons.map(torch);
  const onAll = torches.slice(0, 1).map((peer) => [peer, ALL]);
  if (threads > 1) return [[web, threads], [node, threads], ...onAll];
  return [[web, 1], [node, 1], ...torches.map((peer) => [peer, 1]), ...onAll, [tfjs, 1]];
}

/**
 * Ours on `threads`, and its peers; `bundle` is the URL of ours.ts bundled.
 *
 * `choice` is { peers: words of their names, or null for all; pythons: interpreters with a PyTorch each }.
 */
export function makeEngines(bundle, threads, { peers, pythons }) {
  const unroll = {
    id: "Unroll",
    command: (count) => [process.execPath, script("unroll.mjs"), bundle, String(count)],
  };
  const isWanted = ({ id }) =>
    peers === null || peers.some((word) => id.toLowerCase().includes(word.toLowerCase()));
  const chosen = peersOf(threads, pythons).filter(([peer]) => isWanted(peer));
  return [[unroll, threads], ...chosen].map(
    ([{ id, command }, count]) =>
      new EngineProcess({ id, threads: count, command: command(count) }),
  );
}

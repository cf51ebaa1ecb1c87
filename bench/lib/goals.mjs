/** How fast the forward has to be: our time over the peer's, one thread each, as [floor, goal]. */
const bySize = {
  "onnxruntime-web": {
    tiny: [0.36, 0.25],
    small: { RNN: [0.2, 0.18], GRU: [0.75, 0.65], LSTM: [0.7, 0.6] },
    long: { RNN: [0.2, 0.18], GRU: [0.6, 0.5], LSTM: [0.6, 0.5] },
    medium: [0.7, 0.55],
    large: [0.87, 0.75],
  },
  "onnxruntime-node": {
    tiny: [0.7, 0.5],
    small: { RNN: [0.55, 0.5], GRU: [1.6, 1.4], LSTM: [1.85, 1.6] },
    long: { RNN: [0.35, 0.3], GRU: [1.1, 1], LSTM: [1.4, 1.2] },
    medium: [3.1, 2.4],
    large: [1.2, 1],
  },
  PyTorch: { tiny: [0.17], small: [0.2], long: [0.1], medium: [0.7], large: [0.4] },
  "TensorFlow.js": { tiny: [0.03], small: [0.1], long: [0.01], medium: [0.3], large: [0.5] },
};

/** Two threads on both sides. */
const twoThreads = { "onnxruntime-web": { medium: [0.8, 0.62], large: [0.9, 0.77] } };

/** Largest error against float64 over onnxruntime-node's; the goal is PyTorch's error. */
export const errorFloor = { RNN: 1.25, GRU: 1.25, LSTM: 1 };

/** Milliseconds. */
export const startFloor = [150];
export const packFloor = [40];

/** [floor, goal] of ours over a peer's time, or undefined where none is set. */
export function ratioGoal({ id, threads }, { size, cell }) {
  if (threads === 0) return undefined;
  const goal = (threads === 1 ? bySize : twoThreads)[id]?.[size];
  return goal === undefined || Array.isArray(goal) ? goal : goal[cell];
}

/** ✓ for the goal, "floor" for what has to be reached, ✗ for neither; a floor without a goal is both. */
export function verdict(value, [floor, goal = floor]) {
  if (value <= goal) return "✓";
  return value <= floor ? "floor" : "✗";
}

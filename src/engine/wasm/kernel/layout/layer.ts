/**
 * Words of a layer, 4 bytes each: one direction of one layer, or a part of its units. Addresses and counts; `vectors`,
 * weights and biases of the gates are those of the part.
 */

export const cell = 0;
export const inputSize = 4;
export const hiddenSize = 8;
/** Features of h: the projection size where there is one, else the hidden size. */
export const stateSize = 12;
/** Vectors in one row of gates: an even number. */
export const vectors = 16;
export const weightIh = 20;
export const weightHh = 24;
/** RNN and LSTM: both biases; GRU: that of the input. One row of gates. */
export const bias = 28;
/** GRU: bias of the state, one row of gates. */
export const biasHh = 32;
/** Projection, 0 without one. */
export const weightHr = 36;
/** A row of zeros as long as the projection's. */
export const zeros = 40;
/** Not 0 when some weight of the state is NaN or infinite. */
export const hasNonFinite = 44;
/** Units that are computed: the first, and how many. */
export const firstUnit = 48;
export const units = 52;

/** Of all words of a layer. */
export const bytes = 56;

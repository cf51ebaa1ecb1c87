/** Values of a layer's word `cell`. */

export const rnnTanh = 0;
export const rnnRelu = 1;
export const lstm = 2;
export const gru = 3;

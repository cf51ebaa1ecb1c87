/**
 * Puts the shape ledger of a run together. Never throws: a run that cannot be made has a `clash`.
 */
import { checkH0, checkInput, checkLengths, referenceRows } from "./ledgerInputs";
import { checkParameters } from "./ledgerParameters";
import type { CheckedRow, Ledger, LedgerInputs } from "./ledger";
import { sequenceSizes } from "./sequence";

/** All rows of a run, top to bottom as data flows, and the first clash in the order PyTorch would meet it. */
export function buildLedger(inputs: LedgerInputs): Ledger {
  const sizes = sequenceSizes(inputs.input, inputs.config.batchFirst);
  const input = checkInput(inputs);
  const parameters = checkParameters(inputs);
  const states = sizes === null ? [] : [checkH0(inputs, sizes), checkLengths(inputs, sizes)];
  const given = states.filter((checked): checked is CheckedRow => checked !== null);
  const references = sizes === null ? [] : referenceRows(inputs, sizes);

  const stopping = [...parameters, input, ...given].find(({ clash }) => clash !== null)?.clash;
  const none = { clash: null, why: null, product: null, pytorch: null };
  return {
    rows: [...[input, ...parameters, ...given].map(({ row }) => row), ...references],
    ...(stopping ?? none),
  };
}

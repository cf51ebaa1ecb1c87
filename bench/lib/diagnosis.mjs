/** Diagnoses of a bidirectional LSTM of two layers, with a mistake and with one that nothing explains. */
const sizes = [
  { inputSize: 64, hiddenSize: 64, seqLength: 50, batchSize: 4 },
  { inputSize: 512, hiddenSize: 512, seqLength: 128, batchSize: 1 },
  { inputSize: 256, hiddenSize: 256, seqLength: 2000, batchSize: 1 },
];
const mistakes = ["gates/iofg", null];

/** { size, wanted, results } of each diagnosis, each timed `rounds` times after one that warms up. */
export function measureDiagnosis({ timeDiagnosis }) {
  return sizes.flatMap((size) =>
    mistakes.map((wanted) => {
      const rounds = size.hiddenSize > 100 ? 1 : 5;
      if (rounds > 1) timeDiagnosis(size, wanted);
      const results = Array.from({ length: rounds }, () => timeDiagnosis(size, wanted));
      if (results.some(({ id }) => id !== wanted)) throw new Error(`${wanted} is not named`);
      return { size, wanted, results };
    }),
  );
}

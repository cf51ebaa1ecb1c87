/**
 * The diagnosis of a run in which nothing was tried.
 */
import type { Diagnosis } from "../answer";

/**
 * Where there is no reference, or nothing of the run is fit for a search: without trials no difference can be told from
 * rounding, however large it is.
 */
export const noDiagnosis: Diagnosis = {
  findings: [],
  cannotSee: [],
  tried: [],
  suspicions: [],
  before: null,
  overTime: null,
  tolerance: Infinity,
  noise: Infinity,
  count: 0,
  lookedAt: null,
};

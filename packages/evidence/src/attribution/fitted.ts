/**
 * What each measure of features.ts adds to the logarithm of the odds. Written by packages/evidence/fit/fit.mjs from labelled
 * rows (docs/verdicts.md says which): do not edit, fit again.
 */
export const WEIGHTS = {
  intercept: -0.6173,
  wording: 1.5855,
  pairs: 1.0011,
  factMissing: -0.8307,
  denied: -0.7373,
  namesMissing: -0.2201,
  length: -0.1452,
};

/**
 * What each measure of features.ts adds to the logarithm of the odds. Written by packages/evidence/fit/fit.mjs from labelled
 * rows (docs/verdicts.md says which): do not edit, fit again.
 */
export const WEIGHTS = {
  intercept: -0.6279,
  wording: 1.5993,
  pairs: 0.9801,
  factMissing: -0.8102,
  denied: -0.7862,
  namesMissing: -0.2167,
  length: -0.14,
};

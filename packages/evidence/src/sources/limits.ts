/** How much may be read, in bytes and files. */
export interface SourceLimits {
  fileBytes: number;
  totalBytes: number;
  files: number;
}

export const DEFAULT_LIMITS: SourceLimits = { fileBytes: 25 * 1024 * 1024, totalBytes: 100 * 1024 * 1024, files: 500 };

/** A size for a person. */
export function mebibytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.round(bytes / (1024 * 1024))} MiB`;
}

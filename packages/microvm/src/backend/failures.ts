import type { FileOperationError } from "deepagents";
import { isMicroVMError } from "../errors.js";

/** The value, or deepagents' code for the failure; a failure without such a code is thrown. */
export async function settle<T>(call: Promise<T>): Promise<{ value?: T; error: FileOperationError | null }> {
  try {
    return { value: await call, error: null };
  } catch (error) {
    const code = fileOperationError(error);
    if (code === undefined) throw error;
    return { error: code };
  }
}

/** deepagents' code for a failure, if it has one. */
function fileOperationError(error: unknown): FileOperationError | undefined {
  if (!isMicroVMError(error)) return undefined;
  switch (error.code) {
    case "not_found":
      return "file_not_found";
    case "permission_denied":
    case "read_only":
      return "permission_denied";
    case "is_directory":
      return "is_directory";
    case "invalid_path":
    case "not_directory":
    case "exists":
      return "invalid_path";
    default:
      return undefined;
  }
}

/** One line for the model. A VM that cannot be reached is not the model's business: that error flies on. */
export function explain(error: unknown, path: string): string {
  if (!isMicroVMError(error)) throw error;
  const code = fileOperationError(error);
  if (code === "file_not_found") return `File '${path}' not found`;
  if (code !== undefined) return `Error: ${code} for '${path}': ${error.message}`;
  if (["no_space", "too_large", "not_empty", "invalid_argument", "operation_interrupted"].includes(error.code))
    return `Error: ${error.message}`;
  throw error;
}

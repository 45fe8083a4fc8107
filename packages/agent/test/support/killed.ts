import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const OUTFILE = fileURLToPath(new URL("../../../../node_modules/.cache/vibewriter-agent-child.mjs", import.meta.url));

/** Bundles child.ts; it runs with the other packages as they were compiled. */
export async function bundleChild(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./child.ts", import.meta.url))],
    outfile: OUTFILE,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    // What lies beside the test's files is found from where they are, not from where the bundle is.
    define: { "import.meta.url": JSON.stringify(new URL("./child.ts", import.meta.url).href) },
  });
}

/** Runs the child to its end; the signal that ended it, or its exit code and output. */
export function runChild(
  order: object,
): Promise<{ signal: NodeJS.Signals | null; code: number | null; output: string }> {
  const child = spawn(process.execPath, [OUTFILE, JSON.stringify(order)], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ signal, code, output });
    });
  });
}

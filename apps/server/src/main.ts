import { codeOf, messageOf, ServerError } from "./errors.js";
import { ownHome } from "./own-home.js";
import { StartMessage } from "./start-message.js";

process.umask(0o077);
process.exit(await main(process.argv[2]));

/** Owns the home until it is told to end or has been idle for long; returns the exit code. */
async function main(home: string | undefined): Promise<number> {
  if (!home) throw new ServerError("bad_request", "The path of the home is missing.");
  try {
    const onReady = () => StartMessage.write({ state: "ready" });
    if ((await ownHome({ home, env: process.env, onReady })) === "owned") StartMessage.write({ state: "owned" });
    return 0;
  } catch (error) {
    StartMessage.write({ state: "failed", code: codeOf(error), message: messageOf(error) });
    return 1;
  }
}

import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ANOTHER_HOME } from "./disk.js";
import { codeOf, ServerError } from "./errors.js";

/** Where the owner process of one home keeps what is its own. */
export interface HomePaths {
  readonly home: string;
  /** The socket and the owner file; gone after a clean stop. */
  readonly run: string;
  readonly socket: string;
  readonly owner: string;
  readonly lock: string;
  readonly log: string;
  /** What programs in VMs asked of the gateway: apart, so that nothing they do makes the server's own log roll over. */
  readonly egressLog: string;
  readonly crashLog: string;
  readonly setup: string;
  readonly config: string;
  readonly index: string;
  /** Which embedder the index is made with. */
  readonly embedder: string;
  readonly ledger: string;
}

/** A unix socket address holds 108 bytes with its final NUL. */
const LONGEST_SOCKET_PATH = 107;

/** The home named by `VIBEWRITER_HOME`, else `~/.vibewriter`; always absolute. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return resolve(env.VIBEWRITER_HOME || join(homedir(), ".vibewriter"));
}

/** The paths of a home. A home too deep for a socket gets a short run folder that is named by its hash. */
export function homePaths(home: string): HomePaths {
  const run = runFolder(home);
  return {
    home,
    run,
    socket: join(run, "server.sock"),
    owner: join(run, "server.json"),
    lock: join(home, "server.lock"),
    log: join(home, "logs", "server.log"),
    egressLog: join(home, "logs", "egress.log"),
    crashLog: join(home, "logs", "server.stderr.log"),
    setup: join(home, "setup.json"),
    config: join(home, "config.json"),
    index: join(home, "choir.sqlite"),
    embedder: join(home, "choir.embedder.json"),
    ledger: join(home, "ledger.sqlite"),
  };
}

/** Makes the home and its run folder, readable by their owner only; refuses a run folder that belongs to somebody else. */
export function makeHome(paths: HomePaths): void {
  try {
    makeFolder(join(paths.home, "logs"));
    makeFolder(paths.run);
  } catch (cause) {
    if (codeOf(cause) === "ENOSPC") {
      throw new ServerError("disk_full", `There is no space left for ${paths.home}; free some, or ${ANOTHER_HOME}.`, {
        cause,
      });
    }
    throw new ServerError(
      "requirement_missing",
      `The home ${paths.home} cannot be written; set VIBEWRITER_HOME to a folder of yours.`,
      { cause },
    );
  }
  const stat = lstatSync(paths.run);
  if (!stat.isDirectory() || stat.uid !== userInfo().uid) {
    throw new ServerError(
      "requirement_missing",
      `${paths.run} belongs to somebody else; remove it or set VIBEWRITER_HOME to a shorter path.`,
    );
  }
  chmodSync(paths.run, 0o700);
}

/** Not Node's recursive mkdir, which never returns for a path such as /proc/x/y. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another command may have made it meanwhile.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function runFolder(home: string): string {
  const inside = join(home, "server");
  if (Buffer.byteLength(join(inside, "server.sock")) <= LONGEST_SOCKET_PATH) return inside;
  const hash = createHash("sha256").update(home).digest("hex").slice(0, 16);
  return join(process.env.XDG_RUNTIME_DIR || tmpdir(), `vibewriter-${userInfo().uid}-${hash}`);
}

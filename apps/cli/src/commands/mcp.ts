import { once } from "node:events";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { keysOf, messageOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import type { McpContext } from "../mcp/context.js";

export interface McpOptions {
  /** A port of 127.0.0.1, 0 for any; standard input and output without it. */
  readonly http?: number;
  readonly folder: string;
  readonly out: string;
  readonly author?: string;
}

/** `vibewriter mcp`: the knowledge base for agents, until its input ends; over HTTP, until it is told to end. */
export async function mcp(context: Context, o: McpOptions): Promise<ExitCode> {
  const folder = resolve(context.cwd, o.folder);
  if (!(await isFolder(folder))) {
    throw new UsageError(`There is no folder ${plain(o.folder)}; name the one that drafts and sources are in.`);
  }
  const served: McpContext = {
    connect: () => connect(context),
    folder,
    out: resolve(folder, o.out),
    author: o.author,
    keys: keysOf(context.env),
    onTrouble: (message) => context.terminal.warn(plain(message)),
  };
  // Whoever asks first need not wait for a server of the home to start.
  await served.connect();
  return o.http === undefined ? await overStdio(served) : await overHttp(context, served, o.http);
}

async function overStdio(served: McpContext): Promise<ExitCode> {
  // Only this command speaks the protocol; the others stay light.
  const [{ mcpServer }, { StdioServerTransport }] = await Promise.all([
    import("../mcp/server.js"),
    import("@modelcontextprotocol/sdk/server/stdio.js"),
  ]);
  if (process.stdin.isTTY) served.onTrouble("A client of the Model Context Protocol is to speak here; Ctrl-D ends it.");
  const server = mcpServer(served);
  server.server.onerror = (error) => served.onTrouble(messageOf(error));
  const broken = new Promise<ExitCode>((resolve) => {
    // A message over its limit: the transport has let go of its input, and nothing more can come.
    server.server.onclose = () => resolve(EXIT.failed);
  });
  const over = ended().then(() => EXIT.done);
  await server.connect(new StdioServerTransport());
  const code = await Promise.race([over, broken]);
  await server.close();
  return code;
}

async function overHttp({ home, terminal }: Context, served: McpContext, port: number): Promise<ExitCode> {
  const [{ mcpServer }, { McpPort }, { mcpToken }] = await Promise.all([
    import("../mcp/server.js"),
    import("../mcp/http.js"),
    import("../mcp/token.js"),
  ]);
  const { file, token } = await mcpToken(home);
  const { onTrouble } = served;
  await using door = await McpPort.open({ port, token, serve: () => mcpServer(served), onTrouble });
  if (terminal.json) terminal.printJson({ url: door.url, token: file });
  else terminal.print(`Serving ${door.url} for whoever shows the token in ${plain(file)}. Ctrl-C ends it.`);
  await told();
  return EXIT.done;
}

/** When the client has closed its end, or was killed, or this process is told to end. */
async function ended(): Promise<void> {
  const { stdin, stdout } = process;
  const over = [once(stdin, "end"), once(stdin, "close"), once(stdout, "error"), told()];
  // What is read or written after that fails, and nobody is there to hear of it.
  await Promise.race(over).catch((error: unknown) => process.stderr.write(`${plain(messageOf(error))}\n`));
}

async function told(): Promise<void> {
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), once(process, "SIGHUP")]);
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

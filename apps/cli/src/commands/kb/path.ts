import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";

/** `vibewriter kb path A B`. */
export async function kbPath(context: Context, from: string, to: string): Promise<ExitCode> {
  const { terminal } = context;
  const { path, claims } = await (await connect(context)).citations.path(from, to);
  if (terminal.json) terminal.printJson({ path, claims });
  else if (path.length === 0) {
    terminal.print(`No chain of citations leads from ${plain(from)} to ${plain(to)}, or back.`);
  } else {
    path.forEach(({ id, title, author }, i) => {
      terminal.print(`${plain(id)}  ${plain(title)} by ${plain(author)}`);
      const claim = claims[i];
      if (claim !== undefined) terminal.print(`  cites, for: ${plain(claim)}`);
    });
  }
  return EXIT.done;
}

// Makes research.svg of a real run in a terminal, in a home of its own: `npm run picture`.
import { spawn } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REQUEST = "Research DeFi yield opportunities on Base blockchain";
const SOURCES = "examples/base-defi";
const COLUMNS = 104;
const LIMIT_MS = 600_000;

/** Sizes of the picture, in its own unit. */
const SIZE = { character: 8, line: 19, margin: 16, head: 48, gap: 14 };
/** The terminal's colours, by their number. */
const COLOURS = ["#5c6370", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9"];

const home = await homeOfItsOwn();
try {
  const { reading, end } = await filmed(home);
  const asked = end.findIndex((line) => textOf(line).startsWith("Publish “"));
  if (reading === undefined || asked < 0)
    throw new Error(`The run did not show what the picture shows:\n${end.map(textOf).join("\n")}`);
  const command = `$ npm run --silent research -- "${REQUEST}" --sources ${SOURCES}`;
  const typed = [command.slice(0, COLUMNS), command.slice(COLUMNS)].map((text) => [{ x: 0, text, style: "" }]);
  const picture = svgOf([
    { title: "while it reads", lines: [...typed, ...reading] },
    { title: "before it publishes, and after", lines: end.slice(asked) },
  ]);
  await writeFile(new URL("research.svg", import.meta.url), picture);
  process.stdout.write(`${end.slice(asked).map(textOf).join("\n")}\n`);
} finally {
  await finished(spawn(process.execPath, [cli(), "stop"], { env: { ...process.env, VIBEWRITER_HOME: home } }));
  await rm(home, { recursive: true, force: true });
}

/** An empty home with what the set-up has made. */
async function homeOfItsOwn() {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const path = await mkdtemp(join(tmpdir(), "vw-"));
  await cp(join(real, "setup.json"), join(path, "setup.json"));
  await symlink(join(real, "cache"), join(path, "cache"));
  // The run is started here, so that its report lies where the picture says.
  await symlink(join(ROOT, "examples"), join(path, "examples"));
  return path;
}

/** The screen while researchers are at work, and at the end. The question is answered with yes. */
async function filmed(home) {
  const args = ["research", REQUEST, "--sources", SOURCES, "--model", "offline", "--out", "reports"];
  const driver = spawn(
    "python3",
    [join(ROOT, "apps/cli/test/support/on_terminal.py"), process.execPath, cli(), ...args],
    {
      cwd: home,
      env: { ...process.env, VIBEWRITER_HOME: home, TERM: "xterm-256color", COLORTERM: "" },
      timeout: LIMIT_MS,
    },
  );
  const tell = (command) => driver.stdin.write(`${JSON.stringify(command)}\n`);
  tell({ resize: [80, COLUMNS] });
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 80, allowProposedApi: true });
  let reading;
  let isAnswered = false;
  for await (const bytes of driver.stdout) {
    await new Promise((written) => terminal.write(bytes, written));
    const lines = screenOf(terminal);
    const texts = lines.map(textOf);
    const busy = texts.filter((text) => /^\s+researcher › /.test(text)).length;
    if (busy >= 2 && texts.some((text) => text.includes("✔"))) reading ??= lines;
    if (!isAnswered && texts.some((text) => text.includes("[y = yes"))) {
      isAnswered = true;
      tell({ type: "y\r" });
    }
  }
  return { reading, end: screenOf(terminal) };
}

/** The lines of a screen up to the last that is not empty, each as stretches of one style with the column where they begin. */
function screenOf({ buffer: { active }, cols, rows }) {
  const lines = [];
  for (let y = 0; y < rows; y++) {
    const stretches = [];
    const line = active.getLine(y);
    for (let x = 0; x < cols; x++) {
      const cell = line?.getCell(x);
      const text = cell?.getChars() || " ";
      const style = styleOf(cell);
      const last = stretches.at(-1);
      if (last?.style === style) last.text += text;
      else stretches.push({ x, text, style });
    }
    lines.push(stretches.flatMap(trimmed));
  }
  return lines.slice(0, lines.findLastIndex((line) => line.length > 0) + 1);
}

function styleOf(cell) {
  if (cell === undefined) return "";
  const colour = cell.isFgPalette() ? COLOURS[cell.getFgColor() % 8] : undefined;
  return [
    ...(colour === undefined ? [] : [` fill="${colour}"`]),
    ...(cell.isBold() ? [' font-weight="bold"'] : []),
    ...(cell.isDim() ? [' opacity=".6"'] : []),
  ].join("");
}

/** Words that stand together, without the space around them: what is wide apart keeps its column in any font. */
function trimmed({ x, text, style }) {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => ({ x: x + index, text: words, style }));
}

function textOf(line) {
  return line.reduce((all, { x, text }) => `${all.padEnd(x)}${text}`, "");
}

function svgOf(windows) {
  const { character, line, margin, head, gap } = SIZE;
  const width = COLUMNS * character + margin;
  const parts = [];
  let top = 0;
  for (const { title, lines } of windows) {
    const height = head + lines.length * line - 5;
    parts.push(`<rect x="0" y="${top}" width="${width}" height="${height}" rx="8" fill="#1e222a"/>`);
    for (const [i, fill] of ["#ff5f57", "#febc2e", "#28c840"].entries())
      parts.push(`<circle cx="${18 + 16 * i}" cy="${top + 16}" r="5" fill="${fill}"/>`);
    parts.push(
      `<text x="${width / 2}" y="${top + 20}" fill="#8a919e" font-size="12" text-anchor="middle">${title}</text>`,
    );
    for (const [row, stretches] of lines.entries()) {
      for (const { x, text, style } of stretches) {
        const at = `x="${margin / 2 + x * character}" y="${top + head + row * line}"${style}`;
        const fits = `textLength="${text.length * character}" lengthAdjust="spacingAndGlyphs"`;
        parts.push(`<text ${at} ${fits}>${escaped(text)}</text>`);
      }
    }
    top += height + gap;
  }
  const height = top - gap;
  const font = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
  const label =
    "A run of vibewriter research in a terminal: the plan with its steps, researchers at work, the question before publishing, and the summary";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${font}" font-size="13" fill="#d8dee9" role="img" aria-label="${label}">
${parts.join("\n")}
</svg>
`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function cli() {
  return join(ROOT, "apps/cli/bin/vibewriter.mjs");
}

function finished(child) {
  return new Promise((resolve) => child.once("close", resolve));
}

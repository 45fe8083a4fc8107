import { Parser } from "htmlparser2";
import { ReaderFailure } from "../failure.js";
import type { Attributes } from "../text/block.js";
import { BlockWriter } from "../text/blocks.js";
import { PageFacts } from "./facts.js";

/** Deeper than pages with forgotten closing tags are; the costs of depth grow with its square. */
const MAX_DEPTH = 10_000;
const MENUS = new Set(["nav", "footer", "aside"]);
const MENU_ROLES = /^(?:navigation|contentinfo|complementary|banner|search|dialog|alertdialog)$/;
/** HTML is given to the parser in pieces, so that its buffers stay small; in UTF-16 code units. */
const PIECE = 256 * 1024;

/** All that one pass over a page gives, whatever its size. */
export interface ScannedPage {
  /** What a person sees of the body, without menus. */
  text: string;
  facts: PageFacts;
  elements: number;
  /** How deep elements are nested. */
  depth: number;
}

/** @throws ReaderFailure `unreadable` for elements that are nested without end */
export function scanPage(html: string): ScannedPage {
  const writer = new BlockWriter();
  const facts = new PageFacts();
  let elements = 0;
  let depth = 0;
  let deepest = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      elements++;
      deepest = Math.max(deepest, ++depth);
      if (depth > MAX_DEPTH) {
        throw new ReaderFailure("unreadable", `The page's elements are nested more than ${MAX_DEPTH} deep.`);
      }
      facts.open(name, attributes);
      writer.open(name, attributes, isMenu(name, attributes));
    },
    ontext(text) {
      facts.text(text);
      writer.text(text);
    },
    onclosetag(name) {
      depth--;
      facts.close(name);
      writer.close();
    },
  });
  for (let at = 0; at < html.length; at += PIECE) parser.write(html.slice(at, at + PIECE));
  parser.end();
  return { text: writer.result(), facts, elements, depth: deepest };
}

function isMenu(name: string, { role }: Attributes): boolean {
  return MENUS.has(name) || (role !== undefined && MENU_ROLES.test(role));
}

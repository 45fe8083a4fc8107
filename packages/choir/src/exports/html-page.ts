import type { List, ListItem, Root as MarkdownRoot, Parents } from "mdast";
import rehypeSanitize, { type Options as Schema } from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkRehype, { defaultHandlers } from "remark-rehype";
import { unified } from "unified";
import type { DocumentFacts } from "./document.js";
import { escapeMarkup } from "./safe-text.js";

/** All that can stand in the text. What is not in here falls, with its attributes; no id or address but those that code has written. */
const ALLOWED: Schema = {
  tagNames: [
    ...["h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "del"],
    ...["ul", "ol", "li", "input", "table", "thead", "tbody", "tr", "th", "td", "a", "sup", "section"],
  ],
  attributes: {
    a: ["href", "id", "dataFootnoteRef", "dataFootnoteBackref", "ariaLabel"],
    code: [["className", /^language-[\w+#.-]+$/]],
    input: [["type", "checkbox"], ["disabled", true], "checked"],
    li: ["id"],
    ol: ["start"],
    section: ["dataFootnotes"],
    td: [["align", "left", "right", "center"]],
    th: [["align", "left", "right", "center"]],
  },
  protocols: { href: ["http", "https", "mailto"] },
  required: { input: { type: "checkbox", disabled: true } },
  strip: ["script", "style"],
  clobber: [],
};

const processor = unified()
  .use(remarkRehype, {
    ...{ clobberPrefix: "note-", footnoteLabel: "Notes", footnoteLabelProperties: {} },
    handlers: {
      list(state, node: List) {
        // Said of the list once, so that no item looks through all of them.
        const spread = node.spread || node.children.some((item) => item.spread ?? item.children.length > 1);
        return defaultHandlers.list(state, { ...node, spread });
      },
      listItem: (state, node: ListItem, parent: Parents | undefined) =>
        defaultHandlers.listItem(state, node, parent?.type === "list" ? { ...parent, children: [] } : parent),
    },
  })
  .use(rehypeSanitize, ALLOWED)
  .use(rehypeStringify);

/** The text as one page that stands alone: nothing in it runs, and nothing is fetched to show it. */
export function htmlPage({ title, author, language, lines, notice }: DocumentFacts, tree: MarkdownRoot): string {
  const body = processor.stringify(processor.runSync(tree));
  const lang = language === undefined ? "" : ` lang="${escapeMarkup(language)}"`;
  const facts = lines.map((fact) => `<li>${escapeMarkup(fact)}</li>`);
  const shown = notice && `<p class="notice"><strong>${escapeMarkup(notice.text)}</strong></p>\n`;
  return `<!doctype html>
<html${lang} dir="auto">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="author" content="${escapeMarkup(author)}">
<title>${notice === undefined ? "" : `${escapeMarkup(notice.label)}: `}${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
${shown ?? ""}<ul class="facts">
${facts.join("\n")}
</ul>
</header>
<main dir="auto">
${body}
</main>
</body>
</html>
`;
}

const STYLE = `
body { margin: 0 auto; max-width: 42rem; padding: 2rem 1.25rem; color: #1a1a1a; background: #fff; font: 1.06rem/1.6 Georgia, "Noto Serif", serif; }
h1, h2, h3, h4, h5, h6 { font-family: system-ui, "Noto Sans", sans-serif; line-height: 1.25; }
a { color: #7a5a00; overflow-wrap: anywhere; }
pre { background: #f5f3ee; padding: 0.8rem; overflow-x: auto; font-size: 0.88rem; line-height: 1.4; }
code { font-family: ui-monospace, "Noto Sans Mono", monospace; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid #c9a227; color: #444; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.94rem; }
th, td { border: 1px solid #bbb; padding: 0.3rem 0.6rem; text-align: start; vertical-align: top; }
p, li { overflow-wrap: anywhere; }
.facts { list-style: none; padding: 0; color: #555; font: 0.85rem/1.5 system-ui, "Noto Sans", sans-serif; }
.notice { border: 2px solid #b00020; padding: 0.6rem 0.9rem; color: #b00020; }
section { margin-top: 2.5rem; border-top: 1px solid #bbb; font-size: 0.92rem; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } a { color: inherit; } pre { white-space: pre-wrap; } h2, h3 { break-after: avoid; } tr, blockquote { break-inside: avoid; } }
`;

/** The parts of a DOCX file (ECMA-376) that are the same for every article. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OPENXML = "http://schemas.openxmlformats.org";
const WORD = `${OPENXML}/wordprocessingml/2006/main`;
const OFFICE = `${OPENXML}/officeDocument/2006/relationships`;
const PACKAGE = `${OPENXML}/package/2006`;
const TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/** A part whose root is an element of WordprocessingML. */
export function wordPart(root: string, content: string): string {
  return `${XML}<w:${root} xmlns:w="${WORD}" xmlns:r="${OFFICE}">${content}</w:${root}>`;
}

export const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${TYPE}.document.main+xml"/>${["styles", "numbering", "footnotes", "settings"].map((name) => `<Override PartName="/word/${name}.xml" ContentType="${TYPE}.${name}+xml"/>`).join("")}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`;

export const PACKAGE_RELATIONS = relations([
  ["doc", `${OFFICE}/officeDocument`, "word/document.xml"],
  ["core", `${PACKAGE}/relationships/metadata/core-properties`, "docProps/core.xml"],
]);

/** Of the document; `links` are addresses outside of it, `link1` the first. */
export function documentRelations(links: readonly string[]): string {
  const own = ["styles", "numbering", "footnotes", "settings"].map(
    (name) => [name, `${OFFICE}/${name}`, `${name}.xml`] as const,
  );
  return relations(own, links);
}

/** Of the notes. */
export function noteRelations(links: readonly string[]): string {
  return relations([], links);
}

/** @param links escaped */
function relations(own: readonly (readonly [string, string, string])[], links: readonly string[] = []): string {
  const inside = own.map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`);
  const outside = links.map(
    (target, i) =>
      `<Relationship Id="link${i + 1}" Type="${OFFICE}/hyperlink" Target="${target}" TargetMode="External"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${[...inside, ...outside].join("")}</Relationships>`;
}

/** @param o each escaped; `date` is ISO 8601 */
export function coreProperties(o: { title: string; author: string; language: string; keywords: string; date: string }) {
  const { title, author, language, keywords, date } = o;
  const time = (name: string) => `<dcterms:${name} xsi:type="dcterms:W3CDTF">${date.slice(0, 19)}Z</dcterms:${name}>`;
  return `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${title}</dc:title><dc:creator>${author}</dc:creator><cp:keywords>${keywords}</cp:keywords><dc:language>${language}</dc:language>${time("created")}${time("modified")}</cp:coreProperties>`;
}

export const SETTINGS = wordPart(
  "settings",
  '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>',
);

/** @param language BCP 47, escaped, or empty */
export function styles(language: string): string {
  const lang = language === "" ? "" : `<w:lang w:val="${language}"/>`;
  const headings = [32, 27, 24, 22, 21, 21].map((size, i) =>
    style(
      `Heading${i + 1}`,
      `heading ${i + 1}`,
      `<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="${i}"/></w:pPr><w:rPr><w:b/><w:sz w:val="${size}"/></w:rPr>`,
    ),
  );
  return wordPart(
    "styles",
    [
      `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Arial"/><w:sz w:val="21"/>${lang}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`,
      '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
      style("Title", "Title", '<w:rPr><w:b/><w:sz w:val="40"/></w:rPr>'),
      ...headings,
      style(
        "Facts",
        "Facts",
        '<w:pPr><w:spacing w:after="0"/></w:pPr><w:rPr><w:color w:val="555555"/><w:sz w:val="17"/></w:rPr>',
      ),
      style("Notice", "Notice", '<w:rPr><w:b/><w:color w:val="B00020"/><w:sz w:val="22"/></w:rPr>'),
      style(
        "Quote",
        "Quote",
        '<w:pPr><w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="C9A227"/></w:pBdr></w:pPr><w:rPr><w:color w:val="444444"/></w:rPr>',
      ),
      style(
        "Code",
        "Code",
        '<w:pPr><w:shd w:val="clear" w:color="auto" w:fill="F5F3EE"/><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:sz w:val="17"/></w:rPr>',
      ),
      style("FootnoteText", "footnote text", '<w:rPr><w:sz w:val="17"/></w:rPr>'),
    ].join(""),
  );
}

function style(id: string, name: string, properties: string): string {
  return `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="Normal"/>${properties}</w:style>`;
}

/** Levels of lists that Word has. */
export const LIST_LEVELS = 9;

/** Bullets are list 1; each list of numbers is one of its own from 2 on, and begins with its own number. */
export function numbering(starts: readonly number[]): string {
  const levels = (format: string, textOf: (level: number) => string) =>
    Array.from(
      { length: LIST_LEVELS },
      (_, level) =>
        `<w:lvl w:ilvl="${level}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${textOf(level)}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="${(level + 1) * 400}" w:hanging="360"/></w:pPr></w:lvl>`,
    ).join("");
  const kinds =
    `<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>${levels("bullet", () => "•")}</w:abstractNum>` +
    `<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>${levels("decimal", (level) => `%${level + 1}.`)}</w:abstractNum>`;
  const overrides = (start: number) =>
    Array.from(
      { length: LIST_LEVELS },
      (_, level) => `<w:lvlOverride w:ilvl="${level}"><w:startOverride w:val="${start}"/></w:lvlOverride>`,
    ).join("");
  const lists = starts.map(
    (start, i) => `<w:num w:numId="${i + 2}"><w:abstractNumId w:val="1"/>${overrides(start)}</w:num>`,
  );
  return wordPart("numbering", `${kinds}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>${lists.join("")}`);
}

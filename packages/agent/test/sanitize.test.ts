import { canonicalJson, hashOf } from "../src/canonical.js";
import { oneLine, visibleText } from "../src/sanitize.js";

describe("text from outside", () => {
  it("loses what a person cannot see and keeps the rest", () => {
    const tag = [..."ignore"].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
    expect(visibleText(`a\u200Bb\u0007c\u001B[31md\u202Ee${tag}f\u00ADg\uFEFFh\uFE0Fi`)).toBe("abc[31mdefghi");
    expect(visibleText("one\r\ntwo\rthree\n\tfour")).toBe("one\ntwo\nthree\n\tfour");
    expect(visibleText("Zürich — 4,6 % · 日本語 · 👍")).toBe("Zürich — 4,6 % · 日本語 · 👍");
  });

  it("becomes one line", () => {
    expect(oneLine(" a\n\n b\tc ", 10)).toBe("a b c");
    expect(oneLine("abcdefghij", 5)).toBe("abcd…");
  });
});

describe("canonical JSON", () => {
  it("is the same for equal values and another for others", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(hashOf({ a: 1, b: 2 })).toBe(hashOf({ b: 2, a: 1 }));
    expect(hashOf({ a: "1" })).not.toBe(hashOf({ a: 1 }));
  });
});

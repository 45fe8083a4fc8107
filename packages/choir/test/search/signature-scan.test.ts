import { SignatureScan } from "../../src/search/signature-scan.js";
import { Writing } from "../support/writing.js";

/** Bits that differ, one by one. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, i) => sum + (byte ^ (b[i] ?? 0)).toString(2).replaceAll("0", "").length, 0);
}

describe("SignatureScan", () => {
  it.each([32, 128])("finds what comparing bit by bit finds, in its order, with %i bytes a signature", (bytes) => {
    const random = new Writing(bytes);
    // Few different bytes, so that many are equally far.
    const signature = () => Uint8Array.from({ length: bytes }, () => random.pick([0, 0, 1, 3, 255]));
    const scan = new SignatureScan();
    const all: Uint8Array[] = [];
    for (const size of [1, 63, 64, 65, 900, 2_500]) {
      while (all.length < size) {
        const one = signature();
        scan.add(all.push(one) * 7, one);
      }
      const asked = signature();
      for (const isAllowed of [() => true, (id: number) => id % 3 === 0, (id: number) => id % 631 === 0]) {
        const found = all
          .map((one, i) => ({ id: (i + 1) * 7, far: distance(one, asked) }))
          .filter(({ id }) => isAllowed(id))
          .sort((a, b) => a.far - b.far || a.id - b.id)
          .slice(0, 40)
          .map(({ id }) => id)
          .sort((a, b) => a - b);
        expect(scan.nearest(asked, 40, isAllowed)).toEqual(found);
      }
    }
  });

  it("finds nothing in nothing", () => {
    expect(new SignatureScan().nearest(new Uint8Array(32), 5, () => true)).toEqual([]);
  });
});

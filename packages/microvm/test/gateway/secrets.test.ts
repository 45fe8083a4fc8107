import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Secrets } from "../../src/gateway/secrets.js";

const key = "sk-ant-0123456789abcdef/+=";
const secrets = new Secrets([`Bearer ${key}`]);

const passed = (chunks: string[], onFound?: () => Error) =>
  buffer(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(secrets.filter(onFound)));

describe("credentials in what passes", () => {
  it.each([
    ["as it is", `a ${key} b`],
    ["with the word in front", `a Bearer ${key} b`],
    ["percent-encoded", `?k=${encodeURIComponent(key)}&`],
    ["in base64", `"${Buffer.from(`Bearer ${key}`).toString("base64")}"`],
    ["in base64, alone", `"${Buffer.from(key).toString("base64")}"`],
  ])("are found %s", async (_, text) => {
    expect(secrets.isIn(text)).toBe(true);
    expect(secrets.redacted(text)).not.toContain(key);
    expect(secrets.redacted(text)).toHaveLength(text.length);
    expect(secrets.isIn(secrets.redacted(text))).toBe(false);
  });

  it("are starred out wherever a stream is cut", async () => {
    const text = `one ${key} two Bearer ${key} three`;
    for (let at = 0; at <= text.length; at++) {
      const out = (await passed([text.slice(0, at), text.slice(at)])).toString();
      expect(out).toMatch(/^one \*+ two [* ]+ three$|^one \*+ two (?:Bearer )?\*+ three$/);
    }
    expect((await passed([...text])).toString()).not.toContain(key.slice(0, 8));
  });

  it("hold nothing back that is none of theirs", async () => {
    const filter = secrets.filter();
    filter.write("event: delta\n\n");
    expect(filter.read()?.toString()).toBe("event: delta\n\n");
    filter.write("data: sk-ant-01");
    expect(filter.read()?.toString()).toBe("data: ");
    filter.end("x");
    expect((await buffer(filter)).toString()).toBe("sk-ant-01x");
  });

  it("end the stream where they must not pass, before their last byte", async () => {
    const filter = secrets.filter(() => new Error("leak"));
    const heard: Buffer[] = [];
    filter.on("data", (chunk) => heard.push(chunk));
    const failed = new Promise((resolve) => filter.once("error", resolve));
    filter.write(`before ${key.slice(0, 20)}`);
    filter.write(`${key.slice(20)} after`);
    expect(await failed).toMatchObject({ message: "leak" });
    expect(Buffer.concat(heard).toString()).toBe("before ");
  });

  it("are none where there are none", async () => {
    expect(new Secrets([]).isIn("anything")).toBe(false);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backbone } from "@vibewriter/backbone";
import { natsBinary } from "../../../backbone/test/support/home.js";
import { EvidenceStore, type NewClaim } from "../../src/index.js";

const TEXT = "# On Base\n\nAave pays **4.6%** – “net of fees”.\nIt holds $480 million.\n\nMoonwell pays 5.1%.";
let home: string;
let backbone: Backbone;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "vw-claims-"));
  process.env.NATS_SERVER_BIN = (await natsBinary()).path;
  backbone = await Backbone.open({ home });
}, 60_000);
afterAll(async () => {
  await backbone?.close();
  await rm(home, { recursive: true, force: true });
});

const open = (runId: string) =>
  EvidenceStore.open({
    backbone,
    agentId: "agent",
    runId,
    extract: async ({ bytes }) => ({ text: new TextDecoder().decode(bytes) }),
    article: async (id) => ({ title: id, markdown: TEXT }),
  });
const claim = (text: string, quote: string, source = "S1"): NewClaim => ({
  text,
  by: "researcher",
  support: [{ source, quote }],
});

test("claims are kept with the exact words of their sources, are seen by all, and are there after a resume", async () => {
  const [one, other] = await Promise.all([open("shared"), open("shared")]);
  await one.read("choir:a1");
  const quote = 'Aave pays 4.6% - "net\n of fees"';
  const [kept] = await one.recordClaims([{ ...claim("Aave pays 4.6%.", quote), question: "What does Aave pay?" }]);
  expect(kept).toMatchObject({ id: "C1", question: "What does Aave pay?", by: "researcher" });
  expect(kept?.support).toEqual([
    { source: "S1", start: 11, end: expect.any(Number), quote: "Aave pays **4.6%** – “net of fees”" },
  ]);
  expect(TEXT.slice(kept?.support[0]?.start, kept?.support[0]?.end)).toBe(kept?.support[0]?.quote);
  expect(await other.claims()).toEqual([kept]);
  expect(await (await open("shared")).claims()).toEqual([kept]);
  expect(await (await open("another")).claims()).toEqual([]);
});

test("the same statement on the same source is one claim, also when two record it at once; ids are in order", async () => {
  const stores = await Promise.all([open("once"), open("once")]);
  await stores[0]?.read("choir:a1");
  const claims = [claim("Aave holds $480 million", "$480 million"), claim("Moonwell pays 5.1%.", "Moonwell pays 5.1%")];
  const again = claims.map(({ text, ...rest }) => ({ ...rest, text: ` ${text.replace(" ", "  ")}. ` }));
  const recorded = await Promise.all(stores.map((store, i) => store.recordClaims(i === 0 ? claims : again)));
  expect(recorded[0]).toEqual(recorded[1]);
  expect(recorded[0]?.map(({ id }) => id)).toEqual(["C1", "C2"]);
  // Whoever looks for something else in the same words has found it, too.
  const [first = claim("", "")] = claims;
  const why = { question: "Is it large?", hypothesis: { id: "H1", stance: "for" as const } };
  const more = [first, { ...first, question: "Why?" }, { ...first, ...why }, { ...first, question: "Why?" }];
  for (const one of more) await stores[1]?.recordClaims([one]);
  expect((await stores[0]?.claims())?.[0]).toMatchObject({ id: "C1", also: [{ question: "Why?" }, why] });
  const [next] = (await stores[0]?.recordClaims([claim("Moonwell pays more.", "Moonwell pays 5.1%")])) ?? [];
  expect(next?.id).toBe("C3");
});

test("words that do not stand in the source are refused, and nothing of that call is kept", async () => {
  const store = await open("refused");
  await store.read("choir:a1");
  const claims = [claim("Aave pays 4.6%.", "Aave pays 4.6%"), claim("Aave pays 6.4%.", "Aave pays 6.4%")];
  await expect(store.recordClaims(claims)).rejects.toMatchObject({
    code: "quote_not_found",
    message: expect.stringContaining("“Aave pays 6.4%” do not stand in S1"),
  });
  await expect(store.recordClaims([claim("x", "half of a wor")])).rejects.toMatchObject({ code: "quote_not_found" });
  await expect(store.recordClaims([claim("x", "x", "S9")])).rejects.toMatchObject({ code: "unknown_source" });
  expect(await store.claims()).toEqual([]);
});

test("a run that is full says so and keeps what it has", async () => {
  const store = await open("full");
  await store.read("choir:a1");
  const many = (from: number) =>
    Array.from({ length: 450 }, (_, i) => claim(`${from + i} ${"long ".repeat(190)}`, "Moonwell pays 5.1%"));
  await store.recordClaims(many(0));
  await store.recordClaims(many(450).slice(0, 300));
  await expect(store.recordClaims(many(1_000))).rejects.toMatchObject({
    code: "too_large",
    message: expect.stringContaining("750 claims"),
  });
  expect(await store.claims()).toHaveLength(750);
});

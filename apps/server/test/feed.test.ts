import { send, textOf } from "../src/http-over-socket.js";
import { openTestApi, type TestApi } from "./support/test-api.js";

let api: TestApi;
let tides: string;
beforeAll(async () => {
  api = await openTestApi();
  const article = { author: "Ada", tags: ["sea"] };
  tides = (await api.choir.publish({ markdown: "# Tides & <moons>\n\nText.", key: "a", ...article }, api.ada)).id;
  await api.choir.publish({ markdown: "# Boats\n\nText.", key: "b", author: "Ada", tags: ["land"] }, api.ada);
});
afterAll(() => api?.[Symbol.asyncDispose]());

async function get(query: string): Promise<{ status: number | undefined; type: string | undefined; text: string }> {
  const path = `/v1/feed.atom${query}`;
  const incoming = await send({ socket: api.socket, method: "GET", path, timeoutMs: 10_000 });
  return { status: incoming.statusCode, type: incoming.headers["content-type"], text: await textOf(incoming) };
}

const titles = (feed: string) => [...feed.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);

it("/v1/feed.atom is Atom, of everything or of a part, and each part has an id of its own", async () => {
  const all = await get("");
  expect(all).toMatchObject({ status: 200, type: "application/atom+xml; charset=utf-8" });
  expect(titles(all.text)).toEqual(["The Choir", "Boats", "Tides &#38; &#60;moons&#62;"]);
  expect(titles((await get("?limit=1")).text)).toEqual(["The Choir", "Boats"]);
  const parts = [`?tag=sea`, `?article=${tides}`, `?tag=sea&author=${api.ada.publicKey}`];
  const feeds = await Promise.all(parts.map(async (query) => (await get(query)).text));
  for (const feed of feeds) expect(titles(feed).slice(1)).toEqual(["Tides &#38; &#60;moons&#62;"]);
  const ids = [all.text, ...feeds].map((feed) => /<id>([^<]*)<\/id>/.exec(feed)?.[1]);
  expect(new Set(ids).size).toBe(4);
});

it("/v1/feed.atom of what is followed has what any subscription is about, and refuses what makes no sense", async () => {
  expect(titles((await get("?followed=true")).text)).toEqual(["The Choir: what you follow"]);
  await api.client.follows.add("tag:sea");
  await api.client.follows.add(`article:${tides}`);
  expect(titles((await get("?followed=true")).text)).toHaveLength(2);
  for (const query of ["?limit=0", "?limit=501", "?tag=", "?whatever=1", "?followed=maybe", "?followed=true&tag=sea"])
    expect(await get(query)).toMatchObject({ status: 400, text: expect.stringContaining('"bad_request"') });
});

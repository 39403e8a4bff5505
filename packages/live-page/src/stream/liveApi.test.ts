import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLiveApi } from "./liveApi.ts";

let asked: [url: string, method: string | undefined, authorization: string | undefined][] = [];
let answer: () => Response;

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push([url, init.method, (init.headers as Record<string, string>)["authorization"]]);
    return answer();
  });
  history.replaceState(null, "", "/rum/realtime?view=errors");
});
afterEach(() => void vi.unstubAllGlobals());

const LINK = "rkl1.1796000000.abc";

test("a read-only link is the page's address with the token that the collector has made, in the fragment", async () => {
  answer = () => Response.json({ url: "../../realtime#token=x", token: LINK, endsAt: 0 }, { status: 201 });
  const { share } = createLiveApi("/rum/realtime", () => "a-token");
  expect(await share()).toBe(`${location.origin}/rum/realtime?view=errors#token=${LINK}`);
  expect(asked).toEqual([["/rum/realtime/share", "POST", "Bearer a-token"]]);
});

test("a viewer with a link shares that link, without a request", async () => {
  const { share } = createLiveApi("/rum/realtime", () => LINK);
  expect(await share()).toBe(`${location.origin}/rum/realtime?view=errors#token=${LINK}`);
  expect(asked).toEqual([]);
});

test.each<[string, () => Response]>([
  ["is away", () => Response.error()],
  ["has ended access", () => Response.json({ error: { code: "bad_token", message: "" } }, { status: 401 })],
])("there is no link while the collector %s", async (_name, refuse) => {
  answer = refuse;
  expect(await createLiveApi("/rum/realtime", () => "a-token").share()).toBeUndefined();
});

test.each([LINK, `https://rum.example/realtime?view=errors#token=${LINK}`, ` ${LINK} `])(
  "the link %j is ended by its token",
  async (link) => {
    answer = () => new Response(null, { status: 204 });
    const { endLink } = createLiveApi("/rum/realtime", () => "a-token");
    expect(await endLink(link)).toBeUndefined();
    expect(asked).toEqual([["/rum/realtime/share/end", "POST", "Bearer a-token"]]);
  },
);

test("a text without a link is not sent, and a refusal is said in the collector's words", async () => {
  const { endLink } = createLiveApi("/rum/realtime", () => "a-token");
  expect(await endLink("https://rum.example/realtime")).toMatch(/^Paste the whole link/);
  expect(asked).toEqual([]);
  answer = () => Response.json({ error: { code: "unknown", message: "It opens nothing." } }, { status: 404 });
  expect(await endLink(LINK)).toBe("It opens nothing.");
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { alertsOf } from "../../test/alertValues.ts";
import { createLiveApi } from "./liveApi.ts";

interface Asked {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

let asked: Asked[] = [];
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (url: string, { method, headers, body }: RequestInit) => {
    asked.push({ url, method, headers: headers as Record<string, string>, body });
    return answer();
  });
});
afterEach(() => void vi.unstubAllGlobals());

const { alerts: api } = createLiveApi("/rum/realtime", () => "a-token");
const refusal =
  (status: number, message = "No.") =>
  () =>
    Response.json({ error: { code: "x", message } }, { status });

describe("the alerts", () => {
  test("are read below the page's own path, with its token", async () => {
    answer = () => Response.json(alertsOf());
    expect(await api.read()).toMatchObject({ kind: "read", alerts: alertsOf() });
    expect(asked).toMatchObject([
      { url: "/rum/realtime/alerts", method: "GET", headers: { authorization: "Bearer a-token" } },
    ]);
  });

  test.each<[string, () => Response, unknown]>([
    ["a collector that is older than the page", refusal(404), { kind: "missing" }],
    ["a page of the app for unknown paths", () => new Response("<h1>Shop</h1>"), { kind: "missing" }],
    ["JSON of the app for unknown paths", () => Response.json({ hello: "shop" }), { kind: "missing" }],
    ["a link that has ended", refusal(401), { kind: "denied" }],
    ["a token without the scope", refusal(403), { kind: "denied" }],
    ["a busy proxy, whose answer says nothing about alerts", refusal(502), undefined],
    ["a collector that is away", () => Response.error(), undefined],
    [
      "an answer that is cut off",
      () => new Response('{"alerts":[', { headers: { "content-type": "application/json" } }),
      undefined,
    ],
  ])("%s", async (_name, given, kind) => {
    answer = given;
    expect(await api.read()).toEqual(kind);
  });
});

describe("a change", () => {
  const decision = { by: "ann", why: "Because." };

  test("is sent as JSON, to the thing that it is about", async () => {
    answer = () => new Response(null, { status: 204 });
    const silence = { matchers: ["a=b"], endsAt: 7, ...decision };
    expect(await api.acknowledge("e/1?x", decision)).toBeUndefined();
    await api.silence(silence);
    await api.endSilence("s 1", decision);
    await api.approve("a", decision);
    await api.reject("a", decision);
    expect(asked.map(({ url }) => url)).toEqual([
      "/rum/realtime/alerts/e%2F1%3Fx/acknowledge",
      "/rum/realtime/silences",
      "/rum/realtime/silences/s%201/end",
      "/rum/realtime/actions/a/approve",
      "/rum/realtime/actions/a/reject",
    ]);
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(["POST"]));
    expect(asked[0]).toMatchObject({
      headers: { "content-type": "application/json", authorization: "Bearer a-token" },
      body: JSON.stringify(decision),
    });
    expect(asked[1]!.body).toBe(JSON.stringify(silence));
  });

  test.each<[string, () => Response, string]>([
    ["the collector refuses", refusal(409, "This episode is over."), "This episode is over."],
    [
      "a proxy refuses",
      () => new Response("busy", { status: 503 }),
      "The collector did not do it: status 503. Try again.",
    ],
    ["the collector is away", () => Response.error(), "The collector cannot be reached. Try again."],
    [
      "the refusal has a message that is not text",
      () => Response.json({ error: { message: {} } }, { status: 400 }),
      "The collector did not do it: status 400. Try again.",
    ],
  ])("that fails says why: %s", async (_name, given, reason) => {
    answer = given;
    expect(await api.acknowledge("e", decision)).toBe(reason);
  });
});

test("the audit log is read about one thing, or as a whole", async () => {
  answer = () => Response.json({ entries: [] });
  expect(await api.audit("e-1")).toEqual([]);
  await api.audit(undefined);
  expect(asked.map(({ url }) => url)).toEqual([
    "/rum/realtime/audit?limit=200&about=e-1",
    "/rum/realtime/audit?limit=200",
  ]);
  answer = refusal(404);
  expect(await api.audit(undefined)).toBeUndefined();
});

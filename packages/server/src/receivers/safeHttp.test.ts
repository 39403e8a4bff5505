import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPeer } from "../../../../test/support/receivers/peer.ts";
import { createSafePost, type SafeAnswer } from "./safeHttp.ts";

const LOCAL = ["127.0.0.0/8", "::1"];

async function postTo(
  url: string,
  context: Parameters<typeof createSafePost>[0] = { allowPrivateAddresses: LOCAL },
): Promise<SafeAnswer> {
  return createSafePost(context)({ url, body: '{"a":"ä"}', headers: { "content-type": "application/json" } });
}

test("a body arrives as it is, and the answer comes back", async () => {
  const peer = await startPeer();
  peer.conduct({ status: 429, headers: { "retry-after": "7" }, body: "slow down" });
  expect(await postTo(`${peer.origin}/hook?key=1`)).toEqual({
    kind: "answer",
    status: 429,
    retryAfter: "7",
    text: "slow down",
    isComplete: true,
  });
  expect(peer.requests).toMatchObject([
    { path: "/hook?key=1", body: '{"a":"ä"}', headers: { "content-length": "10" } },
  ]);
});

test("a redirect is not followed", async () => {
  const [peer, target] = [await startPeer(), await startPeer()];
  for (const status of [301, 302, 303, 307, 308]) {
    peer.conduct({ status, headers: { location: target.origin } });
    expect(await postTo(peer.origin)).toMatchObject({ kind: "answer", status });
  }
  expect(target.requests).toEqual([]);
});

test("a peer that never answers ends with the deadline", async () => {
  const deadline = new AbortController();
  const peer = await startPeer(() => deadline.abort());
  peer.conduct("silent");
  const answer = await postTo(peer.origin, {
    allowPrivateAddresses: LOCAL,
    deadline: () => deadline.signal,
  });
  expect(answer).toEqual({
    kind: "failed",
    reason: "It did not answer in time.",
    mayHaveArrived: true,
    isForbidden: false,
  });
});

test("a deadline that has passed sends nothing", async () => {
  const peer = await startPeer();
  const answer = await postTo(peer.origin, {
    allowPrivateAddresses: LOCAL,
    deadline: () => AbortSignal.abort(),
  });
  expect(answer).toMatchObject({ kind: "failed", mayHaveArrived: false });
  expect(peer.requests).toEqual([]);
});

test("an answer that stalls counts by its status when the deadline ends it", async () => {
  const deadline = new AbortController();
  const peer = await startPeer();
  peer.conduct("stalling");
  const onResponse = (): void => void setImmediate(() => deadline.abort());
  subscribe("http.client.response.finish", onResponse);
  onTestFinished(() => void unsubscribe("http.client.response.finish", onResponse));
  const answer = await postTo(peer.origin, {
    allowPrivateAddresses: LOCAL,
    deadline: () => deadline.signal,
  });
  expect(answer).toMatchObject({ kind: "answer", status: 200, isComplete: false });
});

test("an answer without end is cut at 64 KiB", async () => {
  const peer = await startPeer();
  peer.conduct("endless");
  const answer = await postTo(peer.origin);
  expect(answer).toMatchObject({ kind: "answer", status: 200, isComplete: false });
  expect(answer.kind === "answer" && answer.text.length).toBe(65_536);
});

test("an answer that is shorter than it promised is not complete", async () => {
  const peer = await startPeer();
  peer.conduct("lying");
  expect(await postTo(peer.origin)).toMatchObject({ kind: "answer", status: 200, isComplete: false });
});

test.each(["closing", "babbling"] as const)("a peer that is %s has failed", async (conduct) => {
  const peer = await startPeer();
  peer.conduct(conduct);
  const answer = await postTo(peer.origin);
  expect(answer).toMatchObject({ kind: "failed", mayHaveArrived: true, isForbidden: false });
  expect(JSON.stringify(answer)).not.toContain(new URL(peer.origin).port);
});

test("a header that Node refuses is a failure that does not repeat it", async () => {
  const answer = await createSafePost({ allowPrivateAddresses: LOCAL })({
    url: "http://127.0.0.1:1/",
    body: "",
    headers: { authorization: "hidden\r\nx: 1" },
  });
  expect(answer).toMatchObject({ kind: "failed", isForbidden: true });
  expect(JSON.stringify(answer)).not.toContain("hidden");
});

describe("addresses", () => {
  test("a name that resolves to a private address is not connected to, and neither are its others", async () => {
    const peer = await startPeer();
    const { port } = new URL(peer.origin);
    const resolve = () =>
      Promise.resolve([
        { address: "93.184.215.14", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    const answer = await postTo(`https://hooks.example:${port}/secret-path`, { resolve });
    expect(answer).toMatchObject({ kind: "failed", isForbidden: true, mayHaveArrived: false });
    expect(JSON.stringify(answer)).not.toMatch(/secret-path|127\.0\.0\.1/);
    expect(peer.requests).toEqual([]);
  });

  test("a name is resolved once for each connection: an answer that changes leads nowhere else", async () => {
    const peer = await startPeer();
    const { port } = new URL(peer.origin);
    const answers = ["127.0.0.1", "169.254.169.254", "127.0.0.1"];
    const asked: string[] = [];
    const resolve = (name: string) => {
      asked.push(name);
      return Promise.resolve([{ address: answers[asked.length - 1]!, family: 4 }]);
    };
    const post = createSafePost({ allowPrivateAddresses: ["127.0.0.1"], resolve });
    const send = () => post({ url: `http://rebound.example:${port}/`, body: "", headers: {} });
    expect(await send()).toMatchObject({ kind: "answer", status: 200 });
    expect(await send()).toMatchObject({ kind: "failed", isForbidden: true });
    expect(await send()).toMatchObject({ kind: "answer", status: 200 });
    expect(asked).toHaveLength(3);
    expect(peer.requests).toHaveLength(2);
  });

  test("http:// to a name needs an address that is private and allowed", async () => {
    const resolve = () => Promise.resolve([{ address: "93.184.215.14", family: 4 }]);
    const answer = await postTo("http://hooks.example/", { allowPrivateAddresses: LOCAL, resolve });
    expect(answer).toMatchObject({ kind: "failed", isForbidden: true });
  });

  test("the real resolver is checked, too", async () => {
    const answer = await postTo("https://localhost/", { allowPrivateAddresses: ["::1"] });
    expect(answer).toMatchObject({ kind: "failed" });
  });
});

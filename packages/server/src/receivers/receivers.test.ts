/** One suite for every receiver: what its service answers, its secrets, hostile text, its limits. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { assert, property } from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { hostileNotice, largestNotices } from "../../../../test/support/receivers/hostileNotices.ts";
import { noticeWith, NOON } from "../../../../test/support/receivers/notices.ts";
import {
  type Conduct,
  type Peer,
  type PeerRequest,
  startPeer,
} from "../../../../test/support/receivers/peer.ts";
import { Faults } from "../base/shape.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { checkReceiver, createReceiver, ReceiverError } from "./createReceiver.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import {
  HIDDEN,
  RECEIVERS,
  type TestedReceiver,
} from "../../../../test/support/receivers/testedReceivers.ts";

const LOCAL: ReceiverContext = { allowPrivateAddresses: ["127.0.0.1"], now: () => NOON };

function create(tested: TestedReceiver, peer: Peer, context: ReceiverContext = {}): Receiver {
  return createReceiver("oncall", tested.options(peer.origin), { ...LOCAL, ...context });
}

function send(receiver: Receiver, notice: Notice = noticeWith()): Promise<SendOutcome> {
  const { id, episode } = notice;
  return receiver.send({ id, episode, body: receiver.render(notice) ?? "", attempt: 1, thread: undefined });
}

function faultsOf(options: unknown, context: ReceiverContext = LOCAL): string[] {
  const faults = new Faults("the options");
  checkReceiver(context)(options, ["alerts", "receivers", "oncall"], faults);
  return faults.found.map(({ text }) => text);
}

describe.each(RECEIVERS)("$name", (tested) => {
  test("delivers a fire and its resolve", async () => {
    const peer = await startPeer();
    peer.conduct(tested.accepted);
    const receiver = create(tested, peer);
    for (const status of ["firing", "resolved"] as const)
      expect(await send(receiver, noticeWith({ status }))).toMatchObject({ kind: "delivered" });
    expect(peer.requests).toHaveLength(2);
    for (const request of peer.requests) tested.expectRequest(request);
  });

  const answers: readonly (readonly [what: string, conduct: Conduct, kind: SendOutcome["kind"]])[] = [
    ["400", { status: 400, body: "invalid" }, "refused"],
    ["401", { status: 401 }, "refused"],
    ["403", { status: 403 }, "refused"],
    ["404", { status: 404 }, "refused"],
    ["408", { status: 408 }, "retry"],
    ["410", { status: 410 }, "disabled"],
    ["413", { status: 413 }, "refused"],
    ["429", { status: 429 }, "retry"],
    ["500", { status: 500, body: "{}" }, "retry"],
    ["502", { status: 502 }, "retry"],
    ["503", { status: 503, body: "{}" }, "retry"],
    ["a redirect", { status: 302, headers: { location: "https://example.com/" } }, "refused"],
    ["a connection that closes early", "closing", "retry"],
    ["what is not HTTP", "babbling", "retry"],
    ["200 without end", "endless", "delivered"],
    ["200 with fewer bytes than promised", "lying", "delivered"],
  ];
  test.each(answers)("%s", async (what, conduct, kind) => {
    const peer = await startPeer();
    peer.conduct(conduct);
    const outcome = await send(create(tested, peer));
    expect(outcome.kind).toBe(tested.outcomes?.[what] ?? kind);
    if ("reason" in outcome) expect(outcome.reason.length).toBeLessThan(300);
    expect(peer.requests).toHaveLength(1);
  });

  test.each([
    ["seconds", "30"],
    ["a date", new Date(NOON + 30_000).toUTCString()],
  ])("obeys Retry-After in %s", async (_form, header) => {
    const peer = await startPeer();
    const receiver = create(tested, peer);
    for (const status of [429, 503]) {
      peer.conduct({ status, headers: { "retry-after": header } });
      expect(await send(receiver)).toMatchObject({ kind: "retry", afterMs: 30_000 });
    }
    peer.conduct(tested.accepted);
    expect(await send(receiver)).toMatchObject({ kind: "delivered" });
  });

  test("ends with the deadline when the service never answers", async () => {
    const deadline = new AbortController();
    const peer = await startPeer(() => deadline.abort());
    peer.conduct("silent");
    const outcome = await send(create(tested, peer, { deadline: () => deadline.signal }));
    expect(outcome.kind).toBe(tested.outcomes?.["no answer"] ?? "retry");
  });

  test("ends with the deadline when an answer stalls", async () => {
    const deadline = new AbortController();
    const peer = await startPeer();
    peer.conduct("stalling");
    const onResponse = (): void => void setImmediate(() => deadline.abort());
    subscribe("http.client.response.finish", onResponse);
    onTestFinished(() => void unsubscribe("http.client.response.finish", onResponse));
    const outcome = await send(create(tested, peer, { deadline: () => deadline.signal }));
    expect(outcome.kind).toBe(tested.outcomes?.["an answer that stalls"] ?? "delivered");
  });

  test("tries again when nothing listens", async () => {
    const receiver = createReceiver("oncall", tested.options("http://127.0.0.1:1"), LOCAL);
    expect(await send(receiver)).toMatchObject({
      kind: "retry",
      reason: "The connection failed: ECONNREFUSED.",
    });
  });

  test("no secret is in a rendered notice, in a reason, or in the receiver", async () => {
    const peer = await startPeer();
    let echo: PeerRequest | undefined;
    const spy = await startPeer((request) => (echo = request));
    spy.conduct(tested.accepted);
    await send(create(tested, spy));
    const receiver = create(tested, peer);
    // A service that answers with the request that it got.
    for (const text of [JSON.stringify(echo?.headers), echo?.path ?? "", echo?.body ?? ""])
      for (const shift of [0, 150, 190]) {
        peer.conduct({ status: 400, body: `${"x".repeat(shift)} ${text}` });
        const said = JSON.stringify(await send(receiver));
        expect(said).not.toMatch(HIDDEN);
        if (tested.hasSecretInRequest) expect(said).not.toMatch(tested.hasSecretInRequest);
      }
    expect(receiver.render(noticeWith())).not.toMatch(HIDDEN);
    expect(inspect(receiver, { depth: 9, showHidden: true }) + JSON.stringify(receiver)).not.toMatch(HIDDEN);
    // It would prove nothing if the request had none.
    expect(JSON.stringify(echo)).toMatch(tested.hasSecretInRequest ?? HIDDEN);
  });

  test("is not created for a private address, and names neither address nor secret", () => {
    for (const host of ["http://127.0.0.1:1", "https://169.254.169.254", "https://2130706433"]) {
      const options = tested.options(host);
      const faults = faultsOf(options, {});
      expect(faults.join()).toMatch(/^alerts\.receivers\.oncall\.\w+ (?:has|begins)/);
      expect(faults.join()).not.toMatch(/127\.0\.0\.1|169\.254|2130706433|hidden/);
      expect(() => createReceiver("oncall", options)).toThrow(ReceiverError);
    }
  });

  test("does not connect to a name that resolves to a private address", async () => {
    const resolve = () => Promise.resolve([{ address: "10.0.0.1", family: 4 }]);
    const receiver = createReceiver("oncall", tested.options("https://service.example"), {
      ...LOCAL,
      resolve,
    });
    expect(await send(receiver)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("private"),
    });
  });

  test("its options are checked: unknown keys, missing ones, secrets that are not there", () => {
    const options = tested.options("http://127.0.0.1:1");
    expect(faultsOf(options)).toEqual([]);
    expect(faultsOf({ ...options, urll: 1 })[0]).toMatch(/^alerts\.receivers\.oncall\.urll is unknown here/);
    for (const [key, value] of tested.secrets(options)) {
      const place = `alerts.receivers.oncall.${key}`;
      const missing = faultsOf({ ...options, [key]: { env: "RUMKIT_NOT_SET" } });
      expect(missing[0]).toContain(`${place} names the variable "RUMKIT_NOT_SET", which is not set`);
      expect(faultsOf({ ...options, [key]: { file: "/nowhere/at-all" } })[0]).toContain(
        `${place} names a file`,
      );
      const wrong = faultsOf({ ...options, [key]: `${String(value)}\n hidden` }).join();
      expect(wrong).toContain(place);
      expect(wrong).not.toMatch(HIDDEN);
      const { [key]: _, ...rest } = options as unknown as Record<string, unknown>;
      if (!tested.optional?.includes(key)) expect(faultsOf(rest)).toHaveLength(1);
    }
  });

  test("renders the same text again, and needs no more than the notice", () => {
    const receiver = createReceiver("oncall", tested.options("http://127.0.0.1:1"), LOCAL);
    const [first, again] = [receiver.render(noticeWith()), receiver.render(noticeWith())];
    expect(again).toBe(first);
    for (const said of tested.says) expect(first).toContain(said);
  });

  test("hostile text stays within the limits of the service, and is not obeyed", () => {
    const receiver = createReceiver("oncall", tested.options("http://127.0.0.1:1"), LOCAL);
    const check = (notice: Notice): void => {
      const body = receiver.render(notice);
      expect(body?.isWellFormed() ?? true).toBe(true);
      if (body !== undefined) tested.expectLimits(body, notice);
    };
    assert(property(hostileNotice, check), { seed: 14, numRuns: 25 });
    for (const notice of largestNotices) check(notice);
  });
});

test("the example of docs/receivers.md is valid, and has each type", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../../docs/receivers.md"), "utf8");
  const [, json] = /```json\n([^]*?)```/.exec(docs)!;
  for (const [name, text] of [
    ["PAGERDUTY_KEY", "0".repeat(32)],
    ["SLACK_TOKEN", "xoxb-1"],
    ["SMTP_URL", "smtps://user:password@smtp.example:465"],
    ["TWILIO_TOKEN", "token"],
    ["HOOK_URL", "https://hooks.example/1"],
    ["HOOK_KEY", `whsec_${Buffer.alloc(24).toString("base64")}`],
    ["TEAMS_URL", "https://teams.example/1"],
    ["DISCORD_URL", "https://discord.example/1"],
  ] as const)
    vi.stubEnv(name, text);
  onTestFinished(() => void vi.unstubAllEnvs());
  const receivers = JSON.parse(json!) as Record<string, { readonly type: string }>;
  for (const options of Object.values(receivers))
    expect(faultsOf(options, { allowPrivateAddresses: ["10.0.0.0/8"] })).toEqual([]);
  const types = Object.values(receivers).map(({ type }) => type);
  const sections = [...docs.matchAll(/^## ([a-z]+)$/gm)].map(([, type]) => type);
  expect(new Set(sections)).toEqual(new Set(types));
  expect(new Set(types)).toEqual(new Set(RECEIVERS.map(({ name }) => name.split(",")[0])).add("email"));
});

test("a type that there is not is refused, with what was probably meant", () => {
  expect(faultsOf({ type: "slak" })[0]).toContain('Did you mean "slack"?');
  expect(faultsOf({ type: "smtp" })[0]).toContain('Did you mean "email"?');
  expect(faultsOf({})[0]).toContain("alerts.receivers.oncall.type is required");
  for (const options of [null, [], "slack", { type: 1 }, { type: "constructor" }, { type: "__proto__" }])
    expect(faultsOf(options)).toHaveLength(1);
});

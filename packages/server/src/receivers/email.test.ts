import { createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { assert, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { hostileNotice, largestNotices } from "../../../../test/support/receivers/hostileNotices.ts";
import { alertWith, noticeWith } from "../../../../test/support/receivers/notices.ts";
import { startSmtp } from "../../../../test/support/receivers/smtpServer.ts";
import { Faults } from "../base/shape.ts";
import type { Notice } from "../notices/notice.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { checkReceiver, createReceiver } from "./createReceiver.ts";
import type { EmailBody } from "./emailText.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import type { EmailOptions } from "./receiverOptions.ts";

const LOCAL: ReceiverContext = { allowPrivateAddresses: ["127.0.0.1"] };

function optionsFor(host: string, to = ["team@shop.example"]): EmailOptions {
  return { type: "email", server: `smtp://${host}`, from: "Shop alerts <alerts@shop.example>", to };
}

function create(host: string, to?: string[], context: ReceiverContext = {}): Receiver {
  return createReceiver("oncall", optionsFor(host, to), { ...LOCAL, ...context });
}

function send(
  receiver: Receiver,
  notice: Notice = noticeWith(),
  pending?: readonly string[],
): Promise<SendOutcome> {
  const { id, episode } = notice;
  const body = receiver.render(notice) ?? "";
  return receiver.send({ id, episode, body, attempt: 1, thread: undefined, pending });
}

/** Lines of the headers, unfolded. */
function headersOf(raw: string): string[] {
  const [head = ""] = raw.split("\r\n\r\n");
  return head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
}

function header(raw: string, name: string): string | undefined {
  return headersOf(raw).find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
}

test("a fire and its resolve are mails of one thread, in text and HTML", async () => {
  const { host, mails } = await startSmtp();
  const receiver = create(host);
  expect(await send(receiver)).toEqual({ kind: "delivered" });
  expect(await send(receiver, noticeWith({ status: "resolved" }))).toEqual({ kind: "delivered" });
  const [fired, resolved] = mails.map(({ raw }) => raw);
  expect(header(fired!, "Subject")).toBe("Subject: [FIRING] ShopCheckoutErrors: 7.3 % of checkouts fail.");
  expect(header(resolved!, "Subject")).toContain("[RESOLVED] ShopCheckoutErrors");
  expect(header(fired!, "From")).toContain("<alerts@shop.example>");
  expect(header(fired!, "To")).toBe("To: team@shop.example");
  expect(header(fired!, "Message-ID")).toBe("Message-ID: <notice-1@shop.example>");
  expect(header(resolved!, "Message-ID")).toBe("Message-ID: <notice-2@shop.example>");
  expect(header(fired!, "Auto-Submitted")).toBe("Auto-Submitted: auto-generated");
  expect(header(resolved!, "References")).toBe(header(fired!, "References"));
  for (const type of ["text/plain", "text/html"]) expect(fired).toContain(`Content-Type: ${type}`);
  expect(fired).toContain("7.3 % (fires above 5 %)");
  expect(resolved).toContain("12 min");
});

test("an attempt that is repeated has the same Message-ID", async () => {
  let status = 451;
  const { host, mails } = await startSmtp({ data: () => status });
  const receiver = create(host);
  expect(await send(receiver)).toMatchObject({ kind: "retry", reason: expect.stringContaining("451") });
  status = 0;
  expect(await send(receiver)).toEqual({ kind: "delivered" });
  expect(header(mails[0]!.raw, "Message-ID")).toContain("notice-1@");
});

describe("statuses (RFC 5321, section 4.2.1)", () => {
  test.each([
    ["recipient", 450, "retry"],
    ["recipient", 452, "retry"],
    ["recipient", 550, "refused"],
    ["recipient", 551, "refused"],
    ["data", 421, "retry"],
    ["data", 451, "retry"],
    ["data", 552, "refused"],
    ["data", 554, "refused"],
    ["login", 454, "retry"],
    ["login", 535, "refused"],
  ] as const)("%s %i: %s", async (step, status, kind) => {
    const { host } = await startSmtp({ [step]: () => status });
    const outcome = await send(create(`user:hidden-password@${host}`));
    expect(outcome).toMatchObject({ kind, reason: expect.stringContaining(String(status)) });
  });
});

test("of several recipients a retry goes to those alone that were asked for patience", async () => {
  let busy = 450;
  const { host, mails } = await startSmtp({
    recipient: (address) => (address === "busy@shop.example" ? busy : 0),
  });
  const receiver = create(host, ["team@shop.example", "Busy <busy@shop.example>"]);
  const pending = ["Busy <busy@shop.example>"];
  expect(await send(receiver)).toMatchObject({ kind: "retry", pending });
  busy = 0;
  expect(await send(receiver, undefined, pending)).toEqual({ kind: "delivered" });
  expect(mails.map(({ to }) => to)).toEqual([["team@shop.example"], ["busy@shop.example"]]);
});

test("a recipient that is refused for good is seen, and the others have their mail", async () => {
  const { host, mails } = await startSmtp({
    recipient: (address) => (address === "gone@shop.example" ? 550 : 0),
  });
  const receiver = create(host, ["team@shop.example", "gone@shop.example"]);
  expect(await send(receiver)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("550"),
    pending: ["gone@shop.example"],
  });
  expect(mails.map(({ to }) => to)).toEqual([["team@shop.example"]]);
});

describe("a server that is not one", () => {
  const peers: Readonly<Record<string, (socket: Socket) => void>> = {
    "closes at once": (socket) => socket.destroy(),
    "closes after its greeting": (socket) => socket.end("220 hello\r\n"),
    "speaks HTTP": (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    "never ends its greeting": (socket) => {
      const write = (): void =>
        void (socket.destroyed || socket.write(`220-${"x".repeat(60_000)}\r\n`, write));
      write();
    },
  };
  test.each(Object.entries(peers))("%s: tried again", async (_what, serve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      serve(socket);
    }).listen(0, "127.0.0.1");
    const outcome = await send(create(new URL(await listen(server)).host));
    expect(outcome.kind).toBe("retry");
    expect("reason" in outcome && outcome.reason.length).toBeLessThan(300);
  });

  test("one that is silent ends with the deadline", async () => {
    const deadline = new AbortController();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      deadline.abort();
    }).listen(0, "127.0.0.1");
    const receiver = create(new URL(await listen(server)).host, undefined, {
      deadline: () => deadline.signal,
    });
    expect(await send(receiver)).toEqual({ kind: "retry", reason: "It did not answer in time." });
  });

  test("nothing that listens", async () => {
    expect(await send(create("127.0.0.1:1"))).toMatchObject({ kind: "retry" });
  });
});

test("no password is in a reason, in a rendered notice, or in the receiver", async () => {
  const { host } = await startSmtp({ login: () => 535 }, `no hidden-password ${"x".repeat(400)}`);
  const receiver = create(`user:hidden-password@${host}`);
  const outcome = await send(receiver);
  expect(outcome).toMatchObject({ kind: "refused" });
  expect("reason" in outcome && outcome.reason.length).toBeLessThan(230);
  for (const text of [
    JSON.stringify(outcome),
    receiver.render(noticeWith()),
    inspect(receiver, { depth: 9 }),
  ])
    expect(text).not.toContain("hidden");
});

describe("options", () => {
  function faultsOf(options: unknown, context: ReceiverContext = LOCAL): string {
    const faults = new Faults("the options");
    checkReceiver(context)(options, ["mail"], faults);
    return faults.found.map(({ text }) => text).join("\n");
  }
  const good = optionsFor("127.0.0.1:25");

  test.each([
    "smtps://smtp.example",
    "smtps://alerts%40shop.example:p%3Aw@smtp.example:465",
    "smtp://smtp.example:587/",
  ])("the server %s", (server) => {
    expect(faultsOf({ ...good, server }, {})).toBe("");
  });

  test.each([
    ["smtp://127.0.0.1", "private network"],
    ["smtps://10.0.0.1:465", "private network"],
    ["smtp://[::1]:25", "private network"],
    ["smtp://2130706433", "unusual form"],
    ["smtp://0x7f.1", "unusual form"],
    ["smtp://localhost", "this machine"],
    ["https://smtp.example", "must be like"],
    ["mail.shop.example", "must be like"],
    ["smtp://a%ZZ:b@smtp.example", "must be like"],
    ["smtp://smtp.example/?a=b", "must be like"],
  ])("the server %s is refused", (server, fault) => {
    const said = faultsOf({ ...good, server }, {});
    expect(said).toContain(fault);
    expect(said).not.toContain(server);
  });

  test.each(["team", "a@b\r\nBcc: c@d", "<a@b", "a@b>", "a@b,c@d", "", 7, "x <a@b> <c@d>"])(
    "%j is not an address",
    (address) => {
      expect(faultsOf({ ...good, from: address })).toContain("mail.from");
      expect(faultsOf({ ...good, to: [address] })).toContain("mail.to[0]");
    },
  );

  test("a name that resolves to a private address is not connected to", async () => {
    const resolve = () => Promise.resolve([{ address: "169.254.169.254", family: 4 }]);
    const receiver = createReceiver("oncall", optionsFor("smtp.example"), { resolve });
    expect(await send(receiver)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("private"),
    });
  });
});

describe("hostile text", () => {
  test("adds no header, and no element of HTML", () => {
    const receiver = create("127.0.0.1:25");
    const check = (notice: Notice): void => {
      const body = JSON.parse(receiver.render(notice)!) as EmailBody;
      expect(body.subject).not.toMatch(/\p{Cc}|\u2028|\u202E/u);
      expect(body.subject.length).toBeLessThanOrEqual(200);
      expect(`${body.messageId}${body.threadId}`).toMatch(/^[\w-]+$/);
      const ours =
        /<\/?(?:!doctype html|html lang="en"|html|meta charset="utf-8"|body|h2|h3|p|table|tr|td|a)(?: style="[\w:;#.-]+")?(?: href="https?:\/\/[^"<>]+")?>/g;
      expect(body.html.replace(ours, "")).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39|middot);)/);
      expect(body.text.isWellFormed() && body.html.isWellFormed()).toBe(true);
      expect(body.html.length).toBeLessThan(2_000_000);
    };
    assert(property(hostileNotice, check), { seed: 14, numRuns: 25 });
    for (const notice of largestNotices) check(notice);
  });

  test("arrives as one mail with our headers", async () => {
    const { host, mails } = await startSmtp();
    const name = 'x\r\nBcc: all@evil.example\r\n\r\n<script>\u202E "=?utf-8?q?y?="';
    const notice = noticeWith({ alerts: [alertWith({ name, summary: name, description: `.\r\n${name}` })] });
    expect(await send(create(host), notice)).toEqual({ kind: "delivered" });
    expect(mails).toHaveLength(1);
    expect(mails[0]!.to).toEqual(["team@shop.example"]);
    expect(headersOf(mails[0]!.raw).map((line) => line.split(":")[0]!.toLowerCase())).not.toContain("bcc");
    expect(mails[0]!.raw.split("Content-Type: text/html")[1]).not.toContain("<script>");
  });
});

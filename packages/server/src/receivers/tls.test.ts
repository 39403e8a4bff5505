/** Certificates of services: of a private authority, and those that must be refused. Over HTTPS, SMTP over TLS, and STARTTLS. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createCertificates, type KeyPair } from "../../../../test/support/certificates.ts";
import { listen } from "../../../../test/support/listen.ts";
import { createNoticeBench } from "../../../../test/support/notices/noticeBench.ts";
import { noticeWith } from "../../../../test/support/receivers/notices.ts";
import { startSmtp } from "../../../../test/support/receivers/smtpServer.ts";
import type { SendOutcome } from "../notices/receiver.ts";
import { createReceiver } from "./createReceiver.ts";
import type { ReceiverOptions } from "./receiverOptions.ts";

const { ca, ...pairs } = createCertificates();
const KINDS = ["good", "expired", "otherHost", "selfSigned"] as const;
type Kind = (typeof KINDS)[number];

/** Not loopback to the receiver, where STARTTLS is left out, but it is: no other machine reaches it. */
const MAPPED = "[::ffff:127.0.0.1]";
const LOCAL = { allowPrivateAddresses: ["127.0.0.1", "::ffff:127.0.0.1"] };

/** A service with a certificate, as options, and how often something arrived. */
interface Service {
  readonly options: ReceiverOptions;
  readonly arrived: () => readonly boolean[];
}

async function webhook({ key, cert }: KeyPair): Promise<Service> {
  const arrived: boolean[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    request.resume().on("end", () => {
      arrived.push(true);
      response.end();
    });
  });
  // A client that refuses the certificate.
  server.on("tlsClientError", () => {});
  const { port } = new URL(await listen(server.listen(0, "127.0.0.1")));
  return { options: { type: "webhook", url: `https://127.0.0.1:${port}` }, arrived: () => arrived };
}

async function mail(pair: KeyPair, isImplicit: boolean): Promise<Service> {
  const { host, mails } = await startSmtp({}, "no", { ...pair, isImplicit });
  const server = isImplicit ? `smtps://${host}` : `smtp://${host.replace("127.0.0.1", MAPPED)}`;
  const addresses = { from: "alerts@shop.example", to: ["team@shop.example"] };
  return {
    options: { type: "email", server, ...addresses },
    arrived: () => mails.map(({ isEncrypted }) => isEncrypted),
  };
}

const PROTOCOLS = {
  https: webhook,
  smtps: (pair: KeyPair) => mail(pair, true),
  starttls: (pair: KeyPair) => mail(pair, false),
};

/** Sends to services in a process that knows the authority: Node reads the variable at its start. */
async function sendKnowing(services: readonly Service[]): Promise<SendOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const authority = join(folder, "ca.pem");
  writeFileSync(authority, ca);
  const program = `
    const { createReceiver } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "createReceiver.ts")))});
    const [services, notice, context] = JSON.parse(process.argv[1]);
    const outcomes = await Promise.all(services.map((options) => {
      const receiver = createReceiver("oncall", options, context);
      return receiver.send({ id: "n", episode: "e", body: receiver.render(notice), attempt: 1, thread: undefined });
    }));
    console.log(JSON.stringify(outcomes));
  `;
  const given = JSON.stringify([services.map(({ options }) => options), noticeWith(), LOCAL]);
  const node = ["--conditions=@rumkit/source", "--input-type=module", "--eval", program, given];
  const { stdout } = await promisify(execFile)(process.execPath, node, {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
  });
  return JSON.parse(stdout) as SendOutcome[];
}

const REASONS: Readonly<Record<Exclude<Kind, "good">, RegExp>> = {
  expired: /^Its certificate has expired: CERT_HAS_EXPIRED\.$/,
  otherHost: /^Its certificate is of another host: ERR_TLS_CERT_ALTNAME_INVALID\.$/,
  selfSigned:
    /^Its certificate is self-signed: DEPTH_ZERO_SELF_SIGNED_CERT\. Start the process with NODE_EXTRA_CA_CERTS/,
};

test("a private authority is trusted by NODE_EXTRA_CA_CERTS, and what is wrong with a certificate is said", async () => {
  const cases = await Promise.all(
    Object.entries(PROTOCOLS).flatMap(([protocol, start]) =>
      KINDS.map(async (kind) => ({ protocol, kind, service: await start(pairs[kind]) })),
    ),
  );
  const outcomes = await sendKnowing(cases.map(({ service }) => service));
  for (const [index, { protocol, kind, service }] of cases.entries()) {
    const expected =
      kind === "good"
        ? { kind: "delivered" }
        : { kind: "retry", reason: expect.stringMatching(REASONS[kind]) as string };
    expect([protocol, kind, outcomes[index]]).toEqual([protocol, kind, expected]);
    expect([protocol, kind, service.arrived()]).toEqual([protocol, kind, kind === "good" ? [true] : []]);
  }
});

test.each(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[])(
  "an authority that is unknown is refused over %s, counted, and shown",
  async (protocol) => {
    const { options, arrived } = await PROTOCOLS[protocol](pairs.good);
    const bench = createNoticeBench();
    bench.restart({ receivers: [createReceiver("oncall", options, LOCAL)] });
    await bench.take(bench.fire("A"));
    const counted = (): string[] =>
      bench.samples
        .filter(({ metric, value }) => metric === "rum_alert_notices_total" && value > 0)
        .map(({ labels }) => labels["outcome"]!);
    await expect.poll(counted).toEqual(["retried"]);
    expect(arrived()).toEqual([]);
    const [receiver] = bench.notices.receivers();
    expect(receiver).toMatchObject({ state: "failing", waiting: 1 });
    expect(receiver!.lastError).toMatch(
      /^Its certificate is of an authority that is unknown here: \w+\. Start the process with NODE_EXTRA_CA_CERTS/,
    );
  },
);

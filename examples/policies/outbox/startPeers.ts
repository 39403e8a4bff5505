import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { AlertsOptions } from "@rumkit/server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Rules } from "../rules.ts";
import { createMailPeer } from "./mailPeer.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

export interface Peers {
  readonly outbox: Outbox;
  /** The receivers and the rollback, for the collector. */
  readonly alerts: AlertsOptions;
  /** The services that a notice really goes to. */
  readonly real: readonly string[];
  readonly close: () => void;
}

const MAX_BODY_BYTES = 65_536;

/**
 * Starts what the collector calls, on free ports of this machine: an outbox in place of a mail server, Slack and Twilio, and
 * the hook that takes a rule back. Variables of the environment name the real services.
 */
export async function startPeers(rules: Rules, env: NodeJS.ProcessEnv): Promise<Peers> {
  const outbox = createOutbox();
  const secret = randomBytes(16).toString("hex");
  const authorization = `Bearer ${randomBytes(16).toString("hex")}`;
  const peer = createPeer({ outbox, rules, secret, authorization });
  const http = createHttpServer(getRequestListener(peer.fetch));
  const mail = createMailPeer((subject) => outbox.put("mail", subject));
  const [httpPort, mailPort] = await Promise.all([listen(http), listen(mail)]);
  const origin = `http://127.0.0.1:${httpPort}`;
  const { SLACK_URL: slackUrl, SMTP_URL: smtpUrl, TWILIO_SID: sid } = env;
  return {
    outbox,
    real: [slackUrl && "Slack", smtpUrl && "mail", sid && "SMS"].filter((name) => name !== undefined),
    alerts: {
      allowPrivateAddresses: ["127.0.0.1"],
      receivers: {
        slack: { type: "slack", url: slackUrl ?? `${origin}/slack/${secret}` },
        mail: {
          type: "email",
          server: smtpUrl ?? `smtp://127.0.0.1:${mailPort}`,
          from: env["MAIL_FROM"] ?? "alerts@policies.example",
          to: [env["MAIL_TO"] ?? "operators@policies.example"],
        },
        sms: {
          type: "sms",
          accountSid: sid ?? "AC00000000000000000000000000000001",
          // A missing token is a fault that the collector names, and not the outbox's.
          authToken: sid === undefined ? secret : { env: "TWILIO_TOKEN" },
          from: env["SMS_FROM"] ?? "+15551234567",
          to: [env["SMS_TO"] ?? "+15557654321"],
          ...(sid === undefined && { apiUrl: origin }),
        },
      },
      actions: {
        take_back: {
          match: ["alertname=PoliciesSlowLookups"],
          url: `${origin}/take-back`,
          authorization,
          cooldown: "10s",
          verifyAfter: "16s",
        },
      },
    },
    close: () => {
      http.close();
      http.closeAllConnections();
      mail.close();
    },
  };
}

interface PeerParts {
  readonly outbox: Outbox;
  readonly rules: Rules;
  readonly secret: string;
  readonly authorization: string;
}

function createPeer({ outbox, rules, secret, authorization }: PeerParts): Hono {
  const peer = new Hono();
  peer.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  peer.post(`/slack/${secret}`, async (c) => {
    const { text } = await c.req.json<{ text?: string }>();
    outbox.put("slack", text ?? "");
    return c.text("ok");
  });
  peer.post("/2010-04-01/Accounts/:account/Messages.json", async (c) => {
    const { Body: text } = await c.req.parseBody();
    outbox.put("sms", typeof text === "string" ? text : "");
    return c.json({ sid: "SM0", status: "queued" }, 201);
  });
  peer.post("/take-back", async (c) => {
    if (c.req.header("authorization") !== authorization) return c.json({ error: "Unknown sender." }, 401);
    const { alert, approvedBy } = await c.req.json<{ alert: { name: string }; approvedBy: string[] }>();
    const version = rules.takeBack(approvedBy.join(", ") || "collector", `${alert.name} fired.`);
    return c.json({ rule: version });
  });
  return peer;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

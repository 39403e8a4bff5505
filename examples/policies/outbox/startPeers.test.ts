import { createTransport } from "nodemailer";
import { expect, onTestFinished, test } from "vitest";
import { createRules, FAULTY } from "../rules.ts";
import { startPeers } from "./startPeers.ts";

async function openPeers() {
  const rules = createRules();
  const peers = await startPeers(rules, {});
  onTestFinished(peers.close);
  const { receivers, actions } = peers.alerts as unknown as {
    receivers: { slack: { url: string }; mail: { server: string }; sms: { apiUrl: string } };
    actions: { take_back: { url: string; authorization: string } };
  };
  return { rules, peers, ...receivers, ...actions };
}

test("the outbox has the text of a Slack message and the subject of a mail, in any script", async () => {
  const { peers, slack, mail } = await openPeers();
  await fetch(slack.url, { method: "POST", body: JSON.stringify({ text: "Look-ups are slow" }) });
  const subject = "Überschreitung, 3 × so langsam – ".repeat(6).trim();
  await createTransport(mail.server).sendMail({
    from: "a@policies.example",
    to: "b@policies.example",
    subject,
    text: "A line\n.\nand another one",
  });
  expect(peers.outbox.messages()).toMatchObject([
    { channel: "mail", text: subject },
    { channel: "slack", text: "Look-ups are slow" },
  ]);
});

test("a rule is taken back for the collector only", async () => {
  const { rules, take_back: hook } = await openPeers();
  rules.deploy(FAULTY, "ada", "A test.");
  const post = (headers: Record<string, string>) =>
    fetch(hook.url, {
      method: "POST",
      headers,
      body: JSON.stringify({ alert: { name: "PoliciesSlowLookups" }, approvedBy: ["grace"] }),
    });
  expect((await post({ authorization: "Bearer wrong" })).status).toBe(401);
  expect(rules.current()).toBe(FAULTY);
  expect((await post({ authorization: hook.authorization })).status).toBe(200);
  expect(rules.history()[0]).toMatchObject({
    version: "2026.1",
    by: "grace",
    why: "PoliciesSlowLookups fired.",
  });
});

test("variables of the environment name the real services", async () => {
  const peers = await startPeers(createRules(), {
    SLACK_URL: "https://slack.example/hook",
    SMTP_URL: "smtps://mail.example",
    MAIL_TO: "ops@policies.example",
  });
  onTestFinished(peers.close);
  expect(peers.real).toEqual(["Slack", "mail"]);
  expect(peers.alerts).toMatchObject({
    receivers: {
      slack: { url: "https://slack.example/hook" },
      mail: { server: "smtps://mail.example", to: ["ops@policies.example"] },
    },
  });
});

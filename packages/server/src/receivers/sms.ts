import { type Check, list, mustBe, object, oneOf, required } from "../base/shape.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { headerFault, type OptionChecks, secretThat } from "./optionChecks.ts";
import { describeAnswer, outcomeOf } from "./outcomes.ts";
import { NO_RECIPIENTS, recipientsOf } from "./pendingRecipients.ts";
import type { SmsOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import type { SafeAnswer } from "./safeHttp.ts";
import { renderSms } from "./smsText.ts";

const API_URL = "https://api.twilio.com";

/** Seconds after which an undelivered message is dropped. Twilio's default is ten hours: a late alert misleads. */
const VALIDITY_SECONDS = 3_600;

/** A number in E.164 form: "+" and up to 15 digits (ITU-T E.164, section 6.1). */
const NUMBER = /^\+[1-9]\d{6,14}$/;
const SERVICE = /^MG[0-9a-fA-F]{32}$/;
/** A name as sender: up to 11 letters, digits and blanks, with a letter. */
const SENDER_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;

export function checkSms({ url }: OptionChecks): Check {
  const textLike =
    (what: string, pattern: RegExp): Check =>
    (value, path, faults) => {
      if (typeof value !== "string" || !pattern.test(value)) faults.add(path, mustBe(what, value));
    };
  const sender = new RegExp(`${NUMBER.source}|${SERVICE.source}|${SENDER_NAME.source}`);
  return object(
    {
      type: oneOf(["sms"]),
      accountSid: required(textLike("the id of an account, AC…", /^AC\w{1,62}$/), "the id of the account"),
      authToken: required(secretThat(headerFault), 'the token of the account, e.g. { env: "TWILIO_TOKEN" }'),
      from: required(textLike('a number such as "+15551234567", or MG…', sender), "the sender"),
      to: required(
        list(textLike('a number such as "+4915112345678"', NUMBER), {
          example: '["+4915112345678"]',
          least: 1,
        }),
        "the numbers",
      ),
      apiUrl: url,
    },
    {
      example:
        '{ type: "sms", accountSid: "AC…", authToken: { env: "TWILIO_TOKEN" }, from: "+1…", to: ["+49…"] }',
    },
  );
}

/** One text message for each notice and number, by Twilio's API. */
export function createSms(name: string, options: SmsOptions, parts: ReceiverParts): Receiver {
  const { accountSid, apiUrl = API_URL } = options;
  const token = parts.read(options.authToken);
  const sender = SERVICE.test(options.from) ? { MessagingServiceSid: options.from } : { From: options.from };
  const credentials = parts.protect(Buffer.from(`${accountSid}:${token.reveal()}`).toString("base64"));
  const sendTo = async (to: string, text: string): Promise<SendOutcome> => {
    const fields = { To: to, ...sender, Body: text, ValidityPeriod: String(VALIDITY_SECONDS) };
    const answer = await parts.post({
      url: `${apiUrl.replace(/\/+$/, "")}/2010-04-01/Accounts/${accountSid}/Messages.json`,
      body: new URLSearchParams(fields).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${credentials.reveal()}`,
      },
    });
    return outcomeOfTwilio(answer, parts.now());
  };
  return {
    name,
    type: "sms",
    isAtMostOnce: true,
    isPerRecipient: true,
    render: renderSms,
    send: async (delivery) => {
      const recipients = recipientsOf(delivery, options.to);
      if (recipients.length === 0) return NO_RECIPIENTS;
      const pending: string[] = [];
      let worst: SendOutcome = { kind: "delivered" };
      for (const [index, to] of recipients.entries()) {
        await delivery.left?.([...pending, ...recipients.slice(index + 1)]);
        const outcome = await sendTo(to, delivery.body);
        if (outcome.kind === "retry") pending.push(to);
        worst = worseOf(worst, outcome);
      }
      return worst.kind === "retry" ? { ...worst, pending } : worst;
    },
  };
}

/** A retry for one number must happen, whatever the others said; a failure must be seen. */
const ORDER: readonly SendOutcome["kind"][] = ["delivered", "unknown", "refused", "disabled", "retry"];

function worseOf(a: SendOutcome, b: SendOutcome): SendOutcome {
  return ORDER.indexOf(b.kind) > ORDER.indexOf(a.kind) ? b : a;
}

/**
 * Twilio has no idempotency key: a message that it may have accepted is not sent again. 429 says that it was not
 * processed (https://www.twilio.com/docs/api/errors/20429), and an error with a body comes from its API itself.
 */
function outcomeOfTwilio(answer: SafeAnswer, now: number): SendOutcome {
  const outcome = outcomeOf(answer, now);
  if (outcome.kind !== "retry") return outcome;
  if (answer.kind === "failed")
    return answer.mayHaveArrived ? { kind: "unknown", reason: answer.reason } : outcome;
  const isCertain = answer.status < 500 || answer.text !== "" || answer.retryAfter !== undefined;
  return isCertain ? outcome : { kind: "unknown", reason: describeAnswer(answer) };
}

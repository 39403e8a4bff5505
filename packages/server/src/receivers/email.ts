import type * as Nodemailer from "nodemailer";
import { isInstalled, loadOptional } from "../base/optionalPackage.ts";
import { type Check, list, mustBe, object, oneOf, required } from "../base/shape.ts";
import type { Receiver, SendOutcome } from "../notices/receiver.ts";
import { certificateFault } from "./certificateFault.ts";
import { cleanLine } from "./cleanText.ts";
import { connectEmail, type EmailServer, emailServerFault, readEmailServer } from "./emailServer.ts";
import { type EmailBody, renderEmail } from "./emailText.ts";
import { type OptionChecks, secretThat } from "./optionChecks.ts";
import { NO_RECIPIENTS, recipientsOf } from "./pendingRecipients.ts";
import type { EmailOptions } from "./receiverOptions.ts";
import type { ReceiverParts } from "./receiverParts.ts";
import { AddressRefused } from "./safeLookup.ts";

/** An optional package. */
const NODEMAILER = "nodemailer";

/** Milliseconds of one attempt: greeting, TLS, login and message are a dozen answers of the server. */
const TIMEOUT_MS = 30_000;

/** An address, or a name and an address: `Shop alerts <alerts@shop.example>`. No line end, which would add a header. */
const MAILBOX = /^(?:[^<>\p{Cc}",;]{1,100} )?<?[^\s<>@\p{Cc}",;]{1,64}@[^\s<>@\p{Cc}",;]{1,255}>?$/u;

const mailbox: Check = (value, path, faults) => {
  if (typeof value !== "string" || !MAILBOX.test(value) || value.includes("<") !== value.endsWith(">"))
    faults.add(path, mustBe('an address such as "Alerts <alerts@shop.example>"', value));
};

export function checkEmail({ policy }: OptionChecks): Check {
  return object(
    {
      type: oneOf(["email"]),
      server: required(
        secretThat((text) => emailServerFault(text, policy)),
        'the mail server, e.g. { env: "SMTP_URL" }',
      ),
      from: required(mailbox, "the sender"),
      to: required(list(mailbox, { example: '["team@shop.example"]', least: 1 }), "the recipients"),
    },
    {
      example: '{ type: "email", server: { env: "SMTP_URL" }, from: "alerts@shop.example", to: ["…"] }',
      together: (_, path, faults) => {
        if (!isInstalled(NODEMAILER))
          faults.add(path, `needs the package ${NODEMAILER}: npm install ${NODEMAILER}.`);
      },
    },
  );
}

/** One mail for each notice; those of an episode are a thread. */
export function createEmail(name: string, options: EmailOptions, parts: ReceiverParts): Receiver {
  const url = parts.read(options.server);
  return {
    name,
    type: "email",
    render: (notice) => JSON.stringify(renderEmail(notice)),
    send: async (delivery) => {
      const to = recipientsOf(delivery, options.to);
      if (to.length === 0) return NO_RECIPIENTS;
      const { deadline = () => AbortSignal.timeout(TIMEOUT_MS) } = parts.context;
      const signal = deadline();
      try {
        const server = readEmailServer(url.reveal());
        const mail = mailOf(JSON.parse(delivery.body) as EmailBody, options.from, to);
        const { rejected, rejectedErrors = [] } = await sendMail(server, mail, parts, signal);
        if (rejected.length === 0) return { kind: "delivered" };
        return outcomeOfRejected(rejectedErrors, to, parts);
      } catch (error) {
        return signal.aborted
          ? { kind: "retry", reason: "It did not answer in time." }
          : outcomeOfError(error as SmtpError, parts);
      }
    },
  };
}

/** The fields of nodemailer's errors that matter here. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The server's status. */
  readonly responseCode?: number;
  readonly response?: string;
  readonly recipient?: string;
}

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

function mailOf(
  { subject, text, html, messageId, threadId }: EmailBody,
  from: string,
  to: readonly string[],
): Mail {
  const domain = /@([^>]+)/.exec(from)?.[1] ?? "rumkit.invalid";
  return {
    from,
    to,
    subject: cleanLine(subject),
    text,
    html,
    messageId: `<${messageId}@${domain}>`,
    references: `<${threadId}@${domain}>`,
    inReplyTo: `<${threadId}@${domain}>`,
    // RFC 3834: no vacation notice answers it.
    headers: { "Auto-Submitted": "auto-generated" },
  } as Mail;
}

interface SentMail {
  readonly rejected: readonly string[];
  readonly rejectedErrors?: readonly SmtpError[];
}

async function sendMail(
  server: EmailServer,
  mail: Mail,
  { context }: ReceiverParts,
  signal: AbortSignal,
): Promise<SentMail> {
  const { createTransport } = await loadOptional<typeof Nodemailer>(NODEMAILER);
  const { host, port, isSecure, user, password } = server;
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    ...(user !== "" && { auth: { user, pass: password } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Texts of alerts must not become files or requests.
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_, callback) => {
      connectEmail(server, context, signal).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, false),
      );
    },
  });
  try {
    return (await transport.sendMail({ ...mail, to: [...mail.to] })) as unknown as SentMail;
  } finally {
    transport.close();
  }
}

/** Some recipients have it. Those whose server asks for patience get another attempt, alone; then the others are given up. */
function outcomeOfRejected(
  errors: readonly SmtpError[],
  to: readonly string[],
  parts: ReceiverParts,
): SendOutcome {
  const temporary = errors.filter(({ responseCode = 0 }) => responseCode >= 400 && responseCode < 500);
  const reason = `Some recipients were rejected. ${reasonOf(errors[0] ?? new Error(), parts)}`;
  const isTemporary = temporary.length > 0;
  const rejected = new Set((isTemporary ? temporary : errors).map(({ recipient }) => recipient));
  const pending = to.filter((recipient) => rejected.has(addressOf(recipient)));
  return { kind: isTemporary ? "retry" : "refused", reason, pending };
}

/** The address of `Shop alerts <alerts@shop.example>`. */
function addressOf(recipient: string): string {
  return /<([^>]+)>$/.exec(recipient)?.[1] ?? recipient;
}

/**
 * 4xx are failures that pass, 5xx are final (RFC 5321, section 4.2.1). A connection that ends early is tried again: the
 * `Message-ID` stays the same, and a second mail is better than none.
 */
function outcomeOfError(error: SmtpError, parts: ReceiverParts): SendOutcome {
  if (error instanceof AddressRefused)
    return { kind: "refused", reason: `It was not contacted: ${error.message}.` };
  const reason = reasonOf(error, parts);
  return (error.responseCode ?? 0) >= 500 ? { kind: "refused", reason } : { kind: "retry", reason };
}

function reasonOf(error: SmtpError, { redact }: ReceiverParts): string {
  const { response, code } = error;
  const fault = certificateFault(error);
  if (fault !== undefined) return fault;
  if (response !== undefined && response !== "")
    return `It answered ${cleanLine(redact(response)).slice(0, 200).toWellFormed()}`;
  return `The connection failed${/^\w{1,60}$/.test(code ?? "") ? `: ${code}` : ""}.`;
}

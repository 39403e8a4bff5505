/** A real mail server on this machine. */
import { SMTPServer } from "smtp-server";
import type { KeyPair } from "../certificates.ts";
import { listen } from "../listen.ts";

/** A mail that the server got. */
interface ReceivedMail {
  readonly to: readonly string[];
  /** The message as it was sent: headers, an empty line, and the body. */
  readonly raw: string;
  readonly isEncrypted: boolean;
}

/** Answers of the server. Each returns the status of a refusal; 0 accepts. */
export interface SmtpConduct {
  login(user: string, password: string): number;
  recipient(address: string): number;
  data(): number;
}

export interface RunningSmtp {
  /** `127.0.0.1:2525`. */
  readonly host: string;
  readonly mails: readonly ReceivedMail[];
}

/** The encryption of the server: from the first byte, or by STARTTLS. */
export interface SmtpTls extends KeyPair {
  readonly isImplicit: boolean;
}

/**
 * @param text The server's words after the status.
 * @param tls Default: no encryption.
 */
export async function startSmtp(
  { login = () => 0, recipient = () => 0, data = () => 0 }: Partial<SmtpConduct> = {},
  text = "no",
  tls?: SmtpTls,
): Promise<RunningSmtp> {
  const mails: ReceivedMail[] = [];
  const refusal = (responseCode: number): Error | null =>
    responseCode === 0 ? null : Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    ...(tls ? { key: tls.key, cert: tls.cert, secure: tls.isImplicit } : { disabledCommands: ["STARTTLS"] }),
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      const error = refusal(login(username ?? "", password ?? ""));
      if (error) done(error);
      else done(null, { user: username ?? "" });
    },
    onRcptTo: ({ address }, _session, done) => done(refusal(recipient(address))),
    onData: (stream, { envelope, secure }, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const error = refusal(data());
        if (!error)
          mails.push({
            to: envelope.rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString(),
            isEncrypted: secure,
          });
        done(error);
      });
    },
  });
  // A client that leaves early is what some tests are about.
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  return { host: new URL(await listen(server.server)).host, mails };
}

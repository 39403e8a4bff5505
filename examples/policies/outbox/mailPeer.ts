import { createServer, type Server, type Socket } from "node:net";

/** Bytes of a conversation, after which it is ended. */
const MAX_BYTES = 262_144;

/** Creates a mail server that keeps the subject of each mail: as much SMTP (RFC 5321) as one sender on this machine needs. */
export function createMailPeer(onSubject: (subject: string) => void): Server {
  return createServer((socket) => converse(socket, onSubject));
}

function converse(socket: Socket, onSubject: (subject: string) => void): void {
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  let [text, bytes, isData] = ["", 0, false];
  socket.setEncoding("utf8");
  socket.setTimeout(30_000, () => socket.destroy());
  // A sender that leaves early has sent no mail.
  socket.on("error", () => {});
  say("220 outbox");
  socket.on("data", (piece: string) => {
    bytes += piece.length;
    if (bytes > MAX_BYTES) return void socket.destroy();
    text += piece;
    for (;;) {
      const end = text.indexOf(isData ? "\r\n.\r\n" : "\r\n");
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (isData ? 5 : 2));
      if (isData) {
        isData = false;
        onSubject(subjectOf(part));
        say("250 Kept");
      } else isData = answer(part, say, socket);
    }
  });
}

/** Answers a command. Returns whether a mail follows. */
function answer(command: string, say: (line: string) => void, socket: Socket): boolean {
  const word = command.slice(0, 4).toUpperCase();
  if (word === "DATA") say("354 Go on");
  else if (word === "QUIT") socket.end("221 Bye\r\n");
  else say(["EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP"].includes(word) ? "250 OK" : "502 Unknown");
  return word === "DATA";
}

/** Reads the subject, which may have several lines, and words in quoted-printable or Base64 (RFC 2047). */
function subjectOf(mail: string): string {
  const line = /^Subject: ((?:.*)(?:\r\n[ \t].*)*)/im.exec(mail)?.[1] ?? "(no subject)";
  const joined = line.replaceAll(/\r\n[ \t]+/g, " ").replaceAll(/\?= +=\?/g, "?==?");
  return joined.replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_all, kind: string, word: string) => {
    if (kind.toLowerCase() === "b") return Buffer.from(word, "base64").toString();
    const escaped = word
      .replaceAll("_", " ")
      .replaceAll("%", "%25")
      .replaceAll(/=([\dA-F]{2})/gi, "%$1");
    return decodeURIComponent(escaped);
  });
}

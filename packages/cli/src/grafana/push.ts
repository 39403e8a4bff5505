import { createHash } from "node:crypto";
import { reasonOf } from "@rumkit/server/internal/base";
import type { Board } from "../boards/board.ts";
import { renderClassic } from "./classic.ts";

/** A Grafana that takes boards. */
export interface PushTarget {
  /** Its address, with the path below which it is served. */
  readonly url: URL;
  /** The token of a service account that may write folders and dashboards. */
  readonly token: string;
  /** The title of the folder, which is created if it is missing. */
  readonly folder: string;
  /** Maximum time of each request, in milliseconds. Default 30 s. */
  readonly timeoutMs?: number;
}

/** A board that Grafana has taken. */
export interface PushedBoard {
  readonly title: string;
  /** Its address. */
  readonly url: string;
}

/** An answer of Grafana's API. */
interface Answer {
  readonly status: number;
  /** The body, if it is a JSON object or array; else an empty object. */
  readonly body: unknown;
}

type Send = (method: "GET" | "POST", path: string, body?: unknown) => Promise<Answer>;

/** Maximum characters of Grafana's own message in an error: a proxy may answer with a whole page. */
const SHOWN_MESSAGE = 200;

/** Maximum folders that Grafana lists at once. */
const MOST_FOLDERS = 1000;

/**
 * Stores boards in Grafana by its HTTP API, in place of those with the same uid, and yields each when it is stored.
 * Redirects are not followed, because they could take the token elsewhere.
 *
 * Throws at the first refusal, with the reason and the remedy. Boards that were stored before it stay.
 */
export async function* pushBoards(boards: readonly Board[], target: PushTarget): AsyncGenerator<PushedBoard> {
  const send = createSend(target);
  const folderUid = await findOrCreateFolder(send, target);
  for (const board of boards) {
    const answer = await send("POST", "/api/dashboards/db", {
      dashboard: renderClassic(board),
      folderUid,
      overwrite: true,
      message: "rumkit generate",
    });
    // A sign-in page of a proxy is a 200 as well.
    if (answer.status !== 200 || uidIn(answer.body) !== board.uid)
      throw refused(target, `the board "${board.title}"`, answer);
    yield { title: board.title, url: `${addressOf(target.url)}/d/${board.uid}` };
  }
}

/** Returns the uid of the folder. One of the same title that a person has made is taken as well. */
async function findOrCreateFolder(send: Send, target: PushTarget): Promise<string> {
  const { folder: title } = target;
  const uid = `rumkit-${createHash("sha256").update(title).digest("hex").slice(0, 12)}`;
  const created = await send("POST", "/api/folders", { uid, title });
  const createdUid = uidIn(created.body);
  if (created.status === 200 && createdUid !== undefined) return createdUid;
  // Grafana says that there is one: 409 for its title or uid, 412 for its version.
  if (created.status !== 409 && created.status !== 412)
    throw refused(target, `the folder "${title}"`, created);
  const listed = await send("GET", `/api/folders?limit=${MOST_FOLDERS}`);
  const folders = listed.status === 200 && Array.isArray(listed.body) ? (listed.body as unknown[]) : [];
  const found =
    folders.find((folder) => uidIn(folder) === uid) ?? folders.find((folder) => titleIn(folder) === title);
  const foundUid = uidIn(found);
  if (foundUid === undefined) throw refused(target, `the folder "${title}"`, created);
  return foundUid;
}

function uidIn(folder: unknown): string | undefined {
  const uid = (folder as { readonly uid?: unknown } | undefined)?.uid;
  return typeof uid === "string" && uid !== "" ? uid : undefined;
}

function titleIn(folder: unknown): unknown {
  return (folder as { readonly title?: unknown }).title;
}

function createSend({ url, token, timeoutMs = 30_000 }: PushTarget): Send {
  const base = addressOf(url);
  return async (method, path, body) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      const location = response.headers.get("location");
      const text = await response.text();
      if (response.status >= 300 && response.status < 400)
        throw new Error(
          `[rumkit] ${base} redirects to ${printable(location ?? "another address")}. Redirects are not followed, because the token would go with them. Name the final address as --push.`,
        );
      return { status: response.status, body: parse(text) };
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("[rumkit] ")) throw error;
      if (error instanceof Error && error.name === "TimeoutError")
        throw new Error(
          `[rumkit] ${base} has not answered within ${timeoutMs / 1000} s. Is it Grafana's address?`,
          {
            cause: error,
          },
        );
      throw new Error(`[rumkit] ${base} does not answer: ${reasonOf(error)}. Check --push.`, {
        cause: error,
      });
    }
  };
}

function addressOf({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/+$/, "");
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The error for a board or a folder that Grafana has not taken, with its own message. */
function refused({ url }: PushTarget, what: string, { status, body }: Answer): Error {
  const { message } = body as { readonly message?: unknown };
  const said = typeof message === "string" ? `: ${printable(message)}` : "";
  return new Error(
    `[rumkit] ${addressOf(url)} has not taken ${what} (${status}${said}). ${adviceFor(status)}`,
  );
}

function adviceFor(status: number): string {
  if (status === 200)
    return "The answer is not Grafana's: it may be the page of a proxy. Is --push its address?";
  if (status === 400)
    return "Grafana does not take it as it is: a board that is provisioned from files can only be changed there.";
  if (status === 401)
    return "The token is unknown or has expired. Create one for a service account, and set RUMKIT_GRAFANA_TOKEN.";
  if (status === 403)
    return "The token may not do that. Its service account needs the role Editor, or folders:create and dashboards:write.";
  if (status === 404 || status === 405)
    return "Is --push the address of Grafana, with the path below which it is served?";
  if (status === 409 || status === 412)
    return "Another board or folder has that name or uid. Move it, or choose another --uid-prefix, --title-prefix or --folder.";
  if (status === 413) return "A proxy before Grafana takes only smaller bodies.";
  return status >= 500 ? "See Grafana's log, and try again." : "See Grafana's log.";
}

/** Text of another program in one line, without characters that would control a terminal. */
function printable(text: string): string {
  return text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .slice(0, SHOWN_MESSAGE)
    .replace(/\.$/, "");
}

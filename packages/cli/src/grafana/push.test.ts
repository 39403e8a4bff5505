/** Boards over Grafana's HTTP API, as a small server of ours sees and answers the calls. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describeMetrics } from "@rumkit/server";
import { afterEach, describe, expect, it } from "vitest";
import { smallest } from "../../../../test/support/catalogs.ts";
import { describeBoards } from "../boards/describeBoards.ts";
import { renderClassic } from "./classic.ts";
import { pushBoards, type PushedBoard, type PushTarget } from "./push.ts";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown> | undefined;
}
type Reply = (call: Call, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Starts a server that answers each call by `reply`, and keeps the calls. */
async function startGrafana(reply: Reply, path = ""): Promise<{ target: PushTarget; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const call = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>),
      };
      calls.push(call);
      reply(call, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}${path}`);
  return { target: { url, token: "secret-token", folder: "Shops" }, calls };
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

/** Takes everything, as Grafana does. */
const takesAll: Reply = ({ path, body }, response) => {
  if (path.endsWith("/api/folders")) return json(response, 200, { uid: body!["uid"], title: body!["title"] });
  const { uid } = body!["dashboard"] as { uid: string };
  json(response, 200, { id: 1, uid, url: `/d/${uid}/slug`, status: "success", version: 1 });
};

const boards = describeBoards(describeMetrics(smallest), smallest);
async function push(target: PushTarget): Promise<PushedBoard[]> {
  const pushed: PushedBoard[] = [];
  for await (const board of pushBoards(boards, target)) pushed.push(board);
  return pushed;
}

describe("boards that are pushed", () => {
  it("arrive in their folder with the token, in place of those with the same uid", async () => {
    const { target, calls } = await startGrafana(takesAll);
    const pushed = await push(target);
    expect(pushed).toEqual(boards.map(({ title, uid }) => ({ title, url: `${target.url.origin}/d/${uid}` })));
    const [folder, ...stored] = calls;
    expect(folder).toMatchObject({
      method: "POST",
      path: "/api/folders",
      headers: { authorization: "Bearer secret-token", "content-type": "application/json" },
      body: { title: "Shops", uid: expect.stringMatching(/^rumkit-[0-9a-f]{12}$/) },
    });
    expect(stored.map(({ method, path, body }) => ({ method, path, body }))).toEqual(
      boards.map((board) => ({
        method: "POST",
        path: "/api/dashboards/db",
        body: {
          dashboard: JSON.parse(JSON.stringify(renderClassic(board))) as unknown,
          folderUid: folder!.body!["uid"],
          overwrite: true,
          message: "rumkit generate",
        },
      })),
    );
    for (const { headers } of stored) expect(headers.authorization).toBe("Bearer secret-token");
  });

  it("reach a Grafana below a path", async () => {
    const { target, calls } = await startGrafana(takesAll, "/grafana/");
    await push(target);
    expect(calls[0]!.path).toBe("/grafana/api/folders");
    expect(calls[1]!.path).toBe("/grafana/api/dashboards/db");
  });

  it.each([409, 412])("use the folder that is there, which Grafana says with %i", async (status) => {
    const { target, calls } = await startGrafana((call, response) => {
      if (call.method === "GET")
        return json(response, 200, [
          { uid: "other", title: "Other" },
          { uid: "by-hand", title: "Shops" },
        ]);
      if (call.path === "/api/folders")
        return json(response, status, { message: "a folder with the same name already exists" });
      takesAll(call, response);
    });
    await push(target);
    expect(calls[1]).toMatchObject({ method: "GET", path: "/api/folders?limit=1000" });
    expect(calls[2]!.body!["folderUid"]).toBe("by-hand");
  });
});

describe("a refusal ends the push, with the reason and the remedy and without the token", () => {
  const answering =
    (status: number, body: unknown): Reply =>
    (_, response) =>
      json(response, status, body);

  it.each([
    [
      401,
      { message: "Invalid API key" },
      'has not taken the folder "Shops" (401: Invalid API key). The token is unknown or has expired.',
    ],
    [403, { message: "Permission denied" }, "(403: Permission denied). The token may not do that."],
    [404, { message: "Not found" }, "(404: Not found). Is --push the address of Grafana"],
    [409, { message: "conflict" }, "(409: conflict). Another board or folder has that name or uid."],
    [412, { message: "exists" }, "(412: exists). Another board or folder has that name or uid."],
    [413, {}, "(413). A proxy before Grafana takes only smaller bodies."],
    [
      500,
      { message: "database\nlocked\u001b[31m." },
      "(500: database locked [31m). See Grafana's log, and try again.",
    ],
    [502, {}, "(502). See Grafana's log, and try again."],
  ])("of the folder: %i", async (status, body, sentence) => {
    const { target, calls } = await startGrafana(answering(status, body));
    const error: Error = await push(target).then(
      () => new Error("Nothing was refused."),
      (reason: Error) => reason,
    );
    expect(error.message).toContain(sentence);
    expect(error.message).toMatch(/^\[rumkit\] http:\/\/127\.0\.0\.1:\d+ has not taken /);
    expect(error.message).not.toContain("secret-token");
    expect(calls.filter(({ path }) => path.includes("dashboards"))).toEqual([]);
  });

  it("of a board: those before it are stored, and none after it is sent", async () => {
    const { target, calls } = await startGrafana((call, response) => {
      if (calls.length === 3) return json(response, 400, { message: "Cannot save provisioned dashboard" });
      takesAll(call, response);
    });
    const stored: string[] = [];
    await expect(
      (async () => {
        for await (const { title } of pushBoards(boards, target)) stored.push(title);
      })(),
    ).rejects.toThrow(
      `has not taken the board "${boards[1]!.title}" (400: Cannot save provisioned dashboard). Grafana does not take it as it is`,
    );
    expect(stored).toEqual([boards[0]!.title]);
    expect(calls).toHaveLength(3);
  });

  it("is not followed elsewhere: a redirect is an error, and the token stays", async () => {
    const other = await startGrafana(takesAll);
    const { target } = await startGrafana((_, response) => {
      response.writeHead(302, { location: `${other.target.url.origin}/login` }).end();
    });
    await expect(push(target)).rejects.toThrow(
      `redirects to ${other.target.url.origin}/login. Redirects are not followed`,
    );
    expect(other.calls).toEqual([]);
  });

  it("a server that does not answer is given up", async () => {
    const { target } = await startGrafana(() => {});
    await expect(push({ ...target, timeoutMs: 50 })).rejects.toThrow(
      "has not answered within 0.05 s. Is it Grafana's address?",
    );
  });

  it("nothing listens there", async () => {
    const { target } = await startGrafana(takesAll);
    const server = servers.pop()!;
    await new Promise((resolve) => server.close(resolve));
    await expect(push(target)).rejects.toThrow("does not answer: ");
  });

  it.each(["<html>Sign in</html>", "null", '"ok"', "[]"])(
    "an answer that is not Grafana's: %s",
    async (text) => {
      const { target, calls } = await startGrafana((_, response) => void response.writeHead(200).end(text));
      await expect(push(target)).rejects.toThrow(
        'has not taken the folder "Shops" (200). The answer is not Grafana\'s',
      );
      expect(calls).toHaveLength(1);
    },
  );
});

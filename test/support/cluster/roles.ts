import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../freePort.ts";
import { type Started, startProgram } from "../started.ts";

/** A process of one role, which can be killed and started again with its journal. */
export interface RoleProcess {
  readonly name: string;
  readonly url: string;
  /** Ends it with SIGKILL. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly output: () => string;
}

interface RoleOptions {
  readonly role: "aggregate" | "live";
  readonly name: string;
  /** The address of a receiver of notices. */
  readonly hook?: string;
}

/** Processes of one app over one log. */
export interface RoleProcesses {
  readonly start: (options: RoleOptions) => Promise<RoleProcess>;
  readonly stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("roleProcess.ts", import.meta.url));

const HOOK_SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes....").toString("base64")}`;

export function createRoleProcesses(broker: string, app: string): RoleProcesses {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-roles-"));
  const running: RoleProcess[] = [];
  return {
    start: async (options) => {
      const role = await createRole({ ...options, broker, app, folder });
      running.push(role);
      await role.start();
      return role;
    },
    stop: async () => {
      await Promise.all(running.map((role) => role.kill()));
      rmSync(folder, { recursive: true });
    },
  };
}

async function createRole({
  role,
  name,
  hook,
  ...place
}: RoleOptions & {
  readonly broker: string;
  readonly app: string;
  readonly folder: string;
}): Promise<RoleProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ROLE: role,
    NAME: name,
    BROKER: place.broker,
    APP: place.app,
    FOLDER: place.folder,
    PORT: String(port),
    HOOK_SECRET,
    ...(hook !== undefined && { HOOK: hook }),
  };
  let started: Started | undefined;
  return {
    name,
    url,
    start: async () => {
      started = await startProgram(globalThis.process.execPath, [PROGRAM], { env, ready: /listening/ });
    },
    kill: async () => {
      started?.signal("SIGKILL");
      await started?.stop();
    },
    signal: (signal) => started?.signal(signal),
    output: () => started?.output() ?? "",
  };
}

import { randomBytes } from "node:crypto";
import type { AlertsOptions } from "@rumkit/server";
import { Hono } from "hono";
import { type Deployment, releases } from "./release.ts";

/** Names and addresses that a server on this machine can be reached by at 127.0.0.1. */
const ON_THIS_MACHINE = ["127.0.0.1", "localhost", "0.0.0.0", "::"];

/** The path of the hook that rolls back. */
const PATH = "/demo/rollback";

/** A rollback that an alert asks for: the option `alerts` of the collector, and the hook that it calls. */
export interface Rollback {
  readonly alerts: AlertsOptions;
  /** `POST /demo/rollback`. A real shop would ask its deployment service. */
  readonly hook: Hono;
}

/** @param port The port of this server. With 0, its address is unknown, and nothing asks for a rollback. */
export function createRollback(deployment: Deployment, hostname: string, port: number): Rollback {
  const authorization = `Bearer ${randomBytes(16).toString("hex")}`;
  const hook = new Hono().post(PATH, (c) => {
    if (c.req.header("authorization") !== authorization) return c.json({ error: "Unknown sender." }, 401);
    if (deployment.current.isFaulty) deployment.current = releases.rollback;
    return c.json({ release: deployment.current.name });
  });
  if (port === 0 || !ON_THIS_MACHINE.includes(hostname)) return { alerts: {}, hook };
  return {
    hook,
    alerts: {
      allowPrivateAddresses: ["127.0.0.1"],
      actions: {
        rollback: {
          match: ["alertname=ShopSlowPages"],
          url: `http://127.0.0.1:${port}${PATH}`,
          authorization,
          verifyAfter: "2m",
        },
      },
    },
  };
}

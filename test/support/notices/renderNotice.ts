import type { Notice } from "@rumkit/server/internal/testing";

/** The parts of a notice by which tests tell notices apart. */
export interface RenderedNotice {
  readonly id: string;
  readonly episode: string;
  readonly reason: string;
  readonly status: string;
  /** Name and state of each alert: `A firing`. */
  readonly alerts: readonly string[];
  /** Their episodes, with the state. */
  readonly episodes: readonly string[];
  readonly leftOut: number;
}

export function renderNotice({ id, episode, reason, status, alerts, leftOut }: Notice): string {
  const rendered: RenderedNotice = {
    id,
    episode,
    reason,
    status,
    alerts: alerts.map((alert) => `${alert.name} ${alert.state}`),
    episodes: alerts.map((alert) => `${alert.episode} ${alert.state}`),
    leftOut,
  };
  return JSON.stringify(rendered);
}

import type { Access } from "../access/access.ts";
import type { LiveLinks } from "../access/liveLinks.ts";
import { createForwardedHost } from "../http/clientAddress.ts";
import { createRequestOrigin } from "../http/corsOrigin.ts";
import type { ViewerLimits } from "../live/viewerLimits.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createAdmission } from "../socket/admission.ts";
import { createSocket } from "../socket/createSocket.ts";
import { answerPlainRequest, STREAM_PATH } from "../socket/streamRoute.ts";
import { type AttachWebSocket, createUpgrades } from "../socket/upgrades.ts";
import type { PartOptions } from "./parts.ts";

interface SocketPartOptions {
  readonly context: PartContext;
  readonly options: PartOptions;
  readonly access: Access | undefined;
  readonly links: LiveLinks | undefined;
  readonly verbose: boolean;
  /** The places of viewers, shared with the live page's stream. */
  readonly viewers: ViewerLimits;
  readonly isStopping: () => boolean;
}

/** The WebSocket `/metrics/stream`. */
export interface SocketPart extends Part {
  readonly attach: AttachWebSocket;
}

/** Creates the WebSocket, with the checks of `access` and the limits of viewers in front of it. */
export function createSocketPart({
  context: { catalog, recorder, senderOf },
  options,
  access,
  links,
  verbose,
  viewers,
  isStopping,
}: SocketPartOptions): SocketPart {
  if (options.metricsStream === false) return { attach: () => () => {} };
  const { record } = recorder;
  const { hub, tick, close } = createSocket(catalog, recorder, recorder.moment);
  const admit = createAdmission({
    access,
    links,
    allowedOrigins: options.allowedOrigins ?? [],
    originOf: createRequestOrigin({ forwardedHostOf: createForwardedHost(options) }),
    verbose,
    isStopping,
    record,
  });
  return {
    routes: [
      { method: "GET", path: STREAM_PATH, scope: "live", isShared: true, handler: answerPlainRequest },
    ],
    attach: createUpgrades({ hub, limits: viewers, record, senderOf, admit }),
    publish: tick,
    close,
  };
}

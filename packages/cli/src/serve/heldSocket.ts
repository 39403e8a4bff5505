import * as net from "node:net";

/** A TCP socket that is bound but does not listen: the process that gets its descriptor listens and accepts. */
export interface BoundSocket {
  readonly fd: number;
}

/** `net` before Node 24.19. */
interface Older {
  readonly BoundSocket: typeof net.BoundSocket | undefined;
}

/**
 * Binds a socket, for which Node has an API since 24.19.
 *
 * Throws if the address is in use or does not belong to this machine, and in an older Node.
 */
export function bindSocket(address: string, port: number): BoundSocket {
  const { BoundSocket: Bound } = net as Older;
  if (!Bound) {
    throw new Error(
      `[rumkit] --supervise opens a socket that outlives its workers, which takes Node.js 24.19 or newer (this is ` +
        `${process.versions.node}). Update Node.js, or let systemd open the socket.`,
    );
  }
  const bound = new Bound({ host: address, port });
  // The handle holds the socket, so it must live as long as the returned object.
  return {
    get fd() {
      return bound.fd();
    },
  };
}

/** The first descriptor that systemd passes (`SD_LISTEN_FDS_START`, sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * Returns the descriptor of a listening socket that systemd, or a program with the same protocol, opened for this
 * process; undefined if there is none. `LISTEN_PID` names the process that the variables are for: its children inherit
 * the variables, but not the socket.
 *
 * Throws if there are several, because connections to the others would wait forever.
 */
export function inheritedSocket(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = env;
  if (LISTEN_PID !== String(pid) || LISTEN_FDS === undefined) return undefined;
  if (LISTEN_FDS === "1") return FIRST_FD;
  throw new Error(`[rumkit] LISTEN_FDS is ${LISTEN_FDS}. Give the unit one socket: one ListenStream.`);
}

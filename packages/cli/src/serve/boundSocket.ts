import * as net from "node:net";

/** A TCP socket that is bound but does not listen: the process that gets its descriptor listens and accepts. */
export interface BoundSocket {
  readonly fd: number;
}

interface Older {
  readonly BoundSocket: typeof net.BoundSocket | undefined;
  /** Binds the sockets of `node:cluster`. Returns a handle, or the number of an error. */
  readonly _createServerHandle: (address: string, port: number, family: 4 | 6) => BoundSocket | number;
}

/**
 * Binds a socket. `net.BoundSocket` came with Node 24; Node 22 has only what its own `node:cluster` uses.
 *
 * Throws if the address is in use or does not belong to this machine.
 */
export function bindSocket(address: string, port: number): BoundSocket {
  const { BoundSocket: Bound, isIPv6, _createServerHandle } = net as typeof net & Older;
  if (Bound) {
    const bound = new Bound({ host: address, port });
    // The handle holds the socket, so it must live as long as the returned object.
    return {
      get fd() {
        return bound.fd();
      },
    };
  }
  const handle = _createServerHandle(address, port, isIPv6(address) ? 6 : 4);
  if (typeof handle === "number")
    throw new Error(`[rumkit] ${address}:${port} cannot be bound: error ${handle}.`);
  return handle;
}

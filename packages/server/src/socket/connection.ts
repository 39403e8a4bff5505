/** The connection of one client, as far as the hub needs it. */
export interface Connection {
  /** Sends a text. Never throws: a connection that is gone sends nothing. */
  send(bytes: Buffer): void;
  /** True while bytes of earlier messages wait for the client: it reads too slowly. */
  readonly isBehind: boolean;
  /** An update was not sent, because the client is behind. */
  skipped(): void;
  /** Closes it, with a code of RFC 6455, section 7.4.1. */
  close(code: number, reason: string): void;
}

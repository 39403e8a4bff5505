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

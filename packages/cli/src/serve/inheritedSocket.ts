/** The first descriptor that systemd passes (`SD_LISTEN_FDS_START`, sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * The descriptor of a listening socket that systemd, or a program that speaks its protocol, opened for this process;
 * undefined where there is none. `LISTEN_PID` says for whom the variables are: a child of that process has
 * them as well and nothing else.
 *
 * Throws where there are several: connections to the others would wait for ever.
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

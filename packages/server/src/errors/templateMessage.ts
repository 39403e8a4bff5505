/** Units from which a run with some digits is an id and not a word with a number. */
const ID_UNITS = 8;

/** Digits that an id of that length has at least: `step-2-of-three` is a word. */
const ID_DIGITS = 3;

/**
 * Replaces the parts of a message that differ from one time to the next: `Order 4711 not found` is `Order 0 not
 * found`, an id of letters and digits is `#`.
 */
export function templateMessage(message: string): string {
  return message.replace(/[\dA-Za-z_-]+/g, (run) => {
    const digits = run.match(/\d/g)?.length ?? 0;
    const letters = /[A-Za-z]/.test(run);
    if (run.length >= ID_UNITS && digits >= ID_DIGITS && letters) return "#";
    return digits > 0 ? run.replace(/\d+/g, "0") : run;
  });
}

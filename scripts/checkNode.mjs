/**
 * Ends a script of this repository with one line where Node.js is too old for it. Plain JavaScript without
 * imports, so that an old Node.js can still read it.
 */

/** pnpm and the scripts that run before our own Node.js is installed need it. */
const OLDEST = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  console.error(
    `[rumkit] This is Node.js ${process.versions.node}. The scripts need ${OLDEST} or newer: install it from https://nodejs.org.`,
  );
  process.exit(1);
}

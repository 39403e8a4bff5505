/**
 * Keeps Node.js 22 from printing that its SQLite is experimental: a journal requires a release of SQLite that it was
 * tested with, so its reader has nothing to do. Every other warning is printed as before.
 */
export function hideSqliteWarning(): void {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name === "ExperimentalWarning" && warning.message.startsWith("SQLite ")) return;
    for (const print of printers) print(warning);
  });
}

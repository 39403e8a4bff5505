/** The code of the thread that reads source maps: a file, or a script as text, as of `journalThreadCode`. */
export const resolveThreadCode: URL | string = new URL("./resolveThread.ts", import.meta.url);

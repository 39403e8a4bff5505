/**
 * The code of the journal's thread: a file, or a script as text.
 *
 * In `dist`, the build replaces this module with one that holds the thread as text, with all that it imports: a
 * bundler copies modules and does not see that a file is started as a thread.
 */
export const journalThreadCode: URL | string = new URL("./journalThread.ts", import.meta.url);

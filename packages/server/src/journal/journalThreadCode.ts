/**
 * The code of the journal's thread: a file, or a script as text.
 *
 * In `dist`, the build replaces this module with one that contains the thread and all its imports as text, because a
 * bundler copies modules and does not notice that a file is started as a thread.
 */
export const journalThreadCode: URL | string = new URL("./journalThread.ts", import.meta.url);

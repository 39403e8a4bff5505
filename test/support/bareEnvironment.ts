/**
 * The environment of a command that must not see the settings of the shell that runs the tests: the places of programs and the
 * home folder, and the compiled code of our sources, without which a start takes twice the CPU time.
 */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE };
}

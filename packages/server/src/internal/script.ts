/** For `rumkit script` and `rumkit doctor`: the file that pages without a bundler load. Not public. */
export { scriptFile } from "../script/scriptFile.ts";
export { scriptIntegrity, scriptName } from "../script/scriptRoutes.ts";

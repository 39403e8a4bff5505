export { handle as GET } from "../../../../collector";

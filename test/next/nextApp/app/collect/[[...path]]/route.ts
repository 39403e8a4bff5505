export { handle as GET, handle as POST, handle as OPTIONS } from "../../../collector";

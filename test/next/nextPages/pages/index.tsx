import { useWalk } from "../walk";

export default function Page() {
  useWalk();
  return <output>/</output>;
}

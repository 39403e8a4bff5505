export default function NotFound() {
  return <output>not found</output>;
}

export default async function Page({ params }) {
  const { path } = await params;
  return <output>{`/files/${path.join("/")}`}</output>;
}

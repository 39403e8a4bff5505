export default async function Page({ params }: { params: Promise<{ path: string[] }> }) {
  const { path } = await params;
  return <output>{`/files/${path.join("/")}`}</output>;
}

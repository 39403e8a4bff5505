export default async function Page({ params }) {
  const { id } = await params;
  return <output>{`/users/${id}`}</output>;
}

// A page that no bucket holds: it answers in the origin's stead.
export async function handler(event) {
  const { request } = event.Records[0].cf;
  const headers = { 'content-type': [{ key: 'Content-Type', value: 'text/plain' }] };
  return { status: '200', headers, body: `Hello from ${request.uri}` };
}

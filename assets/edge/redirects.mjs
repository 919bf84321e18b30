// Sends old addresses on to new ones, by a table. The first row that fits decides.
// A `*` at the end of `from` stands for any rest, and goes where `to` has its `*`. The query string is kept.

const DESCRIPTIONS = { 301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect', 308: 'Permanent Redirect' };

export function handlerFor(options) {
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    for (const rule of options.rules) {
      const rest = restAfter(rule.from, request.uri);
      if (rest !== null) return redirect(rule, rest, request.querystring);
    }
    return request;
  };
}

// What `*` stands for; '' for an exact match, null for none.
function restAfter(from, uri) {
  if (!from.endsWith('*')) return uri === from ? '' : null;
  const prefix = from.slice(0, -1);
  return uri.startsWith(prefix) ? uri.slice(prefix.length) : null;
}

function redirect({ to, status }, rest, query) {
  const target = to.replace('*', () => safe(rest));
  const location = withQuery(target.startsWith('/') ? target.replace(/^\/+/, '/') : target, query);
  return {
    status: String(status),
    statusDescription: DESCRIPTIONS[status],
    headers: {
      location: [{ key: 'Location', value: location }],
    },
  };
}

// A browser reads a backslash as a slash and drops control characters: either could name another host.
function safe(rest) {
  return rest.toWellFormed().replace(/[^\x21-\x7e]|\\/gu, encodeURIComponent);
}

function withQuery(target, query) {
  if (!query) return target;
  const [address, fragment] = target.split('#', 2);
  const joined = `${address}${address.includes('?') ? '&' : '?'}${query}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}

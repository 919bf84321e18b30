// Turns the path that a visitor asks for into the path of a file:
// /docs/ becomes /docs/index.html, and /docs is sent on to /docs/. Visitors of one domain can be sent on to another.

export function handlerFor(options) {
  const files = new Set(options.files);
  const hosts = new Map(options.hosts.map((pair) => pair.split(' ')));
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    const host = hosts.get(request.headers.host?.[0].value.toLowerCase());
    if (host) return redirect('301', 'Moved Permanently', `https://${host}${ownPath(request.uri)}`, request.querystring);
    if (!(options.pretty || options.spa) || !namesFolder(request.uri, files)) return request;
    if (options.spa) {
      request.uri = `/${options.index}`;
      return request;
    }
    if (request.uri.endsWith('/')) {
      request.uri += options.index;
      return request;
    }
    // A redirect and not a rewrite: relative links on the page are resolved against the folder.
    return redirect('302', 'Found', ownPath(`${request.uri}/`), request.querystring);
  };
}

function namesFolder(uri, files) {
  if (uri.startsWith('/.well-known/') || files.has(uri)) return false;
  return !uri.slice(uri.lastIndexOf('/') + 1).includes('.');
}

function redirect(status, statusDescription, address, query) {
  const location = address + (query ? `?${query}` : '');
  return {
    status,
    statusDescription,
    headers: { location: [{ key: 'Location', value: location }] },
  };
}

// Several slashes or backslashes at the front, or a control character between them, would be read as another host.
function ownPath(path) {
  return path.toWellFormed().replace(/[^\x21-\x7e]|\\/gu, encodeURIComponent).replace(/^\/+/, '/');
}

// Turns the path that a visitor asks for into the path of a file:
// /docs/ becomes /docs/index.html, and /docs is sent on to /docs/.

export function handlerFor(options) {
  const files = new Set(options.files);
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    if (!namesFolder(request.uri, files)) return request;
    if (options.spa) {
      request.uri = `/${options.index}`;
      return request;
    }
    if (request.uri.endsWith('/')) {
      request.uri += options.index;
      return request;
    }
    // A redirect and not a rewrite: relative links on the page are resolved against the folder.
    return redirect(`${request.uri}/`, request.querystring);
  };
}

function namesFolder(uri, files) {
  if (uri.startsWith('/.well-known/') || files.has(uri)) return false;
  return !uri.slice(uri.lastIndexOf('/') + 1).includes('.');
}

function redirect(path, query) {
  const location = ownPath(path) + (query ? `?${query}` : '');
  return {
    status: '302',
    statusDescription: 'Found',
    headers: { location: [{ key: 'Location', value: location }] },
  };
}

// Several slashes or backslashes at the front, or a control character between them, would be read as another host.
function ownPath(path) {
  return path.toWellFormed().replace(/[^\x21-\x7e]|\\/gu, encodeURIComponent).replace(/^\/+/, '/');
}

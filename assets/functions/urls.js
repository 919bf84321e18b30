// Sends visitors of one domain on to another, and turns the path that a visitor asks for into the path of a file,
// on every request, before the cache.
// SETTINGS is filled in when the site is planned:
//   index  the page that answers for a folder
//   pretty whether paths of folders are answered by their pages
//   spa    whether every path without an extension is answered by the root's index page
//   files  paths of real files without an extension, which stay as they are
//   hosts  domains that lead to another one, each with that one
const SETTINGS = { "index": "index.html", "pretty": true, "spa": false, "files": [], "hosts": {} };

function handler(event) {
  const request = event.request;
  const uri = request.uri;
  const host = otherHost(request.headers);
  if (host) return redirect(301, 'https://' + host + uri + queryString(request.querystring));
  if (!(SETTINGS.pretty || SETTINGS.spa) || !namesFolder(uri)) return request;
  if (SETTINGS.spa) {
    request.uri = '/' + SETTINGS.index;
    return request;
  }
  if (uri.endsWith('/')) {
    request.uri = uri + SETTINGS.index;
    return request;
  }
  // A redirect and not a rewrite: relative links on the page are resolved against the folder.
  // Several slashes or backslashes at the front would be read as another host.
  return redirect(302, (uri + '/' + queryString(request.querystring)).replace(/^[\/\\]+/, '/'));
}

// The domain that this visitor is to come to instead, if any.
function otherHost(headers) {
  const host = headers.host && headers.host.value.toLowerCase();
  return Object.prototype.hasOwnProperty.call(SETTINGS.hosts, host) && SETTINGS.hosts[host];
}

function namesFolder(uri) {
  if (uri.startsWith('/.well-known/') || SETTINGS.files.indexOf(decoded(uri)) >= 0) return false;
  return uri.substring(uri.lastIndexOf('/') + 1).indexOf('.') < 0;
}

// Visitors' paths are percent-encoded, names of files are not. What can't be decoded names no file.
function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (error) {
    return uri;
  }
}

function redirect(status, location) {
  return {
    statusCode: status,
    statusDescription: status === 301 ? 'Moved Permanently' : 'Found',
    headers: { location: { value: location } },
  };
}

function queryString(parameters) {
  const pairs = [];
  Object.keys(parameters).forEach(function (name) {
    const parameter = parameters[name];
    const values = parameter.multiValue || [parameter];
    values.forEach(function (each) {
      pairs.push(each.value === '' ? name : name + '=' + each.value);
    });
  });
  return pairs.length === 0 ? '' : '?' + pairs.join('&');
}

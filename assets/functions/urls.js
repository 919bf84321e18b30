// Turns the path that a visitor asks for into the path of a file, on every request, before the cache.
// SETTINGS is filled in when the site is planned:
//   index  the page that answers for a folder
//   spa    whether every path without an extension is answered by the root's index page
//   files  paths of real files without an extension, which stay as they are
const SETTINGS = { "index": "index.html", "spa": false, "files": [] };

function handler(event) {
  const request = event.request;
  const uri = request.uri;
  if (!namesFolder(uri)) return request;
  if (SETTINGS.spa) {
    request.uri = '/' + SETTINGS.index;
    return request;
  }
  if (uri.endsWith('/')) {
    request.uri = uri + SETTINGS.index;
    return request;
  }
  // A redirect and not a rewrite: relative links on the page are resolved against the folder.
  return redirect(uri + '/' + queryString(request.querystring));
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

// Several slashes or backslashes at the front would be read as another host.
function redirect(location) {
  return {
    statusCode: 302,
    statusDescription: 'Found',
    headers: { location: { value: location.replace(/^[\/\\]+/, '/') } },
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

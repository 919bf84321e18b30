// Leads a visitor to the pages in their language: /about becomes /de/about, by Accept-Language or a cookie.
// Paths that already begin with a language, and paths of files, stay as they are.

export function handlerFor(options) {
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    if (!isForUs(request.uri, options)) return request;
    const target = `/${chosen(request.headers, options)}${request.uri}`;
    if (options.how === 'redirect') return redirect(target, request.querystring);
    request.uri = target;
    return request;
  };
}

function isForUs(uri, { languages, where }) {
  if (where === 'root') return uri === '/';
  const [, folder] = uri.split('/');
  const file = uri.slice(uri.lastIndexOf('/') + 1);
  return !languages.includes(folder) && !uri.startsWith('/.well-known/') && (!file.includes('.') || file.endsWith('.html'));
}

function chosen(headers, { languages, default: otherwise, cookie }) {
  const asked = cookie === '' ? undefined : cookieValue(headers, cookie);
  if (languages.includes(asked)) return asked;
  const wanted = preferences(headers['accept-language']?.map(({ value }) => value).join(',') ?? '');
  for (const tag of wanted) {
    const found = tag === '*' ? otherwise : fitting(tag, languages);
    if (found !== undefined) return found;
  }
  return otherwise;
}

// The visitor's languages, the most wanted first; those with q=0 are unwanted.
function preferences(header) {
  const entries = header.split(',').slice(0, 50).map((part) => {
    const [tag, ...parameters] = part.trim().toLowerCase().split(';');
    const q = parameters.map((each) => each.trim()).find((each) => each.startsWith('q='));
    return { tag: tag.trim(), q: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  });
  return entries.filter(({ tag, q }) => tag !== '' && q > 0).sort((a, b) => b.q - a.q).map(({ tag }) => tag);
}

// `de-at` is served by `de-AT`, else by `de`; `pt` by `pt-BR` where there is no plain `pt`.
function fitting(tag, languages) {
  const parts = tag.split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const shorter = parts.slice(0, length).join('-');
    const found = languages.find((language) => language.toLowerCase() === shorter);
    if (found !== undefined) return found;
  }
  return languages.find((language) => language.toLowerCase().startsWith(`${parts[0]}-`));
}

function cookieValue(headers, name) {
  const pairs = (headers.cookie ?? []).flatMap(({ value }) => value.split(';')).map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

// The language comes first in the path, so the location can't name another host.
function redirect(path, query) {
  const location = path.toWellFormed().replace(/[^\x21-\x7e]|\\/gu, encodeURIComponent) + (query ? `?${query}` : '');
  return {
    status: '302',
    statusDescription: 'Found',
    headers: {
      location: [{ key: 'Location', value: location }],
      'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
      vary: [{ key: 'Vary', value: 'Accept-Language, Cookie' }],
    },
  };
}

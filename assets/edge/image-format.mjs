// Serves a picture in a smaller format that the browser can show: /photo.jpg becomes /photo.avif or /photo.webp.
// It runs on viewer-request, so each format is cached by its own path. The files must be in the folder.

export function handlerFor(options) {
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    const dot = request.uri.lastIndexOf('.');
    const extension = request.uri.slice(dot + 1).toLowerCase();
    if (dot < 0 || !options.extensions.includes(extension)) return request;
    const accept = request.headers.accept?.map(({ value }) => value).join(',') ?? '';
    const format = options.formats.find((each) => accepts(accept, `image/${each}`));
    if (format === undefined) return request;
    request.uri = `${options.name === 'append' ? request.uri : request.uri.slice(0, dot)}.${format}`;
    return request;
  };
}

// Named outright, and not with q=0: a plain */* is sent by browsers that can't show either.
function accepts(accept, type) {
  return accept.toLowerCase().split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((each) => each.trim());
    return name === type && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });
}

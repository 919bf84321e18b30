// Closes the site for a while: status 503 with Retry-After for everyone but the addresses and paths let through.

import { BlockList, isIP } from 'node:net';

export function handlerFor(options) {
  const letIn = addresses(options.allow_ips);
  const page = html(options);
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    return isLetIn(request.clientIp, letIn) || options.allow_paths.some((path) => fits(path, request.uri))
      ? request
      : closed(page, options.retry_after);
  };
}

function addresses(list) {
  const letIn = new BlockList();
  for (const entry of list) {
    const [address, bits] = entry.split('/');
    const family = `ipv${isIP(address)}`;
    if (bits === undefined) letIn.addAddress(address, family);
    else letIn.addSubnet(address, Number(bits), family);
  }
  return letIn;
}

function isLetIn(address, letIn) {
  const version = isIP(address ?? '');
  return version !== 0 && letIn.check(address, `ipv${version}`);
}

function fits(pattern, uri) {
  return pattern.endsWith('*') ? uri.startsWith(pattern.slice(0, -1)) : uri === pattern;
}

function html({ title, message }) {
  return '<!doctype html><html lang="en"><meta charset="utf-8">'
    + '<meta name="viewport" content="width=device-width, initial-scale=1">'
    + `<title>${escaped(title)}</title><h1>${escaped(title)}</h1><p>${escaped(message)}</p></html>`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function closed(page, retryAfter) {
  return {
    status: '503',
    statusDescription: 'Service Unavailable',
    headers: {
      'retry-after': [{ key: 'Retry-After', value: String(retryAfter) }],
      'content-type': [{ key: 'Content-Type', value: 'text/html; charset=utf-8' }],
      'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
    },
    bodyEncoding: 'text',
    body: page,
  };
}

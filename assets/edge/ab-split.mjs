// Serves one of several variants of the site, each in a folder of its own, and keeps a visitor with the first choice.
// On viewer-request it chooses and rewrites the path; on viewer-response it sets the cookie that keeps the choice.
// The choice without a cookie is made from address and browser, so that both events come to the same one.

import { createHash } from 'node:crypto';

export function handlerFor(options) {
  const variants = Object.keys(options.variants).sort();
  const choose = (request) => kept(request, options.cookie, variants) ?? drawn(request, options, variants);
  return async function handler(event) {
    const { request, response } = event.Records[0].cf;
    if (response === undefined) {
      request.uri = `/${choose(request)}${request.uri}`;
      return request;
    }
    if (kept(request, options.cookie, variants) === undefined) remember(response, choose(request), options);
    return response;
  };
}

function kept(request, cookie, variants) {
  const pairs = (request.headers.cookie ?? []).flatMap(({ value }) => value.split(';'));
  const values = pairs.map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${cookie}=`));
  return values.map((pair) => pair.slice(cookie.length + 1)).find((value) => variants.includes(value));
}

function drawn(request, { cookie, variants: weights }, variants) {
  const browser = request.headers['user-agent']?.[0]?.value ?? '';
  const hash = createHash('sha256').update(`${cookie}\n${request.clientIp}\n${browser}`).digest();
  const total = variants.reduce((sum, variant) => sum + weights[variant], 0);
  let point = (hash.readUInt32BE(0) / 2 ** 32) * total;
  return variants.find((variant) => (point -= weights[variant]) < 0);
}

function remember(response, variant, { cookie, days }) {
  const value = `${cookie}=${variant}; Path=/; Max-Age=${days * 86400}; Secure; HttpOnly; SameSite=Lax`;
  const others = response.headers['set-cookie'] ?? [];
  response.headers['set-cookie'] = [...others, { key: 'Set-Cookie', value }];
}

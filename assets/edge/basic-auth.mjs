// Asks for a name and a password. Only salted scrypt hashes are in here; `sitecast edge hash-password` makes them.

import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

// Stands in for an unknown name, so that it takes as long to refuse as a wrong password.
const NOBODY = `scrypt:16384:8:1:${Buffer.alloc(16).toString('base64')}:${randomBytes(32).toString('base64')}`;
const MOST_REMEMBERED = 100;

export function handlerFor(options) {
  // One password is checked once, not for every picture on a page. Kept are keyed digests, never what was sent.
  const key = randomBytes(32);
  const right = new Set();
  return async function handler(event) {
    const { request } = event.Records[0].cf;
    const sent = request.headers.authorization?.[0]?.value ?? '';
    const digest = createHmac('sha256', key).update(sent).digest('hex');
    if (!right.has(digest)) {
      if (!isRight(sent, options.users)) return refusal(options.realm);
      if (right.size >= MOST_REMEMBERED) right.clear();
      right.add(digest);
    }
    // The origin has no use for it.
    delete request.headers.authorization;
    return request;
  };
}

function isRight(sent, users) {
  const basic = /^basic +([A-Za-z0-9+/=]+)$/i.exec(sent);
  if (basic === null) return false;
  const [, name, password] = /^([^:]*):?(.*)$/s.exec(Buffer.from(basic[1], 'base64').toString('utf8'));
  const known = Object.hasOwn(users, name);
  return verifies(password, known ? users[name] : NOBODY) && known;
}

// scrypt:N:r:p:salt:hash, salt and hash in base64.
function verifies(password, stored) {
  const [, n, r, p, salt, hash] = stored.split(':');
  const [N, blocks, lanes] = [Number(n), Number(r), Number(p)];
  const expected = Buffer.from(hash, 'base64');
  const cost = { N, r: blocks, p: lanes, maxmem: 256 * N * blocks + 256 * blocks * lanes };
  return timingSafeEqual(scryptSync(password, Buffer.from(salt, 'base64'), expected.length, cost), expected);
}

function refusal(realm) {
  return {
    status: '401',
    statusDescription: 'Unauthorized',
    headers: {
      'www-authenticate': [{ key: 'WWW-Authenticate', value: `Basic realm="${realm}", charset="UTF-8"` }],
      'content-type': [{ key: 'Content-Type', value: 'text/plain; charset=utf-8' }],
      'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
    },
    bodyEncoding: 'text',
    body: 'A name and a password are needed.\n',
  };
}

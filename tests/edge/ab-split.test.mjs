import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/ab-split.mjs';
import { header, run } from './events.mjs';

const OPTIONS = { variants: { a: 3, b: 1 }, cookie: 'variant', days: 30 };
const handler = handlerFor(OPTIONS);

test('viewer-request: a cookie decides, whatever else comes with it', async () => {
  for (const cookie of ['variant=b', 'x=1; variant=b; y=2', 'variant=zzz; variant=b']) {
    assert.equal((await run(handler, 'viewer-request', { uri: '/p', headers: { Cookie: cookie } })).uri, '/b/p');
  }
});

test('viewer-request: a made-up variant is not followed', async () => {
  const answer = await run(handler, 'viewer-request', { uri: '/p', headers: { Cookie: 'variant=../secret' } });
  assert.match(answer.uri, /^\/[ab]\/p$/);
});

test('visitors are split by weight', async () => {
  let first = 0;
  for (let visitor = 0; visitor < 2000; visitor += 1) {
    const { uri } = await run(handler, 'viewer-request', { clientIp: `10.0.${visitor >> 8}.${visitor & 255}` });
    if (uri === '/a/') first += 1;
  }
  assert.ok(first > 1400 && first < 1600, `${first} of 2000`);
});

test('viewer-response: the cookie holds what viewer-request chose', async () => {
  for (let visitor = 0; visitor < 50; visitor += 1) {
    const wanted = { clientIp: `2001:db8::${visitor}`, headers: { 'User-Agent': 'x' } };
    const { uri } = await run(handler, 'viewer-request', wanted);
    const cookie = header(await run(handler, 'viewer-response', wanted), 'set-cookie');
    assert.equal(cookie, `variant=${uri[1]}; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax`);
  }
});

test('viewer-response: cookies of others stay, and a visitor who has one gets no second', async () => {
  const others = await run(handler, 'viewer-response', { response: { 'Set-Cookie': 'session=1' } });
  assert.equal(others.headers['set-cookie'].length, 2);
  const known = await run(handler, 'viewer-response', { headers: { Cookie: 'variant=a' } });
  assert.equal(known.headers['set-cookie'], undefined);
});

import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/basic-auth.mjs';
import { header, run } from './events.mjs';

const hashed = (password) => {
  const salt = Buffer.from('0123456789abcdef');
  const hash = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 2 });
  return `scrypt:1024:8:2:${salt.toString('base64')}:${hash.toString('base64')}`;
};
const OPTIONS = { realm: 'Preview', users: { ann: hashed('a:b c'), 'zoë': hashed('pässword') } };
const ask = (authorization, handler = handlerFor(OPTIONS)) =>
  run(handler, 'viewer-request', { headers: authorization === undefined ? {} : { Authorization: authorization } });
const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;

test('the right name and password go on, and the origin never sees them', async () => {
  for (const sent of [basic('ann:a:b c'), basic('zoë:pässword'), basic('ann:a:b c').replace('Basic', 'bAsIc ')]) {
    const answer = await ask(sent);
    assert.equal(answer.uri, '/');
    assert.equal(answer.headers.authorization, undefined);
  }
});

test('everything else is asked again', async () => {
  const wrong = [
    undefined, '', 'Basic', 'Basic !!!', 'Bearer x', basic(''), basic('ann'), basic('ann:'), basic('ann:wrong'),
    basic('bob:a:b c'), basic('__proto__:x'), basic('constructor:x'), basic('ann:a:b c\n'), basic('Ann:a:b c'),
  ];
  for (const sent of wrong) {
    const answer = await ask(sent);
    assert.equal(answer.status, '401', sent);
    assert.equal(header(answer, 'www-authenticate'), 'Basic realm="Preview", charset="UTF-8"');
  }
});

test('a right password is checked once, and a wrong one after it is still wrong', async () => {
  const users = { ann: hashed('right') };
  const handler = handlerFor({ realm: 'Preview', users });
  assert.equal((await ask(basic('ann:right'), handler)).uri, '/');
  delete users.ann;
  assert.equal((await ask(basic('ann:right'), handler)).uri, '/');
  assert.equal((await ask(basic('ann:righ'), handler)).status, '401');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/maintenance.mjs';
import { header, run } from './events.mjs';

const OPTIONS = {
  title: 'Back <soon>', message: 'We are at it.', retry_after: 600,
  allow_ips: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32'], allow_paths: ['/health', '/status/*'],
};
const ask = (uri, clientIp) => run(handlerFor(OPTIONS), 'viewer-request', { uri, clientIp });

test('everyone is told when to come back', async () => {
  const answer = await ask('/');
  assert.equal(answer.status, '503');
  assert.equal(header(answer, 'retry-after'), '600');
  assert.equal(header(answer, 'cache-control'), 'no-store');
  assert.match(answer.body, /<h1>Back &#60;soon&#62;<\/h1><p>We are at it.<\/p>/);
});

test('some addresses are let in', async () => {
  for (const ip of ['192.0.2.7', '198.51.100.200', '2001:db8:1::1']) assert.equal((await ask('/x', ip)).uri, '/x');
  for (const ip of ['192.0.2.8', '198.51.101.1', '2001:db9::1', 'nonsense', '']) {
    assert.equal((await ask('/x', ip)).status, '503', ip);
  }
});

test('some paths are let through', async () => {
  for (const uri of ['/health', '/status/', '/status/a']) assert.equal((await ask(uri)).uri, uri);
  for (const uri of ['/health/', '/healthy', '/status']) assert.equal((await ask(uri)).status, '503', uri);
});

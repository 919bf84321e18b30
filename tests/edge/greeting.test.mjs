import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/greeting.mjs';
import { header, run } from './events.mjs';

const OPTIONS = { title: 'Hello', cache_seconds: 0 };
const NOON_IN_LONDON = () => new Date('2026-01-15T12:00:00Z');
const greet = (headers, options = OPTIONS) => run(handlerFor(options, NOON_IN_LONDON), 'origin-request', { headers });

test('greets by country, device and the time where the visitor is', async () => {
  const answer = await greet({
    Accept: 'application/json',
    'CloudFront-Viewer-Country': 'JP',
    'CloudFront-Viewer-Time-Zone': 'Asia/Tokyo',
    'CloudFront-Is-Mobile-Viewer': 'true',
    'CloudFront-Is-Desktop-Viewer': 'false',
  });
  assert.equal(header(answer, 'content-type'), 'application/json');
  assert.deepEqual(JSON.parse(answer.body), { title: 'Hello', message: 'Good evening!', country: 'Japan', device: 'a phone' });
});

test('makes a page for browsers, and for those who say nothing', async () => {
  for (const headers of [{ Accept: 'text/html,application/json;q=0.9' }, { Accept: '*/*' }, {}]) {
    const answer = await greet(headers);
    assert.equal(header(answer, 'content-type'), 'text/html; charset=utf-8');
    assert.match(answer.body, /<h1>Good afternoon!<\/h1><\/html>/);
  }
});

test('is unmoved by headers that make no sense', async () => {
  const answer = await greet({ 'CloudFront-Viewer-Country': '<script>', 'CloudFront-Viewer-Time-Zone': 'Mars/Olympus' });
  assert.match(answer.body, /Good afternoon/);
  assert.doesNotMatch(answer.body, /script/);
});

test('escapes its title', async () => {
  const answer = await greet({}, { title: '<b>&', cache_seconds: 0 });
  assert.match(answer.body, /<title>&#60;b&#62;&#38;<\/title>/);
});

test('is cached only when asked to be', async () => {
  assert.equal(header(await greet({}), 'cache-control'), 'no-store');
  assert.equal(header(await greet({}, { title: '', cache_seconds: 60 }), 'cache-control'), 'max-age=0, s-maxage=60');
});

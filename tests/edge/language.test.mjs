import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/language.mjs';
import { header, leadsTo, run } from './events.mjs';

const OPTIONS = { languages: ['en', 'de', 'pt-BR', 'zh-Hant'], default: 'en', cookie: 'lang', how: 'redirect', where: 'pages' };
const ask = (uri, headers = {}, options = OPTIONS, querystring = '') =>
  run(handlerFor(options), 'viewer-request', { uri, headers, querystring });

test('the most wanted language that is there wins', async () => {
  const rows = [
    ['de', '/de/'],
    ['fr, de;q=0.8, en;q=0.9', '/en/'],
    ['de-AT', '/de/'],
    ['pt', '/pt-BR/'],
    ['ZH-hant-TW', '/zh-Hant/'],
    ['de;q=0, en;q=0.1', '/en/'],
    ['fr, *;q=0.5', '/en/'],
    ['', '/en/'],
    ['fr', '/en/'],
    [';;q=,,=', '/en/'],
    ['de ; q=0.9 , pt ; q=1', '/pt-BR/'],
  ];
  for (const [accept, location] of rows) {
    assert.equal(header(await ask('/', { 'Accept-Language': accept }), 'location'), location, accept);
  }
});

test('a cookie beats the browser, if there is such a language', async () => {
  assert.equal(header(await ask('/a', { Cookie: 'x=1; lang=de' }), 'location'), '/de/a');
  assert.equal(header(await ask('/a', { Cookie: 'lang=//evil' }), 'location'), '/en/a');
});

test('the query is kept', async () => {
  assert.equal(header(await ask('/a', {}, OPTIONS, 'q=1'), 'location'), '/en/a?q=1');
});

test('files and pages that have a language stay as they are', async () => {
  for (const uri of ['/de/', '/pt-BR/about', '/app.js', '/.well-known/x']) assert.equal((await ask(uri)).uri, uri);
  assert.equal(header(await ask('/about.html'), 'location'), '/en/about.html');
});

test('only the first page, where that is wanted', async () => {
  const root = { ...OPTIONS, where: 'root' };
  assert.equal((await ask('/about', {}, root)).uri, '/about');
  assert.equal(header(await ask('/', {}, root), 'location'), '/en/');
});

test('a path can be rewritten and not redirected', async () => {
  assert.equal((await ask('/about', { 'Accept-Language': 'de' }, { ...OPTIONS, how: 'rewrite' })).uri, '/de/about');
});

test('no path leads to another host', async () => {
  for (const uri of ['//evil', '/\\evil', '/\t/evil', '/..//evil', '/..//..//evil/']) {
    assert.equal(leadsTo(await ask(uri)).host, 'example.com', uri);
  }
});

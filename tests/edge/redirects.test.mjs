import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/redirects.mjs';
import { header, leadsTo, run } from './events.mjs';

const RULES = [
  { from: '/old', to: '/new', status: 301 },
  { from: '/blog/*', to: '/news/*', status: 308 },
  { from: '/shop/*', to: 'https://shop.example/*', status: 302 },
  { from: '/find', to: '/search?by=name#results', status: 307 },
  { from: '/root*', to: '/*', status: 302 },
  { from: '/gone/*', to: '/', status: 301 },
];

for (const eventType of ['viewer-request', 'origin-request']) {
  const ask = (uri, querystring = '') => run(handlerFor({ rules: RULES }), eventType, { uri, querystring });

  test(`${eventType}: rows are found exactly and by their beginning`, async () => {
    const rows = [
      ['/old', '301', '/new'],
      ['/blog/2024/x', '308', '/news/2024/x'],
      ['/blog/', '308', '/news/'],
      ['/shop/cart', '302', 'https://shop.example/cart'],
      ['/gone/for/good', '301', '/'],
    ];
    for (const [uri, status, location] of rows) {
      const answer = await ask(uri);
      assert.deepEqual([answer.status, header(answer, 'location')], [status, location]);
    }
  });

  test(`${eventType}: what no row names goes on untouched`, async () => {
    for (const uri of ['/', '/older', '/blog', '/old/']) assert.equal((await ask(uri)).uri, uri);
  });

  test(`${eventType}: the query is kept, before a fragment and after another query`, async () => {
    assert.equal(header(await ask('/old', 'a=1&b=%20'), 'location'), '/new?a=1&b=%20');
    assert.equal(header(await ask('/find', 'q=x'), 'location'), '/search?by=name&q=x#results');
  });

  test(`${eventType}: no path leads to a host that no row names`, async () => {
    for (const rest of ['/evil', '//evil', '\\evil', '\t/evil', '/\\evil', '@evil', '.evil', '/..//evil']) {
      assert.equal(leadsTo(await ask(`/root${rest}`)).host, 'example.com', rest);
      assert.equal(leadsTo(await ask(`/shop/${rest}`)).host, 'shop.example', rest);
    }
  });

  test(`${eventType}: dollar signs mean nothing in a path`, async () => {
    assert.equal(header(await ask("/blog/$&$'"), 'location'), "/news/$&$'");
  });

  test(`${eventType}: line breaks and letters beyond ASCII are escaped`, async () => {
    assert.equal(header(await ask('/blog/a\r\nb\u00e9'), 'location'), '/news/a%0D%0Ab%C3%A9');
  });
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/pretty-urls.mjs';
import { header, leadsTo, run } from './events.mjs';

const OPTIONS = { index: 'index.html', pretty: true, spa: false, files: ['/LICENSE'], hosts: [] };

for (const eventType of ['viewer-request', 'origin-request']) {
  const ask = (uri, options = OPTIONS, querystring = '') => run(handlerFor(options), eventType, { uri, querystring });

  test(`${eventType}: a folder is answered by its index page`, async () => {
    assert.equal((await ask('/')).uri, '/index.html');
    assert.equal((await ask('/docs/')).uri, '/docs/index.html');
  });

  test(`${eventType}: a folder without its slash is sent on, query and all`, async () => {
    const answer = await ask('/docs', OPTIONS, 'a=1&b=2');
    assert.equal(answer.status, '302');
    assert.equal(header(answer, 'location'), '/docs/?a=1&b=2');
  });

  test(`${eventType}: files stay as they are`, async () => {
    for (const uri of ['/app.js', '/LICENSE', '/.well-known/acme', '/a.b/c.d']) {
      assert.equal((await ask(uri)).uri, uri);
    }
  });

  test(`${eventType}: no path leads to another host`, async () => {
    for (const uri of ['//evil', '///evil', '/\\evil', '/\t/evil', '/\n\\evil', '\\\\evil', '/\ud800']) {
      assert.equal(leadsTo(await ask(uri)).host, 'example.com', uri);
    }
  });

  test(`${eventType}: a single-page app answers every path with one page`, async () => {
    const spa = { ...OPTIONS, spa: true };
    assert.equal((await ask('/any/where', spa)).uri, '/index.html');
    assert.equal((await ask('/app.js', spa)).uri, '/app.js');
  });
}

test('viewer-request: visitors of one domain are sent on to another, query and all', async () => {
  const options = { ...OPTIONS, pretty: false, hosts: ['www.acme.example acme.example'] };
  const ask = (host) =>
    run(handlerFor(options), 'viewer-request', {
      uri: '/docs',
      querystring: 'a=1',
      headers: { Host: host },
    });
  const answer = await ask('WWW.acme.example');
  assert.equal(answer.status, '301');
  assert.equal(header(answer, 'location'), 'https://acme.example/docs?a=1');
  assert.equal((await ask('acme.example')).uri, '/docs');
});

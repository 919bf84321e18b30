// What the CloudFront Function for pretty URLs and single-page apps answers, path by path.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../../assets/functions/urls.js', import.meta.url), 'utf8');
const SETTINGS_LINE =
  'const SETTINGS = { "index": "index.html", "pretty": true, "spa": false, "files": [], "hosts": {} };';
const SITE = 'https://site.example';

// The function with other settings, which take the place of their line as they do when a site is planned.
function functionWith(settings = {}) {
  assert.equal(SOURCE.split(SETTINGS_LINE).length, 2, 'the line of settings is there once');
  const filled = JSON.stringify({ index: 'index.html', pretty: true, spa: false, files: [], hosts: {}, ...settings });
  const context = vm.createContext({});
  vm.runInContext(SOURCE.replace(SETTINGS_LINE, () => `const SETTINGS = ${filled};`), context);
  return (uri, querystring = {}, host = undefined) => {
    const headers = host === undefined ? {} : { host: { value: host } };
    const event = { version: '1.0', request: { method: 'GET', uri, querystring, headers, cookies: {} } };
    // Values of another realm are never deeply equal to ours, so they go through JSON.
    return JSON.parse(JSON.stringify(context.handler(event)));
  };
}

// The path that the origin is asked for; fails if the visitor was redirected instead.
function asked(answer) {
  assert.equal(answer.statusCode, undefined, 'not a redirect');
  assert.equal(answer.method, 'GET');
  return answer.uri;
}

// Where the visitor is sent; fails if the origin was asked instead.
function location(answer) {
  assert.equal(answer.statusCode, 302);
  assert.equal(answer.uri, undefined, 'an answer and not a request');
  return answer.headers.location.value;
}

describe('pretty URLs', () => {
  const visit = functionWith();

  for (const [path, expected] of [
    ['/', '/index.html'],
    ['/docs/', '/docs/index.html'],
    ['/docs/deep/er/', '/docs/deep/er/index.html'],
    ['/v1.2/', '/v1.2/index.html'],
    ['/a%20b/', '/a%20b/index.html'],
  ]) {
    test(`the folder ${path} is answered by its page`, () => assert.equal(asked(visit(path)), expected));
  }

  for (const path of ['/index.html', '/docs/page.html', '/app.min.js', '/v1.2', '/a%20b/c.txt', '/docs/.hidden']) {
    test(`the file ${path} stays as it is`, () => assert.equal(asked(visit(path)), path));
  }

  for (const [path, expected] of [
    ['/docs', '/docs/'],
    ['/v1.2/notes', '/v1.2/notes/'],
    ['/a%20b', '/a%20b/'],
    ['/%E6%97%A5', '/%E6%97%A5/'],
  ]) {
    test(`the folder ${path} without its slash is redirected`, () => assert.equal(location(visit(path)), expected));
  }

  test('a redirect says so by name, and nothing more', () => {
    assert.deepEqual(visit('/docs'), {
      statusCode: 302,
      statusDescription: 'Found',
      headers: { location: { value: '/docs/' } },
    });
  });

  test('a request that stays is handed on whole', () => {
    const query = { v: { value: '2' } };
    assert.deepEqual(visit('/app.js', query), {
      method: 'GET', uri: '/app.js', querystring: query, headers: {}, cookies: {},
    });
  });

  test('another index page', () => {
    const other = functionWith({ index: 'default.htm' });
    assert.equal(asked(other('/docs/')), '/docs/default.htm');
  });
});

describe('the query string of a redirect', () => {
  const visit = functionWith();

  for (const [title, query, expected] of [
    ['none', {}, ''],
    ['one', { q: { value: 'edge' } }, '?q=edge'],
    ['several, in order', { q: { value: 'edge' }, page: { value: '2' } }, '?q=edge&page=2'],
    ['a name alone', { print: { value: '' } }, '?print'],
    ['escapes stay as they came', { q: { value: 'a%20b%26c' } }, '?q=a%20b%26c'],
    ['one name twice', { tag: { value: 'b', multiValue: [{ value: 'a' }, { value: 'b' }] } }, '?tag=a&tag=b'],
    ['one name twice, once alone', { tag: { value: '', multiValue: [{ value: 'a' }, { value: '' }] } }, '?tag=a&tag'],
  ]) {
    test(title, () => assert.equal(location(visit('/docs', query)), `/docs/${expected}`));
  }
});

describe('a redirect never leaves the site', () => {
  const visit = functionWith();

  for (const path of [
    '//evil.example/docs',
    '//evil',
    '///evil',
    '/\\evil',
    '/\\/evil',
    '\\\\evil',
    '/\\\\/evil/docs',
    '//user@evil',
    '//evil%2Eexample',
    '/%09/evil',
    '/.//evil',
    '/..//evil',
  ]) {
    test(`for ${path}`, () => {
      assert.equal(new URL(location(visit(path)), SITE).origin, SITE);
    });
  }

  test('nor by its query', () => {
    assert.equal(new URL(location(visit('//evil', { a: { value: '//evil' } })), SITE).origin, SITE);
  });
});

describe('paths that are left alone', () => {
  const visit = functionWith({ files: ['/LICENSE', '/docs/CNAME', '/release notes'] });

  for (const path of ['/LICENSE', '/docs/CNAME', '/.well-known/apple-app-site-association', '/.well-known/acme/token', '/release%20notes']) {
    test(path, () => assert.equal(asked(visit(path)), path));
  }

  for (const path of ['/release%2', '/docs/LICENSE', '/LICENSE2', '/.well-known-not/token']) {
    test(`but not ${path}`, () => assert.equal(location(visit(path)), `${path}/`));
  }

  test('names that JavaScript would read as code or as properties', () => {
    const names = ['/constructor', '/__proto__', "/it's \"quoted\"", '/$&', '/back\\slash'];
    const known = functionWith({ files: names });
    names.forEach((name) => assert.equal(asked(known(name)), name));
    assert.equal(location(visit('/constructor')), '/constructor/');
  });
});

describe('a single-page app', () => {
  const visit = functionWith({ spa: true, files: ['/LICENSE'] });

  for (const path of ['/', '/settings', '/users/7', '/users/7/', '//evil']) {
    test(`${path} is answered by the app`, () => assert.equal(asked(visit(path)), '/index.html'));
  }

  for (const path of ['/app.js', '/img/logo.svg', '/LICENSE', '/.well-known/security', '/users/jo.doe']) {
    test(`the file ${path} stays as it is`, () => assert.equal(asked(visit(path)), path));
  }

  test('its query string is kept', () => {
    assert.deepEqual(visit('/settings', { tab: { value: '1' } }).querystring, { tab: { value: '1' } });
  });
});

test('the code keeps to what the runtime has', () => {
  assert.doesNotMatch(SOURCE, /\b(eval|setTimeout|fetch|XMLHttpRequest|process|import)\b/);
});

describe('one domain that leads to another', () => {
  const hosts = { 'www.site.example': 'site.example' };
  const visit = functionWith({ hosts });

  for (const [path, query, expected] of [
    ['/', {}, '/'],
    ['/docs/page.html', { q: { value: 'a%20b' } }, '/docs/page.html?q=a%20b'],
    ['//evil.example/', {}, '//evil.example/'],
  ]) {
    test(`${path} is found there`, () => {
      const answer = visit(path, query, 'WWW.site.example');
      assert.equal(answer.statusCode, 301);
      assert.equal(answer.headers.location.value, SITE + expected);
    });
  }

  for (const host of ['site.example', 'd1.cloudfront.net', 'constructor', undefined]) {
    test(`${host} serves the site`, () => assert.equal(asked(visit('/docs/', {}, host)), '/docs/index.html'));
  }

  test('paths stay as they are where pretty URLs are off', () => {
    const plain = functionWith({ hosts, pretty: false });
    assert.equal(asked(plain('/docs', {}, 'site.example')), '/docs');
  });
});

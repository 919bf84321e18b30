import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/image-format.mjs';
import { run } from './events.mjs';

const OPTIONS = { formats: ['avif', 'webp'], extensions: ['jpg', 'png'], name: 'replace' };
const ask = async (uri, accept, options = OPTIONS) =>
  (await run(handlerFor(options), 'viewer-request', { uri, headers: accept === undefined ? {} : { Accept: accept } })).uri;

test('the first format that the browser names is served', async () => {
  assert.equal(await ask('/a/photo.jpg', 'image/avif,image/webp,*/*'), '/a/photo.avif');
  assert.equal(await ask('/photo.PNG', 'image/webp;q=0.8'), '/photo.webp');
  assert.equal(await ask('/photo.jpg', 'image/avif;q=0, image/webp'), '/photo.webp');
});

test('a browser that names none gets the picture as it is', async () => {
  for (const accept of [undefined, '', '*/*', 'image/*', 'image/avif;q=0.0', 'image/avifx']) {
    assert.equal(await ask('/photo.jpg', accept), '/photo.jpg', accept);
  }
});

test('other files stay as they are', async () => {
  for (const uri of ['/', '/jpg', '/a.svg', '/photo.jpg/']) assert.equal(await ask(uri, 'image/avif'), uri);
});

test('the format can stand behind the whole name', async () => {
  assert.equal(await ask('/photo.jpg', 'image/avif', { ...OPTIONS, name: 'append' }), '/photo.jpg.avif');
});

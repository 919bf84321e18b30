import assert from 'node:assert/strict';
import test from 'node:test';
import { handlerFor } from '../../assets/edge/security-headers.mjs';
import { header, run } from './events.mjs';

const OPTIONS = {
  nosniff: true, frame: 'deny', referrer: 'strict-origin', opener: 'same-origin', permissions: '',
  csp: "default-src 'self'", csp_report_only: true,
};

for (const eventType of ['viewer-response', 'origin-response']) {
  test(`${eventType}: headers are added, and the rest is left`, async () => {
    const answer = await run(handlerFor(OPTIONS), eventType, { response: { 'X-Frame-Options': 'SAMEORIGIN', ETag: '"1"' } });
    assert.equal(header(answer, 'x-content-type-options'), 'nosniff');
    assert.equal(header(answer, 'x-frame-options'), 'DENY');
    assert.equal(header(answer, 'referrer-policy'), 'strict-origin');
    assert.equal(header(answer, 'content-security-policy-report-only'), "default-src 'self'");
    assert.equal(header(answer, 'content-security-policy'), undefined);
    assert.equal(header(answer, 'permissions-policy'), undefined);
    assert.equal(header(answer, 'etag'), '"1"');
  });

  test(`${eventType}: every header can be left out`, async () => {
    const none = { nosniff: false, frame: 'allow', referrer: '', opener: '', permissions: '', csp: '', csp_report_only: false };
    const answer = await run(handlerFor(none), eventType);
    assert.deepEqual(Object.keys(answer.headers), ['content-type']);
  });

  test(`${eventType}: a policy can be enforced`, async () => {
    const answer = await run(handlerFor({ ...OPTIONS, csp_report_only: false }), eventType);
    assert.equal(header(answer, 'content-security-policy'), "default-src 'self'");
  });
}

// True events as CloudFront hands them to a function, and what it demands of every answer (aws-facts.md D.3-D.5).

import assert from 'node:assert/strict';

const FORBIDDEN = /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const MOST_BYTES = { 'viewer-request': 40 * 1024, 'origin-request': 1024 * 1024 };

export function eventOf(eventType, { uri = '/', querystring = '', headers = {}, clientIp = '203.0.113.1', response } = {}) {
  const cf = {
    config: {
      distributionDomainName: 'd1.cloudfront.net', distributionId: 'E1', eventType, requestId: 'r',
    },
    request: { clientIp, method: 'GET', uri, querystring, headers: headerLists({ Host: 'example.com', ...headers }) },
  };
  if (eventType.startsWith('origin')) {
    cf.request.origin = {
      s3: {
        domainName: 'b.s3.eu-west-1.amazonaws.com', path: '/site', authMethod: 'none', region: 'eu-west-1',
        customHeaders: {}, readTimeout: 30, responseCompletionTimeout: 0,
      },
    };
  }
  if (eventType.endsWith('response')) {
    cf.response = { status: '200', statusDescription: 'OK', headers: headerLists({ 'Content-Type': 'text/html', ...response }) };
  }
  return { Records: [{ cf }] };
}

export function headerLists(headers) {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), [{ key, value }]]));
}

// Runs a function, and holds what it answers against CloudFront's rules.
export async function run(handler, eventType, wanted) {
  const event = eventOf(eventType, wanted);
  const before = structuredClone(event.Records[0].cf);
  const answer = await handler(structuredClone(event));
  const isResponse = 'status' in answer;
  const had = isResponse ? before.response?.headers ?? {} : before.request.headers;
  for (const [name, list] of Object.entries(answer.headers)) {
    assert.equal(name, name.toLowerCase());
    for (const { key, value } of list) {
      assert.equal(key.toLowerCase(), name);
      assert.match(value, /^[\x20-\x7e]*$/);
    }
    if (JSON.stringify(had[name]) !== JSON.stringify(list)) assert.doesNotMatch(name, FORBIDDEN);
  }
  if (isResponse) assert.match(answer.status, /^[2-5]\d\d$/);
  if (isResponse && eventType.endsWith('request')) {
    assert.ok(Buffer.byteLength(JSON.stringify(answer)) < MOST_BYTES[eventType]);
  }
  if (eventType.endsWith('response')) assert.equal(answer.status, before.response.status);
  return answer;
}

export const header = (answer, name) => answer.headers[name]?.[0]?.value;

// Where a browser on https://example.com/ goes for a location.
export const leadsTo = (answer) => new URL(header(answer, 'location'), 'https://example.com/start');

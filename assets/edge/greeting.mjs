// A page made at the edge: it greets by country, device and time of day, as HTML or as JSON.
// It runs on origin-request: CloudFront-* headers exist only from there on, where the cache key holds them.

const GREETINGS = [[5, 'Good night'], [12, 'Good morning'], [18, 'Good afternoon'], [22, 'Good evening'], [24, 'Good night']];
const DEVICES = { mobile: 'a phone', tablet: 'a tablet', desktop: 'a computer', smarttv: 'a television' };

export function handlerFor(options, now = () => new Date()) {
  return async function handler(event) {
    const { headers } = event.Records[0].cf.request;
    const greeting = greetingFor(headers, options, now());
    return prefersJson(first(headers, 'accept'))
      ? answer('application/json', JSON.stringify(greeting), options)
      : answer('text/html; charset=utf-8', page(greeting), options);
  };
}

function greetingFor(headers, options, date) {
  const country = first(headers, 'cloudfront-viewer-country');
  const kind = Object.keys(DEVICES).find((each) => first(headers, `cloudfront-is-${each}-viewer`) === 'true');
  const hour = hourIn(first(headers, 'cloudfront-viewer-time-zone'), date);
  const words = GREETINGS.find(([until]) => hour < until)[1];
  return {
    title: options.title,
    message: `${words}!`,
    country: countryName(country),
    device: DEVICES[kind] ?? null,
  };
}

// A zone that this runtime doesn't know is no reason to fail: the greeting then goes by UTC.
function hourIn(timeZone, date) {
  try {
    return Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: timeZone || 'UTC' }).format(date));
  } catch {
    return date.getUTCHours();
  }
}

function countryName(code) {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  return new Intl.DisplayNames(['en'], { type: 'region' }).of(code) ?? code;
}

function prefersJson(accept) {
  return quality(accept, 'application/json') > quality(accept, 'text/html');
}

function quality(accept, type) {
  const part = accept.toLowerCase().split(',').find((each) => each.split(';')[0].trim() === type);
  if (part === undefined) return 0;
  const q = /;\s*q=([0-9.]+)/.exec(part);
  return q === null ? 1 : Number(q[1]) || 0;
}

function page({ title, message, country, device }) {
  const from = country === null ? '' : ` from ${country}`;
  const on = device === null ? '' : ` on ${device}`;
  const visitor = from + on === '' ? '' : `<p>Hello to a visitor${escaped(from + on)}.</p>`;
  return '<!doctype html><html lang="en"><meta charset="utf-8">'
    + '<meta name="viewport" content="width=device-width, initial-scale=1">'
    + `<title>${escaped(title)}</title><h1>${escaped(message)}</h1>${visitor}</html>`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

// What origin-request answers is cached, so without a time to keep it nothing may keep it.
function answer(type, body, { cache_seconds: seconds }) {
  const cacheControl = seconds === 0 ? 'no-store' : `max-age=0, s-maxage=${seconds}`;
  return {
    status: '200',
    statusDescription: 'OK',
    headers: {
      'content-type': [{ key: 'Content-Type', value: type }],
      'cache-control': [{ key: 'Cache-Control', value: cacheControl }],
      vary: [{ key: 'Vary', value: 'Accept' }],
    },
    bodyEncoding: 'text',
    body,
  };
}

function first(headers, name) {
  return headers[name]?.[0]?.value ?? '';
}

// Adds the headers that tell a browser to be careful. What the origin sent under the same name is replaced.

export function handlerFor(options) {
  const headers = headersFor(options);
  return async function handler(event) {
    const { response } = event.Records[0].cf;
    for (const [key, value] of headers) response.headers[key.toLowerCase()] = [{ key, value }];
    return response;
  };
}

function headersFor(options) {
  const policy = options.csp_report_only ? 'Content-Security-Policy-Report-Only' : 'Content-Security-Policy';
  return [
    ['X-Content-Type-Options', options.nosniff ? 'nosniff' : ''],
    ['X-Frame-Options', options.frame === 'allow' ? '' : options.frame.toUpperCase()],
    ['Referrer-Policy', options.referrer],
    ['Cross-Origin-Opener-Policy', options.opener],
    ['Permissions-Policy', options.permissions],
    [policy, options.csp],
  ].filter(([, value]) => value !== '');
}

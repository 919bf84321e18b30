// Calls one function once, as Lambda would. The event comes on stdin; what happened goes to stdout, one JSON
// object a line. Whatever the function prints goes to stderr.

import { readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [module, name, memory, seconds] = process.argv.slice(2);
process.stdout.write = process.stderr.write.bind(process.stderr);

function tell(message) {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written);
}

function text(error) {
  return error instanceof Error ? error.stack ?? String(error) : String(error);
}

// Lambda takes a function that returns a promise or a value, and one that calls its third argument.
function call(handler, event, context) {
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const callback = (error, answer) => (error == null ? resolve(answer) : reject(error));
    Promise.resolve(handler(event, context, callback)).then((answer) => answer !== undefined && resolve(answer), reject);
  });
}

let handler;
const event = JSON.parse(readFileSync(0, 'utf8'));
try {
  const loaded = await import(pathToFileURL(module));
  handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function') throw new Error(`there is no exported function ${name}`);
} catch (error) {
  tell({ unloadable: text(error) });
  process.exit();
}
tell({ loaded: true });
const started = Date.now();
const context = {
  functionName: 'local', functionVersion: '1', memoryLimitInMB: memory, awsRequestId: 'local',
  getRemainingTimeInMillis: () => Number(seconds) * 1000 - (Date.now() - started),
};
try {
  tell({ answer: (await call(handler, event, context)) ?? null });
} catch (error) {
  tell({ threw: text(error) });
}
process.exit();

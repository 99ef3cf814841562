// The vendors: aimock, an independent mock of OpenAI and Anthropic, and a tap in front of it that notes every request as it
// came over the wire, and whether its answer was taken to the end.
//
//   node vendors.mjs ADDRESS_FILE      writes its address to that file and serves until it is stopped
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { LLMock } from '@copilotkit/aimock';
import { fixtures } from './fixtures.mjs';

const mock = new LLMock({ port: 0, host: '127.0.0.1', strict: false });
mock.addFixtures(fixtures);
await mock.start();
const { hostname, port } = new URL(mock.url);

const seen = [];

const tap = http.createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    if (request.url.startsWith('/tap/')) {
      const words = new URL(request.url, 'http://tap').searchParams.get('words') ?? '';
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(seen.filter((one) => one.text.includes(words))));
      return;
    }
    pass(request, response, Buffer.concat(pieces));
  });
});

function pass(request, response, body) {
  const text = body.toString();
  const one = { method: request.method, path: request.url, headers: request.headers, text, at: Date.now(), status: null, end: 'open' };
  seen.push(one);
  const upstream = http.request({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
    one.status = answer.statusCode;
    response.writeHead(answer.statusCode, answer.headers);
    answer.on('data', (piece) => response.write(piece));
    answer.on('end', () => response.end());
    answer.on('close', () => answer.complete || response.destroy());
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => {
    one.end = response.writableFinished ? 'whole' : 'cut';
    one.endedAt = Date.now();
    upstream.destroy();
  });
  upstream.end(body);
}

tap.listen(0, '127.0.0.1', () => writeFileSync(process.argv[2], `http://127.0.0.1:${tap.address().port}`));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => process.exit(0));
}

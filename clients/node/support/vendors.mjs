// The vendors: aimock, an independent mock of OpenAI and Anthropic, and a tap in front of it that notes every request as it
// came over the wire, and whether its answer was taken to the end. The tap also gives Google Cloud's access tokens, which aimock
// knows nothing of, to whoever signs as the service account.
//
//   node vendors.mjs ADDRESS_FILE      writes its address to that file, the service account to ADDRESS_FILE.account, and serves
//                                      until it is stopped
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { LLMock } from '@copilotkit/aimock';
import { fixtures } from './fixtures.mjs';

const mock = new LLMock({ port: 0, host: '127.0.0.1', strict: false });
mock.addFixtures(fixtures);
await mock.start();
const { hostname, port } = new URL(mock.url);

const seen = [];

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const ACCESS_TOKEN = 'canary-vertex';

// https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
function giveToken(response, form) {
  const [head, claims, signature] = (new URLSearchParams(form).get('assertion') ?? '').split('.');
  const signed = signature && createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
  response.writeHead(signed ? 200 : 400, { 'content-type': 'application/json' });
  const answer = signed ? { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 3600 } : { error: 'invalid_grant' };
  response.end(JSON.stringify(answer));
}

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
    const body = Buffer.concat(pieces);
    if (request.url === '/token') {
      giveToken(response, body.toString());
    } else if (request.url.startsWith('/v1/projects/') && request.headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":{"code":401,"message":"no access token","status":"UNAUTHENTICATED"}}');
    } else {
      pass(request, response, body);
    }
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

tap.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${tap.address().port}`;
  const account = {
    type: 'service_account',
    project_id: 'mock',
    client_email: 'mock@mock.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: privateKey,
    token_uri: `${address}/token`,
  };
  writeFileSync(`${process.argv[2]}.account`, JSON.stringify(account));
  writeFileSync(process.argv[2], address);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => process.exit(0));
}

// Says what the JUnit reports in a folder say, in the manner of reporter.mjs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const folder = process.argv[2];
for (const file of readdirSync(folder).filter((name) => /^TEST-.*\.xml$/.test(name))) {
  const report = readFileSync(`${folder}/${file}`, 'utf8');
  for (const [, attributes, rest] of report.matchAll(/<testcase ([^>]*?)(\/>|>[\s\S]*?<\/testcase>)/g)) {
    const name = /\bname="([^"]*)"/.exec(attributes)[1].replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
    const wrong = /<(failure|error)\b/.test(rest);
    wrong ? failed++ : passed++;
    console.log(`  ${wrong ? 'FAILED   ' : 'ok       '} ${name}`);
  }
}
writeFileSync(process.env.CLIENTS_COUNTS, `${passed} ${failed}\n`);

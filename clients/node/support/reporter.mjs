// One line for each case, what failed at the end, and the numbers in the file that CLIENTS_COUNTS names.
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

export default async function* reporter(events) {
  let passed = 0;
  const failed = [];
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') {
      continue;
    }
    if (data.skip !== undefined || data.todo !== undefined) {
      yield `  left out  ${data.name}: ${data.skip ?? data.todo}\n`;
    } else if (type === 'test:pass') {
      passed++;
      yield `  ok        ${data.name}\n`;
    } else {
      failed.push(data);
      yield `  FAILED    ${data.name}\n`;
    }
  }
  for (const { name, file, line, details } of failed) {
    const cause = details.error?.cause ?? details.error;
    yield `\n${name} (${file?.split('/').pop()}:${line})\n${(cause?.stack ?? inspect(cause)).replace(/^/gm, '    ')}\n`;
  }
  writeFileSync(process.env.CLIENTS_COUNTS, `${passed} ${failed.length}\n`);
}

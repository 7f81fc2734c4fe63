import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { describeEvents, renderEventsDocument } from '@app/accounts';

const DOCUMENT = new URL('../../docs/events.md', import.meta.url);

describe('docs/events.md', () => {
  it('says what the schemas say (UPDATE_DOCS=1 writes it)', async () => {
    const generated = await format(renderEventsDocument(describeEvents()), { parser: 'markdown', printWidth: 120 });
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(DOCUMENT, generated);
    expect(await readFile(DOCUMENT, 'utf8')).toBe(generated);
  });
});

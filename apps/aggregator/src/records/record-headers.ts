import type { FeedRecord } from '@app/usage-feed';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A header of one value in UTF-8; `invalid` when it is given twice or is no UTF-8, undefined when it is absent. */
export function headerOf(record: FeedRecord, name: string): string | { readonly invalid: string } | undefined {
  if (!Object.hasOwn(record.headers, name)) return undefined;
  const values = record.headers[name];
  const [value] = values ?? [];
  if (values === undefined || value === undefined) return undefined;
  if (values.length > 1) return { invalid: `the header ${name} stands twice` };
  try {
    return UTF_8.decode(value);
  } catch {
    return { invalid: `the header ${name} is not valid UTF-8` };
  }
}

/** A header as text, undefined where it is absent or cannot be read. */
export function readableHeader(record: FeedRecord, name: string): string | undefined {
  const value = headerOf(record, name);
  return typeof value === 'string' ? value : undefined;
}

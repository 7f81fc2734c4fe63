import { tellContent, type ContentSink, type JsonObject } from '../json/index.js';

/** The pieces of an event's content as one text: equal for equal contents, and for no others. */
export function contentText(type: string, timeMs: number, data: JsonObject): string {
  const pieces: unknown[] = [];
  const sink: ContentSink = {
    mark: (kind) => pieces.push([kind]),
    integer: (value) => pieces.push(value),
    text: (kind, value) => pieces.push([kind, value]),
  };
  tellContent(sink, { type, timeMs, data });
  return JSON.stringify(pieces);
}

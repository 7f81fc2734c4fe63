import { NAME_SCALARS_MAX, parseTime, type JsonObject, type JsonValue, type UsageEvent } from '@app/metering';
import { PlainJson } from './plain-json.js';

/** An event with more properties is left to the general parser. */
const PROPERTIES_MAX = 64;

const SPACE = 0x20;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Attributes that an event has to have, once each. */
const SPECVERSION = 1;
const ID = 2;
const SOURCE = 4;
const TYPE = 8;
const SUBJECT = 16;
const TIME = 32;
const DATA = 64;
const ALL = 127;
const ANOTHER = 0;

/**
 * Reads events as nearly all producers send them: a valid structured event of plain JSON whose data is flat. Whatever it
 * reads, `parseJsonExactly` and `parseStructuredEvent` read as the very same event.
 */
export class PlainEventReader {
  readonly #json = new PlainJson();
  #id = '';
  #source = '';
  #type = '';
  #subject = '';
  #timeMs = 0;
  #data: JsonObject = {};

  /** Undefined where the event is not plain, or none: then the general parser says what it is. */
  read(bytes: Buffer): UsageEvent | undefined {
    const json = this.#json;
    json.begin(bytes);
    if (json.mark() !== OPEN) return undefined;
    let seen = 0;
    let mark = COMMA;
    while (mark === COMMA) {
      const attribute = this.#attribute();
      if (attribute === undefined || (seen & attribute) !== 0) return undefined;
      seen |= attribute;
      mark = json.mark();
    }
    if (mark !== CLOSE || seen !== ALL || !json.isEnd()) return undefined;
    return {
      id: this.#id,
      source: this.#source,
      type: this.#type,
      organisation: this.#subject,
      timeMs: this.#timeMs,
      data: this.#data,
    };
  }

  /** One attribute with its value: which it was, as far as that matters. */
  #attribute(): number | undefined {
    const json = this.#json;
    switch (json.key()) {
      case 'specversion':
        return json.text() === '1.0' ? SPECVERSION : undefined;
      case 'id':
        return (this.#id = nameOf(json.newText())) === '' ? undefined : ID;
      case 'source':
        return (this.#source = nameOf(json.text())) === '' ? undefined : SOURCE;
      case 'type':
        return (this.#type = nameOf(json.text())) === '' ? undefined : TYPE;
      case 'subject':
        return (this.#subject = nameOf(json.text())) === '' ? undefined : SUBJECT;
      case 'time':
        return this.#readTime() ? TIME : undefined;
      case 'data':
        return this.#readData() ? DATA : undefined;
      case 'data_base64':
      case undefined:
        return undefined;
      default:
        return json.scalar() === undefined ? undefined : ANOTHER;
    }
  }

  #readTime(): boolean {
    const timeMs = parseTime(this.#json.newText() ?? '');
    this.#timeMs = timeMs ?? 0;
    return timeMs !== undefined;
  }

  #readData(): boolean {
    const json = this.#json;
    const data: Record<string, JsonValue> = {};
    this.#data = data;
    if (json.mark() !== OPEN) return false;
    if (json.peek() === CLOSE) return json.mark() === CLOSE;
    for (let count = 0; count < PROPERTIES_MAX; count += 1) {
      const key = json.key();
      // Assigned, this one is no property.
      if (key === undefined || key === '__proto__') return false;
      const value = json.scalar();
      if (value === undefined) return false;
      data[key] = value;
      const mark = json.mark();
      if (mark !== COMMA) return mark === CLOSE;
    }
    return false;
  }
}

/** The text of printable ASCII where it is a name; empty where it is none. */
function nameOf(text: string | undefined): string {
  if (text === undefined || text.length > NAME_SCALARS_MAX) return '';
  return text.charCodeAt(0) === SPACE || text.charCodeAt(text.length - 1) === SPACE ? '' : text;
}

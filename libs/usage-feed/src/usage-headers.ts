/** Names of the record headers that publishers write and the consumer reads, beside CloudEvents' own. */

/** `application/cloudevents+json` for structured events. */
export const CONTENT_TYPE_HEADER = 'content-type';
export const STRUCTURED_EVENT_TYPE = 'application/cloudevents+json';
/** `true` on records of a load that may charge usage of closed periods. */
export const ADJUST_HEADER = 'creditfold-adjust';
/** On records published again: the topic whose rules decide them. */
export const ORIGINAL_TOPIC_HEADER = 'creditfold-topic';
/** On records published again: Unix milliseconds of the record they were first. */
export const ORIGINAL_TIMESTAMP_HEADER = 'creditfold-timestamp';

/** A quarantined record as events hold it, with the parts that no test looks at filled in. */
export const quarantinedRecord = (record: {
  id: string;
  reason: string;
  detail: string;
  offset: bigint;
  recordTimestampMs: number;
}) => ({
  ...record,
  source: '/gateway',
  eventId: `e-${record.offset}`,
  timeMs: record.recordTimestampMs,
  hashes: null,
  payload: 'e30=',
  key: null,
  sizeBytes: 2,
  sha256: '00',
});

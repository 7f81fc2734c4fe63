/** Every bound of the HTTP edge, named. What lies above is refused with the code that stands beside it. */
export const LIMITS = {
  /** Bytes of an ordinary request body, before and after decompression (`TooLarge`). */
  bodyBytesMax: 1024 * 1024,
  catalogBytesMax: 4 * 1024 * 1024,
  /** Bytes of a batch of usage, before and after decompression: a small gzip file never becomes more than this. */
  eventsBytesMax: 8 * 1024 * 1024,
  /** Of one event as it came: the aggregator quarantines what is larger (its `eventBytesMax`). */
  eventBytesMax: 256 * 1024,
  backfillBytesMax: 32 * 1024 * 1024,
  /** Usage events of one call (`TooLarge`). */
  eventsMax: 1_000,
  backfillEventsMax: 10_000,
  /** Accounts of one call whose terms are loaded at the same time. */
  termsLoadedAtOnceMax: 8,
  /** Faulty items that one answer lists. */
  errorsMax: 1_000,
  /** `limit=` of lists. */
  pageItemsMax: 500,
  pageItemsDefault: 50,
  /** Queries of a route whose meaning is remembered, and their characters as JSON. */
  queriesRememberedMax: 100,
  queryCharsRememberedMax: 256,
  /** Characters of a cursor (`InvalidCursor`). */
  cursorCharsMax: 4_096,
  /** Characters of the `Idempotency-Key` and `Creditfold-Actor` headers (`InvalidParameter`). */
  idempotencyKeyCharsMax: 255,
  actorCharsMax: 255,
  /** Characters of a path parameter as it is written: 255 scalars of four percent-escaped bytes each. */
  pathParameterCharsMax: 4_096,
  /** Longest range of hour windows (`InvalidParameter`). */
  hourWindowsMaxMs: 92 * 24 * 3_600_000,
  /** Longest wait for `minRevision` (`NotYetVisible`). */
  minRevisionWaitMs: 5_000,
  /** Days that an event is searched in when its time is not said. */
  eventSearchDays: 36,
  /** A client that does not deliver its headers, or its whole request, in this time is cut off (`RequestTimeout`). */
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  timeoutsCheckedEveryMs: 5_000,
  keepAliveTimeoutMs: 65_000,
  /** A connection on which nothing moves is closed: a client that does not read its answer holds it no longer. */
  connectionIdleMs: 120_000,
  /** Open connections; one more is closed at once. */
  connectionsMax: 10_000,
  /** How long a key that was looked up is believed without asking again, and how many are remembered. */
  keyCacheMs: 5_000,
  keyCacheMax: 10_000,
  /** A rotated key's old secret works for this long beside the new one. */
  keyRotationOverlapMs: 24 * 3_600_000,
  /** Last use of a key is written at most this often. */
  keyLastUsedEveryMs: 60_000,
  keyNameCharsMax: 255,
  /** Bytes of a payment webhook. */
  webhookBytesMax: 256 * 1024,
  /** Events of a page that those who follow the streams read; only the few that they act on bring their data. */
  followedPageEvents: 500,
  /** How long they let more come together at the end: nothing that they do is waited for by the millisecond. */
  followedPauseMs: 50,
  executorLeaseMs: 15_000,
  /** How long the executor of payments waits for the lease, and after a failure of the stores. */
  executorRetryMs: 1_000,
  followedIdleMs: 1_000,
  followedSaveEveryMs: 1_000,
  paymentsAtOnceMax: 8,
  /** Pending payments, and those whose processor was not reached, are asked about again after a pause that doubles. */
  paymentRetryBaseMs: 500,
  paymentRetryMaxMs: 600_000,
  /** Longest wait of a sandbox's clock for usage to be folded (`UsageNotFolded`), and how often it looks. */
  foldedWaitMs: 5_000,
  foldedLookEveryMs: 100,
  /** Records behind the decided position that are looked at for an organisation's usage. */
  foldedRecordsMax: 2_000,
  /** How often the partitions' streams are looked at for parked accounts, and all looks until all are opened anew. */
  parkedLookMs: 2_000,
  parkedLooksMax: 30,
  /** Ledger entries whose appends are read at once for `detail=event`: each may hold thousands of usage events. */
  ledgerEntriesPerRead: 8,
  /** Marks of one alert or budget, channels of one mark, and characters of its severity (`InvalidBody`). */
  marksMax: 100,
  channelsPerMarkMax: 20,
  severityCharsMax: 64,
  /** Channels of an account (`TooManyChannels`), and addresses of one e-mail channel. */
  channelsMax: 100,
  mailAddressesMax: 20,
  dispatcherLeaseMs: 15_000,
  /** How often the outbox is looked at when nothing is under way. */
  dispatcherIdleMs: 200,
  deliveriesAtOnceMax: 16,
  /** Notifications that may wait for one channel; what comes on top is kept as dropped. */
  notificationsWaitingMax: 1_000,
  /** A notification that could not be delivered for so long is of no use any more. */
  notificationAgeMaxMs: 72 * 3_600_000,
  deliveryRetryBaseMs: 1_000,
  deliveryRetryMaxMs: 3_600_000,
  /** What was sent can be read for so long. */
  notificationsKeptMs: 90 * 24 * 3_600_000,
  notificationsForgetEveryMs: 3_600_000,
  /** Resources of an account (`TooManyResources`), and of one page of their usage. */
  resourcesMax: 10_000,
  /** Windows and groups that a report adds up, and its longest period in days (`InvalidParameter`). */
  reportItemsMax: 20_000,
  reportDaysMax: 366,
  statementsMax: 36,
  /** Fewest characters of the administrator's key. */
  adminKeyCharsMin: 32,
  /** Callers that the rate limiter remembers; the one longest unused is forgotten first, with a full bucket. */
  rateBucketsMax: 50_000,
} as const;

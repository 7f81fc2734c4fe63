/** Why a usage event was not charged: the closed list of the HTTP contract. */
export const QUARANTINE_REASONS = [
  'Unreadable',
  'InvalidEvent',
  'InvalidQuantity',
  'InexactNumber',
  'TooLarge',
  'NoOrganisation',
  'UnknownOrganisation',
  'KeyMismatch',
  'UnknownEventType',
  'NoRate',
  'UnknownFactor',
  'NothingToMeter',
  'TooOld',
  'InFuture',
  'RecordTimeInFuture',
  'Conflict',
  'HistoryClosed',
  'BeforeOpening',
  'Parked',
] as const;

export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** Another organisation's subject: HTTP refuses it, no record is ever quarantined for it. */
export const FOREIGN_SUBJECT = 'ForeignSubject';

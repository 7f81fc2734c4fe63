/** Another projector moved this lane's checkpoint, or its generation was retired: start again from what is stored. */
export class StaleProjector extends Error {
  override readonly name = 'StaleProjector';
  readonly code = 'StaleProjector';
}

/** The store does not hold the event that the checkpoint or an account's rows stand on: they are of another history. */
export class HistoryDiffers extends Error {
  override readonly name = 'HistoryDiffers';
  readonly code = 'HistoryDiffers';
}

/** An answer would need more groups in memory than `groupsPerAnswerMax`: ask for a shorter range or fewer dimensions. */
export class TooManyGroups extends Error {
  override readonly name = 'TooManyGroups';
  readonly code = 'TooManyGroups';
}

/** A cursor that this list did not make. */
export class UnknownCursor extends Error {
  override readonly name = 'UnknownCursor';
  readonly code = 'UnknownCursor';
}

/** A stored segment or wallet is not what this version writes. */
export class CorruptReadModel extends Error {
  override readonly name = 'CorruptReadModel';
  readonly code = 'CorruptReadModel';
}

/** Id of the n-th grant that the event with this revision makes: the same whenever it is decided again. */
export const grantId = (revision: bigint, index: number): string => `g-${revision}-${index}`;

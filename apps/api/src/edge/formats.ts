import { formatTime } from '@app/metering';

/** RFC 3339, or null where there is no such time. */
export const timeOrNull = (ms: number | null): string | null => (ms === null ? null : formatTime(ms));

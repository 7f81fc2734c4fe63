export { parseTime, formatTime } from './rfc3339.js';
export { nextAnchor, cycleContaining, type CycleInterval } from './cycle.js';
export { parsePeriod, parseDuration, formatPeriod, addPeriod, type Period } from './period.js';
export { hourOf, dayOf, civilOf, daysFromCivil, daysInMonth, DAY_MS, HOUR_MS, type CivilDate } from './civil-date.js';

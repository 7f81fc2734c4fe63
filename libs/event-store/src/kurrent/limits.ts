/** Limits of the adapter. About a hundred calls share a connection, and further ones wait silently: 64 + 24 + 1 fit. */
export const KURRENT_LIMITS = {
  appendsInFlightMax: 64,
  readsInFlightMax: 24,
  /** An append without an answer by then has an unknown outcome; a read without an event for so long has failed. */
  callTimeoutMs: 10_000,
  /** Pages in a row that `readAll` reads when system events alone fill them, before it answers how far it came. */
  readAllRoundsMax: 16,
  /** Events that the server looks through before it says how far it came, where only others' are. */
  foreignWindowEvents: 512,
  /** When it says nothing for so long, or has been asked for so long, reading goes on event by event. */
  foreignQuietMs: 250,
  foreignMaxMs: 2_000,
  /** Events of the first page when looking backwards for the last one; each further page is four times as long. */
  headPageEvents: 8,
  headPageEventsMax: 4_096,
  /** Until a lost subscription is opened again: doubled each time, up to the second. */
  reconnectMs: 100,
  reconnectMaxMs: 5_000,
} as const;

import { perSecond, percentile, timed } from '../figure.js';
import { askSteadily } from './ask-steadily.js';

/** Asks it for the nth time, one of so many clients; rejects when the answer is not the one that is wanted. */
export type AskRoute = (nth: number) => Promise<void>;

/** How fast a route answers clients that ask without a pause, and how long they then wait for an answer. */
export interface FullRate {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** `requests` of `clients` that each ask again when they are answered. */
export async function fullRateOf(
  ask: AskRoute,
  { clients, requests }: { readonly clients: number; readonly requests: number },
): Promise<FullRate> {
  const latencies: number[] = [];
  const numbers = Array.from({ length: requests }, (_, nth) => nth).values();
  const askInTurn = async (): Promise<void> => {
    // All clients take from one iterator: each number is asked once.
    for (const nth of numbers) latencies.push(await timed(() => ask(nth)));
  };
  const ms = await timed(() => Promise.all(Array.from({ length: clients }, askInTurn)));
  return { perSecond: perSecond(requests, ms), p99Ms: percentile(latencies, 0.99) };
}

/** p99 in milliseconds of `requests` that come so many a second, whether the ones before are answered or not. */
export async function steadyP99Of(ask: AskRoute, rate: number, requests: number): Promise<number> {
  const under = { isOver: false };
  const askNth = (nth: number) => {
    under.isOver = nth + 1 >= requests;
    return [{ kind: 'asked', answered: ask(nth) }];
  };
  const latencies = await askSteadily({ perSecond: rate, under, ask: askNth });
  return percentile(latencies.get('asked') ?? [], 0.99);
}

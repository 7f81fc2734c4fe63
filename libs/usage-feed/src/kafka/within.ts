import { FeedUnavailable } from '../usage-feed.js';

/** The answer, or `FeedUnavailable` when it takes longer than `durationMs`; what is under way is left to itself. */
export async function within<Answer>(answer: Promise<Answer>, durationMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new FeedUnavailable(`Kafka did not answer within ${durationMs} ms`)), durationMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CONSUMING_STORIES } from './contract/consuming-stories.js';
import { givenOf, type FeedUnderTest } from './contract/given.js';
import { POSITION_STORIES } from './contract/position-stories.js';
import { PUBLISHING_STORIES } from './contract/publishing-stories.js';
import { SELF_KEPT_STORIES, TRIMMED_STORIES } from './contract/retention-stories.js';

/** What every adapter of the usage feed must do. `create` gives an empty feed each time. */
export function usageFeedContract(
  name: string,
  create: () => Promise<FeedUnderTest>,
  retention: 'trimmed' | 'self-kept' = 'trimmed',
): void {
  const ofRetention = retention === 'trimmed' ? TRIMMED_STORIES : SELF_KEPT_STORIES;
  const stories = { ...PUBLISHING_STORIES, ...CONSUMING_STORIES, ...POSITION_STORIES, ...ofRetention };
  describe(`the usage feed in ${name}`, () => {
    let under: FeedUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    it.each(Object.entries(stories))('%s', async (_story, tell) => {
      expect.hasAssertions();
      await tell(givenOf(under));
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import type { Notification } from './notification.js';
import { postOf } from './notifier.js';

const NOTIFICATION: Notification = {
  id: 'ntf_1',
  organisation: 'acme',
  kind: 'threshold',
  severity: 'warning',
  title: '70 % of pool credits used',
  text: 'Top up.',
  at: '2026-11-20T10:00:00Z',
  data: { pool: 'credits', value: '70' },
};
const SLACK = { kind: 'slack', url: 'https://hooks.example.com/services/T0/B0/x' } as const;
const PAGER_DUTY = {
  kind: 'pagerduty',
  url: 'https://events.example.com/v2/enqueue',
  routingKey: '0123456789abcdef0123456789abcdef',
} as const;

describe('what is sent, to the byte', () => {
  it('Slack: an incoming webhook', () => {
    expect(postOf(NOTIFICATION, SLACK, 0)).toEqual({
      url: SLACK.url,
      headers: {},
      body: String.raw`{"text":"*70 % of pool credits used*\nTop up."}`,
    });
  });

  it('PagerDuty: events v2, deduplicated by the id', () => {
    expect(postOf(NOTIFICATION, PAGER_DUTY, 0)).toEqual({
      url: PAGER_DUTY.url,
      headers: {},
      body:
        '{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"ntf_1",' +
        '"payload":{"summary":"70 % of pool credits used","source":"acme","severity":"warning",' +
        '"timestamp":"2026-11-20T10:00:00Z","class":"threshold",' +
        '"custom_details":{"pool":"credits","value":"70"}}}',
    });
  });

  it('every attempt says the same, whenever it is made', () => {
    for (const channel of [SLACK, PAGER_DUTY])
      expect(postOf(NOTIFICATION, channel, 1_614_265_330)).toEqual(postOf(NOTIFICATION, channel, 0));
  });

  it('a name cannot give Slack commands', () => {
    const named = { ...NOTIFICATION, title: 'The script <!channel> was deployed', text: 'R&D' };
    expect(postOf(named, SLACK, 0).body).toBe(
      String.raw`{"text":"*The script &lt;!channel&gt; was deployed*\nR&amp;D"}`,
    );
  });

  it('PagerDuty takes no longer summary than 1,024 characters', () => {
    const { body } = postOf({ ...NOTIFICATION, title: 'x'.repeat(2_000) }, PAGER_DUTY, 0);
    expect(JSON.parse(body)).toMatchObject({ payload: { summary: 'x'.repeat(1_024) } });
  });
});

import type { AdminKey } from './admin-key.js';

/** What a newcomer tries next, with the port and the key's place as they really are. Never the key itself. */
export function greetingOf(url: string, { file }: AdminKey): string {
  const key = file === null ? '$CREDITFOLD_ADMIN_KEY' : `$(cat '${file}')`;
  const call = `curl -s -H "Authorization: Bearer ${key}"`;
  const event = JSON.stringify({
    specversion: '1.0',
    id: 'first',
    source: '/hello',
    type: 'llm.completion',
    subject: 'acme',
    time: new Date().toISOString(),
    data: { project: 'search', user: 'u-1', model: 'large', input_tokens: 1200, output_tokens: 310 },
  });
  return `
Creditfold is ready: ${url}

  Send a usage event:
    ${call} -H 'Content-Type: application/cloudevents+json' -d '${event}' ${url}/v1/events
  Look at the balance that it was drawn from:
    ${call} ${url}/v1/organisations/acme/balance
  Everything else: ${url}/openapi.json

The administrator's key ${file === null ? 'is the one in CREDITFOLD_ADMIN_KEY' : `is in ${file}`}. Ctrl-C ends.
`;
}

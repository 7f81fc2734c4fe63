import { createHash } from 'node:crypto';
import { randomFrom, zipfFrom, type Random } from './random.js';

/** What the price depends on, as numbers: the expected credits are worked out from these, never from the text. */
export interface Usage {
  readonly organisation: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images: number;
  readonly imageTokens: number;
}

/** One delivery: a CloudEvent's text, under its organisation's key. */
export interface Delivery {
  readonly organisation: string;
  readonly text: string;
}

export interface UsageLoad {
  /** In the order of delivery, redeliveries among them. */
  readonly deliveries: readonly Delivery[];
  /** Every usage event once. */
  readonly usages: readonly Usage[];
  /** Of all deliveries' texts; they are ASCII. */
  readonly bytes: number;
}

export interface LoadOptions {
  /** Part of every id: two loads of one run share no identity. */
  readonly name: string;
  readonly events: number;
  /** `org-0` to `org-<n - 1>` under this prefix, by Zipf's law. */
  readonly organisationPrefix: string;
  readonly organisations: number;
  /** Usage times lie in [fromMs, toMs), ascending. */
  readonly fromMs: number;
  readonly toMs: number;
}

const MODELS = ['deepseek-r1', 'llama-3.3-70b', 'qwen2.5-vl'] as const;
const PROJECTS = 20;
const USERS = 200;
const REDELIVERED_SHARE = 0.01;
const IMAGES_SHARE = 0.05;
/** A redelivery comes at most this many events after its first delivery, as a producer's retry does. */
const REDELIVERY_DISTANCE = 2_000;

/** 300-byte CloudEvents of organisations by Zipf's law, 1 % of them delivered twice; the same for the same options. */
export function usageLoad(options: LoadOptions): UsageLoad {
  const { name, events, organisations, fromMs, toMs } = options;
  const random = randomFrom(hashOf(name));
  const rank = zipfFrom(random, organisations);
  const [deliveries, usages]: [Delivery[], Usage[]] = [[], []];
  let bytes = 0;
  const deliver = (delivery: Delivery): void => {
    deliveries.push(delivery);
    bytes += delivery.text.length;
  };
  for (let index = 0; index < events; index += 1) {
    const usage = usageFrom(random, `${options.organisationPrefix}${rank()}`);
    const timeMs = Math.floor(fromMs + ((toMs - fromMs) * index) / events);
    usages.push(usage);
    deliver({
      organisation: usage.organisation,
      text: textOf(usage, { id: idOf(`${name}-${index}`), timeMs, random }),
    });
    if (random() >= REDELIVERED_SHARE) continue;
    const distance = Math.floor(random() * Math.min(deliveries.length, REDELIVERY_DISTANCE));
    const again = deliveries[deliveries.length - 1 - distance];
    if (again !== undefined) deliver(again);
  }
  return { deliveries, usages, bytes };
}

function usageFrom(random: Random, organisation: string): Usage {
  const hasImages = random() < IMAGES_SHARE;
  return {
    organisation,
    model: pick(random, MODELS),
    inputTokens: Math.floor(random() * 4_000),
    outputTokens: Math.floor(random() * 1_000),
    images: hasImages ? 1 + Math.floor(random() * 4) : 0,
    imageTokens: hasImages ? 256 + Math.floor(random() * 2_000) : 0,
  };
}

interface TextParts {
  readonly id: string;
  readonly timeMs: number;
  readonly random: Random;
}

function textOf(usage: Usage, { id, timeMs, random }: TextParts): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/gateway/eu-1',
    type: 'llm.completion',
    subject: usage.organisation,
    time: new Date(timeMs).toISOString(),
    data: {
      project: `project-${Math.floor(random() * PROJECTS)}`,
      user: `user-${Math.floor(random() * USERS)}`,
      model: usage.model,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      ...(usage.images === 0 ? {} : { images: usage.images, image_tokens: usage.imageTokens }),
    },
  });
}

/** As wide and as random as the ids of producers are, and yet the same for the same load. */
const idOf = (seed: string): string =>
  createHash('sha256')
    .update(seed)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

const pick = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

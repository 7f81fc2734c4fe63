import {
  PIECE,
  tellContent,
  type ContentHash,
  type EvidenceLine,
  type IdentityHash,
  type UsageEvent,
} from '@app/metering';
import { SipHash } from './sip-hash.js';
import { WordMessage } from './word-message.js';

/** What is hashed of an event beside its organisation. */
type HashedEvent = Pick<UsageEvent, 'source' | 'id' | 'type' | 'timeMs' | 'data'>;

/** The hash of an identity alone. */
export type Identity = Omit<IdentityHash, keyof ContentHash>;

/** Bytes of the deployment's secret: 16 key the hashes, the rest is kept for later keys. */
export const SECRET_BYTES = 32;

/**
 * Keyed hashes of a usage event's identity and content. The key is a secret of the deployment: a plain hash would let
 * whoever can craft ids that collide meter for free.
 */
export class IdentityHasher {
  readonly #sip: SipHash;
  readonly #message = new WordMessage();
  readonly #identity = new WordMessage();
  /** What the identity's message begins with: mostly it is the last one's. */
  #organisation: string | undefined;
  #source = '';
  #prefixLength = 0;

  /** @param secret 32 random bytes */
  constructor(secret: Uint8Array) {
    if (secret.length !== SECRET_BYTES) throw new RangeError(`The secret has ${SECRET_BYTES} bytes`);
    this.#sip = new SipHash(secret.subarray(0, 16));
  }

  /** Two genuine SipHash-2-4 digests: of (organisation, source, id), and of that and the content together. */
  hash(organisation: string, event: HashedEvent): IdentityHash {
    const sip = this.#sip;
    const message = this.#message;
    const identityBlocks = this.#absorbIdentity(organisation, event.source, event.id);
    const identityHigh = sip.high;
    const identityLow = sip.low;
    message.reset();
    tellContent(message, event);
    message.pad();
    const contentBlocks = message.length >> 1;
    sip.absorb(message.words, contentBlocks);
    sip.digest(0, ((identityBlocks + contentBlocks) * BLOCK_BYTES) << 24);
    return { identityHigh, identityLow, contentHigh: sip.high, contentLow: sip.low };
  }

  /** The two of an event that was charged: evidence keeps the second. */
  hashOfCharged(
    organisation: string,
    { source, id, contentHash }: Pick<EvidenceLine, 'source' | 'id' | 'contentHash'>,
  ): IdentityHash {
    this.#absorbIdentity(organisation, source, id);
    // No spreading: millions of them are loaded at a start, and it takes four times as long as all else.
    const { contentHigh, contentLow } = contentHash;
    return { identityHigh: this.#sip.high, identityLow: this.#sip.low, contentHigh, contentLow };
  }

  /** The first of the two alone. */
  identityOf(organisation: string, source: string, id: string): Identity {
    this.#absorbIdentity(organisation, source, id);
    return { identityHigh: this.#sip.high, identityLow: this.#sip.low };
  }

  #absorbIdentity(organisation: string, source: string, id: string): number {
    const message = this.#identity;
    if (this.#organisation === organisation && this.#source === source) message.length = this.#prefixLength;
    else {
      message.reset();
      message.text(PIECE.string, organisation);
      message.text(PIECE.string, source);
      this.#organisation = organisation;
      this.#source = source;
      this.#prefixLength = message.length;
    }
    message.text(PIECE.string, id);
    message.pad();
    const blocks = message.length >> 1;
    this.#sip.start();
    this.#sip.absorb(message.words, blocks);
    this.#sip.digest(0, (blocks * BLOCK_BYTES) << 24);
    return blocks;
  }
}

const BLOCK_BYTES = 8;

/** The content hash of an event as people see it: 16 hex digits. */
export function contentHex(hash: Pick<IdentityHash, 'contentHigh' | 'contentLow'>): string {
  return hash.contentHigh.toString(16).padStart(8, '0') + hash.contentLow.toString(16).padStart(8, '0');
}

import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate and its key, PEM. */
interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** An authority that nobody else trusts, and what it certifies for 127.0.0.1. */
export interface TestAuthority {
  readonly ca: string;
  certify(name: string): Promise<Certified>;
}

const keys = (): Promise<CryptoKeyPair> => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function pemOf({ privateKey }: CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

export async function testAuthority(name: string): Promise<TestAuthority> {
  const times = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const authorityKeys = await keys();
  const authority: X509Certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    ...times,
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    ca: authority.toString('pem'),
    certify: async (subject) => {
      const own = await keys();
      const cert = await X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: authority.subject,
        ...times,
        publicKey: own.publicKey,
        signingKey: authorityKeys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      });
      return { cert: cert.toString('pem'), key: await pemOf(own) };
    },
  };
}

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestBroker } from './broker.mjs';
import { testAuthority } from './certificates.js';

export const USER = 'usage';
export const PASSWORD = 'a-secret-of-the-test';

/** A real broker that asks for TLS and a password at one listener, and for a client's certificate at another. */
export interface SecuredBroker {
  /** Without security: for the operator beside the test. */
  readonly plain: string;
  readonly withPassword: string;
  readonly withCertificate: string;
  /** Files: the broker's authority, one that has certified nothing, and a client's certificate with its key. */
  readonly files: Readonly<Record<'ca' | 'otherCa' | 'cert' | 'key', string>>;
  stop(): Promise<void>;
}

const LISTENERS = { PASSWORD: 'SASL_SSL', CERTIFICATE: 'SSL' } as const;
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

export async function startSecuredBroker(): Promise<SecuredBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'creditfold-certificates-'));
  await chmod(directory, 0o711);
  const [authority, other] = [await testAuthority('broker authority'), await testAuthority('another authority')];
  const [server, client] = [await authority.certify('127.0.0.1'), await authority.certify('client')];
  const save = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const files = {
    ca: await save('ca.pem', authority.ca),
    otherCa: await save('other-ca.pem', other.ca),
    cert: await save('client.pem', client.cert),
    key: await save('client.key', client.key),
  };
  const keystore = await save('server.pem', `${server.key}${server.cert}\n${authority.ca}\n`);
  const broker = await new TestBroker({
    protocols: LISTENERS,
    settings: settingsOf(keystore, files.ca),
    scramUsers: SCRAM.map((mechanism) => `${mechanism}=[name=${USER},password=${PASSWORD}]`),
  }).start();
  return {
    plain: broker.brokers,
    withPassword: broker.listener('PASSWORD'),
    withCertificate: broker.listener('CERTIFICATE'),
    files,
    stop: async () => {
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function settingsOf(keystore: string, truststore: string): Readonly<Record<string, string>> {
  const modules = 'org.apache.kafka.common.security';
  const password = 'listener.name.password';
  const settings: Record<string, string> = {
    [`${password}.sasl.enabled.mechanisms`]: ['PLAIN', ...SCRAM].join(','),
    [`${password}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    'listener.name.certificate.ssl.client.auth': 'required',
  };
  for (const mechanism of SCRAM)
    settings[`${password}.${mechanism.toLowerCase()}.sasl.jaas.config`] = `${modules}.scram.ScramLoginModule required;`;
  for (const listener of Object.keys(LISTENERS)) {
    const name = `listener.name.${listener.toLowerCase()}.ssl`;
    settings[`${name}.keystore.type`] = 'PEM';
    settings[`${name}.keystore.location`] = keystore;
    settings[`${name}.truststore.type`] = 'PEM';
    settings[`${name}.truststore.location`] = truststore;
  }
  return settings;
}

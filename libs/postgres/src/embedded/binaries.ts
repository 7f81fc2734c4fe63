import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface Binaries {
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries that the `embedded-postgres` package brings for this platform. Its own starter is not used: importing it
 * installs signal handlers that would end Postgres under a running parent.
 */
export function findBinaries(): Binaries {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const directory = join(dirname(fromPackage.resolve(platform)), '..', 'native', 'bin');
    return { directory, initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'UnsupportedPlatform',
      `${platform} is not installed: install with optional dependencies, or use a Postgres server of your own`,
      { cause: error },
    );
  }
}

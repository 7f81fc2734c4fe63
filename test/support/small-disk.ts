import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 1);

/** A file system of its own in memory, which can be filled and emptied. Needs the right to mount. */
export class SmallDisk {
  private constructor(
    readonly directory: string,
    private readonly megabytes: number,
  ) {}

  static async mount(megabytes: number): Promise<SmallDisk> {
    const directory = await mkdtemp(join(tmpdir(), 'small-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', directory]);
    return new SmallDisk(directory, megabytes);
  }

  /** Takes space with a file of its own until no more than this is left. */
  async fill(leftMegabytes = 0): Promise<void> {
    await this.#freeBytes();
    const file = await open(this.#ballast, 'a');
    try {
      while ((await this.#freeBytes()) > leftMegabytes * MEGABYTE) await file.write(CHUNK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  /** Gives the space back. */
  free(): Promise<void> {
    return rm(this.#ballast, { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', [this.directory]);
    await rmdir(this.directory);
  }

  get #ballast(): string {
    return join(this.directory, 'ballast');
  }

  /** @throws when it is not mounted any more: what lies there then is the machine's disk */
  async #freeBytes(): Promise<number> {
    const { bavail, blocks, bsize } = await statfs(this.directory);
    if (blocks * bsize > this.megabytes * MEGABYTE) throw new Error(`${this.directory} is not mounted`);
    return bavail * bsize;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compileCatalog, validateCatalog } from '@app/metering';

const FOLDER = join('examples', 'catalogs');
const read = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

function compile(file: string) {
  const validation = validateCatalog(read(file));
  if ('errors' in validation) throw new Error(JSON.stringify(validation.errors));
  return compileCatalog(validation.catalog, 1);
}

describe('example catalogs', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

  it.each(files)('%s can be published', (file) => {
    expect(validateCatalog(read(file))).not.toHaveProperty('errors');
  });

  it.each(files)('%s opens accounts by themselves', (file) => {
    expect(compile(file).defaultPlan).toBeDefined();
  });

  it('begins with a catalog that has the usual dimensions', () => {
    expect(files).toContain('getting-started.json');
    expect(read('getting-started.json')).toMatchObject({ dimensions: ['project', 'user', 'model', 'operation'] });
  });
});

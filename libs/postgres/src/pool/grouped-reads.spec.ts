import { describe, expect, it } from '@jest/globals';
import { POSTGRES_LIMITS } from '../limits.js';
import { GroupedReads } from './grouped-reads.js';

const { groupQuestionsMax } = POSTGRES_LIMITS;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Statements that stay under way until they are answered here; `10` is the answer to `1`. */
function heldStatements() {
  const asked: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const read = async (questions: readonly number[]): Promise<readonly number[]> => {
    asked.push(questions);
    await new Promise<void>((resolve) => ends.push(resolve));
    return questions.map((question) => question * 10);
  };
  return { asked, reads: new GroupedReads(read), endNext: () => ends.shift()?.() };
}

describe('GroupedReads', () => {
  it('asks together what comes in one turn of the event loop, and answers each', async () => {
    const { asked, reads, endNext } = heldStatements();
    const answers = Promise.all([1, 2, 1].map((question) => reads.ask(question)));
    await turn();
    endNext();
    expect(await answers).toEqual([10, 20, 10]);
    expect(asked).toEqual([[1, 2, 1]]);
  });

  it('asks what comes while a statement is under way by the next one, never by that one', async () => {
    const { asked, reads, endNext } = heldStatements();
    const first = reads.ask(1);
    await turn();
    const later = [reads.ask(2), reads.ask(3)];
    await turn();
    expect(asked).toEqual([[1]]);
    endNext();
    expect(await first).toBe(10);
    await turn();
    endNext();
    expect(await Promise.all(later)).toEqual([20, 30]);
    expect(asked).toEqual([[1], [2, 3]]);
  });

  it('asks no more at once than the limit', async () => {
    const sizes: number[] = [];
    const reads = new GroupedReads(async (questions: readonly number[]) => (sizes.push(questions.length), questions));
    const questions = Array.from({ length: 2 * groupQuestionsMax + 1 }, (_, nth) => nth);
    expect(await Promise.all(questions.map((question) => reads.ask(question)))).toEqual(questions);
    expect(sizes).toEqual([groupQuestionsMax, groupQuestionsMax, 1]);
  });

  it('waits no more for a statement that hangs', async () => {
    const asked: (readonly number[])[] = [];
    const reads = new GroupedReads((questions: readonly number[]) => {
      asked.push(questions);
      return questions.includes(1) ? new Promise<readonly number[]>(() => undefined) : Promise.resolve(questions);
    });
    void reads.ask(1);
    await turn();
    expect(await reads.ask(2)).toBe(2);
    expect(asked).toEqual([[1], [2]]);
  });

  it('lets a question fail alone that no statement can answer', async () => {
    const reads = new GroupedReads(async (questions: readonly number[]) => {
      if (questions.includes(2)) throw new Error('no such question');
      return questions;
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((question) => reads.ask(question)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails all of a statement whose connection is lost, without asking again', async () => {
    let statements = 0;
    const reads = new GroupedReads(async (): Promise<readonly number[]> => {
      statements += 1;
      throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
    });
    const outcomes = await Promise.allSettled([1, 2].map((question) => reads.ask(question)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(statements).toBe(1);
  });
});

import { POSTGRES_LIMITS } from '../limits.js';
import { isTransient } from './transient.js';

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One statement for several questions; its answers in their order. */
type Read<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>;

/**
 * Asks the questions of one kind together: those that come in one turn of the event loop, or while a statement is under
 * way, share the next one. It begins after all of them were asked, so an answer is as fresh as it would be alone; and
 * the busier a process is, the fewer statements a question takes. A statement that takes long is waited for no more, so
 * that a connection that has gone silent holds up nobody who asks later.
 */
export class GroupedReads<Question, Answer> {
  #waiting: Asked<Question, Answer>[] = [];
  /** Under way, and not for long. */
  #group: readonly Asked<Question, Answer>[] | undefined;

  constructor(private readonly read: Read<Question, Answer>) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#readNext());
    });
  }

  #readNext(): void {
    if (this.#group !== undefined || this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = group.splice(POSTGRES_LIMITS.groupQuestionsMax);
    this.#group = group;
    const goOn = (): void => {
      clearTimeout(patience);
      if (this.#group !== group) return;
      this.#group = undefined;
      this.#readNext();
    };
    const patience = setTimeout(goOn, POSTGRES_LIMITS.groupPatienceMs);
    void this.#readGroup(group).finally(goOn);
  }

  async #readGroup(group: readonly Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.read(group.map(({ question }) => question));
      if (answers.length !== group.length) throw new Error('A grouped read answers every question, in order');
      group.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      // Whoever is to blame for a statement that cannot be answered fails alone.
      if (group.length > 1 && !isTransient(error)) {
        for (const asked of group) await this.#readGroup([asked]);
        return;
      }
      for (const { reject } of group) reject(error);
    }
  }
}

/** Texts by number, in the order in which they were met: columns name a text by its number. */
export class Dictionary {
  texts: string[] = [];
  #numbers: Map<string, number> | undefined;

  /** The number of a text, a new one where it was not met before. */
  numberOf(text: string): number {
    const { texts } = this;
    if (texts.length === 0) {
      // Many an event has one text: a list made of it takes a tenth of one that grows.
      this.texts = [text];
      return 0;
    }
    if (texts.length > LISTED_MAX) return this.#lookUp(text);
    for (let number = 0; number < texts.length; number += 1) if (texts[number] === text) return number;
    texts.push(text);
    return texts.length - 1;
  }

  #lookUp(text: string): number {
    this.#numbers ??= new Map(this.texts.map((known, number) => [known, number]));
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }
}

/** As many texts are looked through, one after the other; more are looked up. */
const LISTED_MAX = 12;

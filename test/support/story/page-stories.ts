/** One step of a story: a call, and what the page says that it answers. */
export interface StoryStep {
  /** `open`, `use`, `clock`, `GET`, `POST` or `PUT`. */
  readonly verb: string;
  /** What follows the verb, up to the JSON. */
  readonly words: string;
  /** What is sent. */
  readonly json: unknown;
  /** What the answer contains at least; undefined where the page does not say. */
  readonly answer: unknown;
  /** The code by which it is refused; undefined where it succeeds. */
  readonly refusal: string | undefined;
}

export interface PageStory {
  /** The heading that it stands under, and which of its stories it is. */
  readonly name: string;
  readonly steps: readonly StoryStep[];
}

const STEP = /^(open|use|clock|GET|POST|PUT|=|!) /;

/** The fenced blocks of a page in one language, each with the heading that it stands under. */
export function blocksOf(page: string, language: string): readonly { heading: string; text: string }[] {
  const blocks: { heading: string; text: string }[] = [];
  let heading = '';
  for (const [, title, fenced, text = ''] of page.matchAll(/^#+ (.*)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (fenced === language) blocks.push({ heading, text });
  }
  return blocks;
}

/** The page's stories. @throws {SyntaxError} for JSON that is none */
export const storiesOf = (page: string): readonly PageStory[] =>
  blocksOf(page, 'story').map(({ heading, text }, index) => ({
    name: `${heading}, ${index + 1}`,
    steps: stepsOf(text),
  }));

/** What a page shows as JSON or as a call with a body and no test would run: there should be none. */
export const untoldExamplesIn = (page: string): readonly string[] =>
  [...page.replaceAll(/^```(story|sh)\n[\s\S]*?^```$/gm, '').matchAll(/^```[\s\S]*?^```$|`[^`]*\{[^`}]*"[^`]*`/gm)].map(
    ([text]) => text,
  );

function stepsOf(text: string): readonly StoryStep[] {
  const steps: StoryStep[] = [];
  for (const line of wholeLinesOf(text)) {
    const [, verb = '', rest = ''] = /^(\S+) ([\s\S]*)$/.exec(line) ?? [];
    const last = steps.at(-1);
    if (verb === '=' && last !== undefined) steps[steps.length - 1] = { ...last, answer: JSON.parse(rest) };
    else if (verb === '!' && last !== undefined) steps[steps.length - 1] = { ...last, refusal: rest };
    else steps.push({ verb, ...wordsAndJson(rest), answer: undefined, refusal: undefined });
  }
  return steps;
}

/** A line that begins no step goes on with the one before. */
function wholeLinesOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (STEP.test(line)) lines.push(line);
    else if (lines.length > 0) lines[lines.length - 1] += `\n${line}`;
    else throw new SyntaxError(`A story begins with a step, not with: ${line}`);
  }
  return lines;
}

function wordsAndJson(text: string): Pick<StoryStep, 'words' | 'json'> {
  const at = text.search(/\s\{/);
  if (at < 0) return { words: text.trim(), json: undefined };
  return { words: text.slice(0, at).trim(), json: JSON.parse(text.slice(at)) };
}

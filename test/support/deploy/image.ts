import { readFileSync } from 'node:fs';
import { DockerfileParser, type Copy, type Instruction } from 'dockerfile-ast';

interface Stage {
  /** `FROM … AS name`; empty for the last one, which is the image. */
  readonly name: string;
  readonly copies: readonly {
    readonly from: string | null;
    readonly sources: readonly string[];
    readonly to: string;
  }[];
  readonly runs: readonly string[];
  readonly instructions: readonly Instruction[];
}

const isCopy = (instruction: Instruction): instruction is Copy => instruction.getKeyword() === 'COPY';

function copyOf(copy: Copy): Stage['copies'][number] {
  const words = copy.getArguments().map((word) => word.getValue());
  const from = copy.getFromFlag()?.getValue() ?? null;
  return { from, sources: words.slice(0, -1), to: words.at(-1) ?? '' };
}

/** The stages of the Dockerfile, in order. */
export function readStages(path = 'Dockerfile'): readonly Stage[] {
  const dockerfile = DockerfileParser.parse(readFileSync(path, 'utf8'));
  const froms = dockerfile.getFROMs();
  return froms.map((from, nth) => {
    const begin = from.getRange().start.line;
    const end = froms[nth + 1]?.getRange().start.line ?? Number.POSITIVE_INFINITY;
    const instructions = dockerfile.getInstructions().filter((each) => {
      const { line } = each.getRange().start;
      return line >= begin && line < end;
    });
    return {
      name: from.getBuildStage() ?? '',
      copies: instructions.filter(isCopy).map(copyOf),
      runs: instructions.filter((each) => each.getKeyword() === 'RUN').map((each) => each.getArgumentsContent() ?? ''),
      instructions,
    };
  });
}

/** Where the image has this file, in the tree of the project: compiled files come from their sources. */
export function sourceOf(file: string): string {
  return file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

/** What the image holds, by the `COPY` of its last stage, as paths of the project's tree. */
export function isInImage(file: string, stages = readStages()): boolean {
  const copies = stages.at(-1)?.copies ?? [];
  return copies.some(({ to }) => file === to || file.startsWith(`${to}/`));
}

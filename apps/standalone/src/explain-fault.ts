import { isConnectionLost, isDiskFull } from '@app/postgres';

/** What whoever started the program is told: a stable code and a sentence. */
export interface ExplainedFault {
  readonly code: string;
  readonly message: string;
}

/** Not those of Node (`ENOENT`) or of Postgres (`42601`). */
const OWN_CODE = /^[A-Z][a-z]/;

/** An expected error has a stable code of its own and a message for people; of any other, the stack helps. */
export function explainFault(error: unknown): ExplainedFault {
  if (!(error instanceof Error)) return { code: 'Unexpected', message: String(error) };
  if (isDiskFull(error)) {
    const message = `no space is left for the database: make room, then start again; nothing acknowledged is lost`;
    return { code: 'DiskFull', message: `${message}\n${error.message}` };
  }
  if (isConnectionLost(error) || isConnectionLost(error.cause)) {
    return { code: 'DatabaseUnavailable', message: `the database does not answer: ${error.message}` };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!OWN_CODE.test(code)) return { code: 'Unexpected', message: error.stack ?? error.message };
  return { code, message: error.message.replace(`${code}: `, '') };
}

import { eventually } from './eventually.js';

/** Replicas answer in turn; as many answers in a row are taken for all of them. */
const IN_A_ROW = 8;

/** Asks until a change has reached every replica. @returns the last answers, so that the assertion that follows shows them */
export function everywhere<T>(ask: () => Promise<T>, hoped: (answer: T) => boolean): Promise<T[]> {
  const round = () => Promise.all(Array.from({ length: IN_A_ROW }, ask));
  return eventually(round, (answers) => answers.every(hoped));
}

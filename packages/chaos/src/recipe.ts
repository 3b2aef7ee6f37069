import type { Trial } from './trial.js';
import type { Version } from './versions/version-before.js';

/** One way to break an installation, numbered as in the security catalogue, section 4.5. */
export interface Recipe {
  readonly number: number;
  readonly title: string;
  /** Whether the mixed load of all flows runs meanwhile. */
  readonly underLoad: boolean;
  /** Flows that the load leaves out. */
  readonly without?: readonly string[];
  /** Whether not one request may fail: nothing was broken, only stopped or replaced. */
  readonly faultless?: boolean;
  /** The version that an installation of its own begins with; absent: it is run on the one that others have. */
  readonly begin?: (from: string | undefined, say: (line: string) => void) => Promise<Version>;
  /** Leaves everything healed, though not yet recovered. */
  run(trial: Trial): Promise<void>;
  /** What cannot go together with the load: after it is over and its books are proven. */
  readonly afterwards?: (trial: Trial) => Promise<void>;
}

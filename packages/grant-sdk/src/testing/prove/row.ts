import type { Stage } from './stage.js';

/** One thing a grant must do, or must never do. */
export interface Row {
  /** As the cases name it. */
  readonly id: string;
  /** What a grant that passes does. */
  readonly name: string;
  /** The sections and catalogue rows it stands for. */
  readonly spec: string;
  /** What could happen to people or to the service where it fails. */
  readonly why: string;
  /** What its author does about it. */
  readonly fix: string;
  /**
   * @throws Seen what was wrong
   * @throws NotApplicable why there is nothing to prove
   */
  prove(stage: Stage): Promise<void>;
}

/** What a grant did that it must not do, as the first half of a sentence. */
export class Seen extends Error {
  constructor(
    what: string,
    /** Where it is another remedy than the row's. */
    readonly fix?: string,
  ) {
    super(what);
  }
}

export class NotApplicable extends Error {}

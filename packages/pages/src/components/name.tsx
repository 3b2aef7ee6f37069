/**
 * Text somebody else chose: a client's name, a host, a description.
 *
 * Isolated and without direction overrides, so that it can neither turn the words around it into other words nor show
 * `moc.elpmaxe` as `example.com`.
 */
export function Foreign({ text }: { text: string }) {
  return <bdi>{text.replace(DIRECTION_OVERRIDES, '')}</bdi>;
}

/** The same, standing out from the sentence it is in. */
export function Name({ of }: { of: string }) {
  return (
    <strong>
      <Foreign text={of} />
    </strong>
  );
}

/** Unicode UAX #9 §2.1 to §2.4: embeddings, overrides, isolates and their ends. Right-to-left scripts need none of them here. */
const DIRECTION_OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g;

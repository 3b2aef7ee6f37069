/**
 * A name somebody else chose: a client's, a user's, a host's.
 * Isolated, so that a right-to-left override inside it cannot turn the words around it into other words.
 */
export function Name({ of }: { of: string }) {
  return (
    <strong>
      <bdi>{of}</bdi>
    </strong>
  );
}

import type { ComponentChildren } from 'preact';
import { Mark } from './icons.js';
import { Foreign } from './name.js';

interface LayoutProps {
  /** The environment's name; without one the page is Grantway's own. */
  readonly brand: string | undefined;
  readonly children: ComponentChildren;
  /** What stands below the card. */
  readonly aside?: ComponentChildren;
}

/** Brand, card, and what is below it; the foot is the document's. */
export function Layout({ brand, children, aside }: LayoutProps) {
  return (
    <>
      <header class="brand">
        <span class="monogram" aria-hidden="true">
          {brand ? initial(brand) : <Mark />}
        </span>
        <Foreign text={brand ?? 'Grantway'} />
      </header>
      <main>
        <Card>{children}</Card>
      </main>
      {aside}
    </>
  );
}

export function Card({ children }: { children: ComponentChildren }) {
  return <div class="card">{children}</div>;
}

/** The first letter, whole: an accent or a surrogate pair stays with it. */
function initial(name: string): string {
  const [first] = LETTERS.segment(name.trim());
  return first?.segment.toLocaleUpperCase('en') ?? '';
}

const LETTERS = new Intl.Segmenter('en');

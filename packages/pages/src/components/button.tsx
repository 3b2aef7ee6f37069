import type { ComponentChildren } from 'preact';

interface ButtonProps {
  readonly children: ComponentChildren;
  /** `neutral` weighs what the normal one does, in another colour; `quiet` looks like a link. */
  readonly look?: 'neutral' | 'quiet';
  readonly name?: string;
  readonly value?: string;
}

export function Button({ children, look, name, value }: ButtonProps) {
  return (
    <button type="submit" class={look ? `button ${look}` : 'button'} name={name} value={value}>
      {children}
    </button>
  );
}

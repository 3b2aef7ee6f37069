/** Grantway's mark: two gate posts, the arch between them, and the path that leads through. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M3.5 21.5V11a8.5 8.5 0 0 1 17 0v10.5" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" />
      <path d="M10.9 11.5h2.2l3.4 10.6a.7.7 0 0 1-.7.9H8.2a.7.7 0 0 1-.7-.9z" fill="currentColor" />
    </svg>
  );
}

export function Alert() {
  return (
    <svg viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <circle cx="10" cy="10" r="8.25" stroke="currentColor" stroke-width="1.75" />
      <path d="M10 5.75v5.25" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" />
      <circle cx="10" cy="13.9" r="1.1" fill="currentColor" />
    </svg>
  );
}

export function Clock() {
  return (
    <svg viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <circle cx="10" cy="10" r="8.25" stroke="currentColor" stroke-width="1.75" />
      <path d="M10 5.5V10l2.75 1.75" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" />
    </svg>
  );
}

export function Done() {
  return (
    <svg viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <circle cx="10" cy="10" r="8.25" stroke="currentColor" stroke-width="1.75" />
      <path
        d="M6.25 10.25l2.6 2.6 4.9-5.4"
        stroke="currentColor"
        stroke-width="1.75"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

/** The mark on a tile, for the browser's tab. Attributes only: the asset is opened under the pages' CSP too. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0b6e55"/>
<path d="M8.5 25V15.500a7.5 7.5 0 0 1 15 0V25" fill="none" stroke="#fff" stroke-width="2.25" stroke-linecap="round"/>
<path d="M15 16h2l2.8 9.200a.6.6 0 0 1-.6.800h-6.400a.6.6 0 0 1-.6-.800z" fill="#fff"/>
</svg>
`;

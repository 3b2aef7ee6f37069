import { run } from '@grantway/platform';
import { start } from './start.js';

await run(start);

/** Opens the playground. Each grant has a folder that lists its steps and runs them; there is one so far. */
import * as authorizationCode from './authorization-code/index.js';
import { loadConfig } from './server.js';
import { untilStopped } from './ui/timeline.js';

// From the module's own address, so the playground works under any path.
const base = new URL('../', import.meta.url);

await untilStopped(() => authorizationCode.open({ base, config: () => loadConfig(base) }));

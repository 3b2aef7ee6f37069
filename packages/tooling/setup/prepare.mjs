// Makes a fresh clone runnable: dependencies, build and, with --for-tests, what the tests need from the machine.
// This file alone must parse on any Node, however old, to be able to say that it is too old.
const needed = [20, 19];
const found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(`Grantway needs Node.js ${needed.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
} else {
  import('./prepare-steps.mjs').then((steps) => steps.prepare({ forTests: process.argv.includes('--for-tests') }));
}

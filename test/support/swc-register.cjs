// `node -r` this to run TypeScript in a process of its own, outside of jest, as jest compiles it.
const { transformSync } = require('@swc/core');
const { readFileSync } = require('node:fs');

require.extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { filename, sourceMaps: 'inline' }).code, filename);
};
require('reflect-metadata');

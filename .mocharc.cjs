/** Mocha adds the files of its configuration to those of the command line: named files must stand alone. */
const named = process.argv.slice(2).some((argument) => argument.startsWith('test/'));

module.exports = {
  'node-option': ['import=tsx'],
  require: ['./test/support/trials.ts'],
  spec: named ? [] : ['test/**/*.test.ts'],
  'forbid-only': true,
  'forbid-pending': false,
  timeout: 60000,
};

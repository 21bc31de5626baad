/**
 * The package node-x12, loaded by require: its bundle hides its names from `import`, and its default differs between
 * loaders.
 */
import { createRequire } from 'node:module';
import type * as NodeX12 from 'node-x12';

export const nodeX12 = createRequire(import.meta.url)('node-x12') as typeof NodeX12;

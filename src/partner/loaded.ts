/** A partner's file as it was read, before it is held against the others. */
import type { Checked } from './checked-yaml.ts';
import type { PartnerFile } from './partner.ts';

/** A partner's file as read, with the places of what it says. */
export interface Loaded {
  readonly name: string;
  readonly folder: string;
  readonly file: Checked<PartnerFile>;
}

/** Adds a problem at a path of partner.yaml. */
export type Report = (path: readonly PropertyKey[], message: string, hint?: string) => void;

/** What doctor says of keys: whether each of ours can be opened here, what endpoints lack, what expires. */
import type { Config } from '../config.ts';
import { readKeyList } from '../flow/key-list.ts';
import { createKeyring } from '../flow/keyring.ts';
import { KeysUnusable } from '../flow/vault.ts';
import type { Partners } from '../partner/partners.ts';
import type { Store } from '../store/store.ts';
import { vaultOf } from './keys-words.ts';

export interface KeyCheck {
  readonly count: number;
  /** What AS2 cannot work with, a sentence each. */
  readonly problems: readonly string[];
  /** What somebody should see to, a sentence each. */
  readonly warnings: readonly string[];
}

export async function checkKeys(store: Store, partners: Partners, config: Config): Promise<KeyCheck> {
  const now = () => new Date();
  const { keys, missing } = await readKeyList({ store, partners, now });
  const keyring = createKeyring({ store, vault: vaultOf(config.keySecret), now });
  const problems: string[] = [];
  const holders = new Map(keys.map(({ kind, holder }) => [`${kind} ${holder}`, { kind, holder }]));
  for (const { kind, holder } of holders.values()) {
    try {
      await (kind === 'own' ? keyring.own(holder) : keyring.theirs(holder));
    } catch (error) {
      if (!(error instanceof KeysUnusable)) throw error;
      problems.push(error.message);
    }
  }
  const warnings = keys.flatMap(({ holder, fingerprint, warnings }) =>
    warnings.map((warning) => `${holder} ${fingerprint.slice(0, 16)}: ${warning}`),
  );
  return { count: keys.length, problems: [...problems, ...missing], warnings };
}

/** Puts a simulated partner in the place of a real one: the ids and the standard come from the agreement in partner.yaml. */
import type { AgreementTerms } from '../partner/partner.ts';
import { edifactPartner, usualEdifactCodes } from './edifact-partner.ts';
import { addressesOf, type PartnerOptions, type TradingPartner } from './trading-partner.ts';
import { usualX12Codes, x12Partner } from './x12-partner.ts';

export type StandInOptions = Omit<PartnerOptions, 'addresses' | 'allowedCodes'> & {
  /** ACK01 or LIN 1229 codes of the partner's guide; left out: the usual ones. */
  readonly allowedCodes?: readonly string[];
};

/** The other side of the agreement, in software. */
export function standIn(agreement: AgreementTerms, options: StandInOptions): TradingPartner {
  const addresses = addressesOf(agreement);
  if (agreement.standard === 'x12') return x12Partner({ allowedCodes: usualX12Codes, ...options, addresses });
  return edifactPartner({ allowedCodes: usualEdifactCodes, ...options, addresses });
}

/** The notice of a shipment (856, DESADV), or what a warehouse says that it shipped (945). */
import { z } from 'zod';
import { carrier, freight, references } from './carriage.ts';
import { charge } from './charge.ts';
import { day, decimal, instant, notes, ssccNumber, text } from './field.ts';
import { batchFields, itemIds } from './item.ts';
import { contact, party } from './party.ts';

const weightUnit = z.enum(['kg', 'lb']).describe('TD108 or MEA04, MEA 6411.');

export const cartonItem = z.strictObject({
  lineNumber: text.describe("The buyer's line number (LIN01, RFF 1156 with ON)."),
  item: itemIds.describe('LIN02 and following, W1207; LIN 7140 and PIA.'),
  description: text.describe('PID05 or G6901, IMD 7008.').optional(),
  quantity: decimal.describe('Shipped (SN102 or W1203, QTY 6060 with 12).'),
  unit: text.describe('SN103 or W1205, QTY 6411.'),
  ordered: decimal.describe('SN105 or W1202, QTY 6060 with 21.').optional(),
  difference: decimal.describe('Ordered less shipped (W1204, QVR 6064).').optional(),
  status: text
    .describe(
      'complete, partial, backordered, cancelled … by the code table of the guide (SN108 668 or W1201 368, QVR 4221).',
    )
    .optional(),
  reason: text
    .describe('Why less was shipped, by the code table of the guide (W1219 892, QVR 4295).')
    .optional(),
  packSize: decimal.describe('PO401, QTY 6060 with 59.').optional(),
  innerPack: decimal.describe('PO414, QTY 6060 with 52.').optional(),
  ...batchFields,
  serials: z.array(text).max(10_000).describe('REF with SE or MAN with SR, GIN 7402 with BN.').optional(),
  countryOfOrigin: text.describe('PID or REF by the guide, ALI 3239.').optional(),
  weight: decimal.describe('PO406 or W1210, MEA 6314.').optional(),
  references: references.describe('REF or N9, RFF under the line.').optional(),
});

export const carton = z.strictObject({
  sscc: ssccNumber
    .describe(
      '18 digits, without the application identifier 00 (MAN02 with GM, GIN 7402 with BJ). Left out where the partner takes no packs (S-O-I).',
    )
    .optional(),
  ssccTo: ssccNumber
    .describe(
      'Last of a run of SSCCs that begins with sscc, where packs that hold the same are told together (GIN 7402, the second).',
    )
    .optional(),
  packCount: decimal
    .describe(
      'How many packs are told together, where it is not one (PAC 7224). What the items say is all that is in them.',
    )
    .optional(),
  pallet: ssccNumber
    .describe(
      'The SSCC of the pallet that the carton stands on (MAN02 with GM under HL T, GIN 7402 with BJ under the outer CPS).',
    )
    .optional(),
  palletType: text
    .describe(
      'By the code table of the guide (TD101 or PKG04 under HL T, PAC 7065). The same for all of a pallet.',
    )
    .optional(),
  palletWeight: decimal
    .describe('Gross (TD107 under HL T, MEA 6314). The same for all of a pallet.')
    .optional(),
  palletLayers: decimal
    .describe('How many layers the pallet has (MEA 6314 with LAY). The same for all of a pallet.')
    .optional(),
  packageType: text
    .describe('carton, polybag … by the code table of the guide (TD101 or PKG04, PAC 7065).')
    .optional(),
  tracking: text
    .describe("The carrier's number for this carton (MAN02 with CP, GIN 7402 or RFF 1154 with CN).")
    .optional(),
  weight: decimal.describe('Gross (TD107 or MEA03, MEA 6314 with AAB).').optional(),
  length: decimal.describe('MEA03 with LN, MEA 6314 with LN.').optional(),
  width: decimal.describe('MEA03 with WD, MEA 6314 with WD.').optional(),
  height: decimal.describe('MEA03 with HT, MEA 6314 with HT.').optional(),
  dimensionUnit: z.enum(['cm', 'in', 'm', 'mm']).describe('MEA04, MEA 6411.').optional(),
  markFor: party.describe('N1 with Z7 or BY under HL P, NAD with UC.').optional(),
  references: references.describe('REF under HL P, RFF under PCI.').optional(),
  items: z.array(cartonItem).min(1).max(1000).describe('HL I, LIN.'),
});

export const shippedOrder = z.strictObject({
  number: text.describe("The buyer's order number (PRF01 or W0606, RFF 1154 with ON)."),
  orderedOn: day.describe('PRF04, DTM 2380 with 171.').optional(),
  release: text.describe('PRF02, RFF 1154 with RE.').optional(),
  department: text.describe('REF with DP, RFF 1154 with DP.').optional(),
  vendor: text.describe('REF with IA or VR, RFF 1154 with IA.').optional(),
  promotion: text.describe('REF with PD, RFF 1154 with PD.').optional(),
  customerOrder: text
    .describe("The consumer's order with the buyer (REF with CO, RFF 1154 with UC).")
    .optional(),
  sellerOrder: text
    .describe('Our own number for the order (REF with VN or W0602, RFF 1154 with VN).')
    .optional(),
  invoice: text.describe('REF with IV, RFF 1154 with IV.').optional(),
  cartonCount: decimal.describe('TD102 under HL O.').optional(),
  weight: decimal.describe('TD107 under HL O, in the unit of the shipment.').optional(),
  store: party
    .describe('The store that the order is for (N1 with BY under HL O, NAD with BY or UC).')
    .optional(),
  markFor: party.describe('N1 with Z7 under HL O, NAD with UC.').optional(),
  references: references.describe('REF under HL O, RFF.').optional(),
  cartons: z.array(carton).min(1).max(10_000).describe('HL P, the inner CPS.'),
});

export const shipNotice = z
  .strictObject({
    number: text.describe('Our number for the shipment (BSN02 or W0604, BGM 1004).'),
    purpose: z
      .enum(['original', 'replace', 'cancel', 'duplicate', 'change'])
      .describe('BSN01 353, BGM 1225.')
      .optional(),
    createdAt: instant
      .describe('BSN03 and BSN04, DTM 2380 with 137. A warehouse does not say it.')
      .optional(),
    shippedOn: day.describe('DTM 011 or G62 with 11, DTM 2380 with 11.'),
    deliverOn: day.describe('DTM 017, DTM 2380 with 17.').optional(),
    carrier: carrier.describe('TD5 and REF with CN, or W27; TDT and RFF with CN.').optional(),
    freight: freight.describe('FOB, TOD.').optional(),
    billOfLading: text.describe('REF or N9 with BM, RFF 1154 with BM.').optional(),
    masterBillOfLading: text.describe('REF with MB, RFF 1154 with MB.').optional(),
    appointment: text.describe('REF with AO, RFF 1154 with AAS or by the guide.').optional(),
    loadNumber: text.describe('REF with LO, RFF 1154 with LO.').optional(),
    trailer: text.describe('Number of trailer or container (TD303, EQD 8260).').optional(),
    trailerType: text.describe('By the code table of the guide (TD301 40, EQD 8053).').optional(),
    seals: z.array(text).max(20).describe('TD309 or M701, SEL 9308.').optional(),
    cartonCount: decimal.describe('TD102 or W0306, PAC 7224.').optional(),
    palletCount: decimal.describe('TD102 with PLT, PAC 7224.').optional(),
    packageType: text.describe('By the code table of the guide (TD101 103, PAC 7065).').optional(),
    weight: decimal.describe('Gross (TD107 or W0302, MEA 6314 with AAD).').optional(),
    weightUnit: weightUnit.optional(),
    volume: decimal.describe('TD109, MEA 6314 with AAX.').optional(),
    volumeUnit: z.enum(['m3', 'ft3', 'l']).describe('TD110, MEA 6411.').optional(),
    shipFrom: party.describe('N1 with SF, NAD with SF.').optional(),
    shipTo: party.describe('N1 with ST, NAD with DP or ST.').optional(),
    buyer: party.describe('N1 with BY, NAD with BY.').optional(),
    seller: party.describe('N1 with SE, VN or SU; NAD with SU or SE.').optional(),
    billTo: party.describe('N1 with BT, NAD with IV.').optional(),
    depositor: party.describe('Whose goods a warehouse shipped (N1 with DE).').optional(),
    contacts: z.array(contact).max(20).describe('PER, or CTA with its COM.').optional(),
    charges: z.array(charge).max(25).describe('SAC or G72, ALC.').optional(),
    references: references.describe('REF or N9, RFF: those that have no field of their own.').optional(),
    notes: notes.describe('NTE, FTX 4440.').optional(),
    orders: z.array(shippedOrder).min(1).max(100).describe('HL O, RFF with ON.'),
  })
  .meta({
    title: 'Ship notice',
    description: 'What left, packed in what, for which orders (X12 856 and 945, EDIFACT DESADV).',
  });

export type CartonItem = z.infer<typeof cartonItem>;
export type Carton = z.infer<typeof carton>;
export type ShippedOrder = z.infer<typeof shippedOrder>;
export type ShipNotice = z.infer<typeof shipNotice>;

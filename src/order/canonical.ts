/** The canonical documents: what our trade is about, whatever standard a document came in or leaves in. */
import { type AcknowledgmentDocument, acknowledgment } from './acknowledgment.ts';
import { type Adjustment, adjustment } from './adjustment.ts';
import { type ApplicationAdvice, applicationAdvice } from './application-advice.ts';
import { type Inventory, inventory } from './inventory.ts';
import { type Invoice, invoice } from './invoice.ts';
import { type Order, order } from './order.ts';
import { type OrderChange, orderChange } from './order-change.ts';
import { type OrderResponse, orderResponse } from './order-response.ts';
import { type ReceivingAdvice, receivingAdvice } from './receiving-advice.ts';
import { type Remittance, remittance } from './remittance.ts';
import { type ReturnNotice, returnNotice } from './return-notice.ts';
import { type ShipNotice, shipNotice } from './ship-notice.ts';
import { type WarehouseOrder, warehouseOrder } from './warehouse-order.ts';

export type {
  AcknowledgmentDocument,
  Adjustment,
  ApplicationAdvice,
  Inventory,
  Invoice,
  Order,
  OrderChange,
  OrderResponse,
  ReceivingAdvice,
  Remittance,
  ReturnNotice,
  ShipNotice,
  WarehouseOrder,
};

/** By the name that a guide gives in `canonical:`, and that of the file under schemas/canonical/. */
export const canonicalDocuments = {
  order,
  'order-change': orderChange,
  'order-response': orderResponse,
  'ship-notice': shipNotice,
  invoice,
  inventory,
  'receiving-advice': receivingAdvice,
  remittance,
  'application-advice': applicationAdvice,
  'warehouse-order': warehouseOrder,
  'return-notice': returnNotice,
  adjustment,
  acknowledgment,
} as const;

/** The documents by name: `CanonicalTypes['order']` is an Order. */
export interface CanonicalTypes {
  order: Order;
  'order-change': OrderChange;
  'order-response': OrderResponse;
  'ship-notice': ShipNotice;
  invoice: Invoice;
  inventory: Inventory;
  'receiving-advice': ReceivingAdvice;
  remittance: Remittance;
  'application-advice': ApplicationAdvice;
  'warehouse-order': WarehouseOrder;
  'return-notice': ReturnNotice;
  adjustment: Adjustment;
  acknowledgment: AcknowledgmentDocument;
}

export type CanonicalName = keyof CanonicalTypes;
export type CanonicalDocument = CanonicalTypes[CanonicalName];

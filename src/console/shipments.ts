/** Shipments: goods have left, and the ship notice follows. */
import { z } from 'zod';
import { recordShipment } from '../flow/ship.ts';
import { shipmentRequest } from '../order/shipment/request.ts';
import { write } from './route.ts';

const shipped = z.object({
  id: z.string(),
  number: z.string().describe('The number of the ship notice'),
  ssccs: z.array(z.string()).describe('One SSCC per carton, in the sequence of the cartons'),
  state: z.string().describe("The order's state after it"),
});

export const shipmentRoutes = [
  write({
    path: '/api/v1/orders/{id}/shipments',
    tag: 'orders',
    summary: 'Records a shipment; the ship notice (856, DESADV) follows',
    status: 201,
    body: shipmentRequest,
    maxBytes: 8 * 1024 * 1024,
    answer: shipped,
    handle: async ({ context, id: order, body, who, key }) => {
      const { shipmentId, ...rest } = await recordShipment(context, order, body, who, key);
      return { id: shipmentId, ...rest };
    },
  }),
];

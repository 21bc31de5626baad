/** The route table of the API: each room's rows, one row per route. /api/openapi.json is made from it. */

import { as2Routes } from './as2.ts';
import { certificateRoutes } from './certificates.ts';
import { deliveryRoutes } from './deliveries.ts';
import { documentRoutes } from './documents.ts';
import { faultRoutes } from './faults.ts';
import { goodsRoutes } from './goods.ts';
import { orderRoutes } from './orders.ts';
import { overviewRoutes } from './overview.ts';
import { partnerRoutes } from './partners.ts';
import type { Route } from './route.ts';

export const routes: readonly Route[] = [
  ...overviewRoutes,
  ...partnerRoutes,
  ...certificateRoutes,
  ...deliveryRoutes,
  ...as2Routes,
  ...orderRoutes,
  ...documentRoutes,
  ...faultRoutes,
  ...goodsRoutes,
];

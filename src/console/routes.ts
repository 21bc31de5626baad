/** The route table of the API: one row per route. */

import type { Route } from './route.ts';
import { shipmentRoutes } from './shipments.ts';

export const routes: readonly Route[] = [...shipmentRoutes];

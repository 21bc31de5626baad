/**
 * What goes into which carton. Cartons that the request gives are taken as they are. Otherwise each line is packed by
 * itself: where its case pack is known, one carton for each full case and one for what is left; else one carton.
 */
import { formatDecimal, parseDecimal } from '../decimal.ts';
import { firstPositions, type Ledger, type LedgerLine, quantitiesOf } from '../ledger.ts';
import { isRefusal, type Refusal, refusalOf } from '../transition.ts';
import { mostCartons, type ShipmentRequest } from './request.ts';

/** One carton before it has its SSCC. */
export interface PlannedCarton {
  readonly tracking?: string;
  readonly weight?: string;
  readonly items: readonly { readonly line: string; readonly quantity: string }[];
}

/** A line's case pack, as the decision noted it. */
export interface PackedLine {
  readonly number: string;
  readonly casePack?: string;
}

/**
 * Plans the cartons of a shipment.
 * @param ledger of the order: nothing may ship that is not confirmed, or has shipped
 * @param lines the lines of the order's decision, for their case packs
 * @returns the cartons, or every reason why the shipment cannot be
 */
export function planCartons(
  request: ShipmentRequest,
  ledger: Ledger,
  lines: readonly PackedLine[],
): readonly PlannedCarton[] | Refusal {
  const cartons =
    request.cartons === undefined ? packed(request, ledger, lines) : request.cartons.map(asPacked);
  if (isRefusal(cartons)) return cartons;
  const reasons = shipmentRefusals(ledger, cartons);
  return reasons.length === 0 ? cartons : { refused: reasons };
}

/** Every reason why these cartons cannot leave for the order; none: they can. */
export function shipmentRefusals(ledger: Ledger, cartons: readonly PlannedCarton[]): string[] {
  const impossible = refusalOf('order', ledger.state, 'shipped');
  if (impossible !== null) return [impossible];
  if (cartons.length === 0) return ['Nothing that is confirmed is left to ship.'];
  const positions = firstPositions(ledger);
  return [...contents(cartons)].flatMap(([number, quantity]) => {
    const line = ledger.lines[positions.get(number) ?? -1];
    if (line === undefined) return [`The order has no line ${number}.`];
    const open = openQuantity(line);
    if (quantity <= open) return [];
    return [`Line ${number} has ${formatDecimal(open)} left to ship, not ${formatDecimal(quantity)}.`];
  });
}

/** What the cartons hold, in millionths by line number. */
export function contents(cartons: readonly PlannedCarton[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { line, quantity } of cartons.flatMap((carton) => carton.items)) {
    sums.set(line, (sums.get(line) ?? 0n) + parseDecimal(quantity));
  }
  return sums;
}

function openQuantity(line: LedgerLine): bigint {
  const { confirmed, shipped } = quantitiesOf(line);
  return confirmed - shipped;
}

function asPacked(carton: NonNullable<ShipmentRequest['cartons']>[number]): PlannedCarton {
  const { tracking, weight, items } = carton;
  return {
    ...(tracking === undefined ? {} : { tracking }),
    ...(weight === undefined ? {} : { weight }),
    items,
  };
}

function packed(
  request: ShipmentRequest,
  ledger: Ledger,
  lines: readonly PackedLine[],
): readonly PlannedCarton[] | Refusal {
  const packs = casePacks(lines);
  const cartons: PlannedCarton[] = [];
  for (const [line, quantity] of wanted(request, ledger)) {
    const pack = packs.get(line) ?? quantity;
    const full = quantity / pack;
    const rest = quantity % pack;
    if (BigInt(cartons.length) + full >= BigInt(mostCartons)) return { refused: [tooMany] };
    for (let at = 0n; at < full; at += 1n) cartons.push(holding(line, pack));
    if (rest > 0n) cartons.push(holding(line, rest));
  }
  return cartons;
}

function holding(line: string, quantity: bigint): PlannedCarton {
  return { items: [{ line, quantity: formatDecimal(quantity) }] };
}

const tooMany = `Packed by the case this shipment needs ${mostCartons} cartons or more: record it in parts, or give the cartons.`;

/** What the request names, added up by line; all that is open when it names nothing. */
function wanted(request: ShipmentRequest, ledger: Ledger): ReadonlyMap<string, bigint> {
  if (request.lines !== undefined) return contents([{ items: request.lines }]);
  const open = ledger.lines.map((line): [string, bigint] => [line.number, openQuantity(line)]);
  return new Map(open.filter(([, quantity]) => quantity > 0n));
}

function casePacks(lines: readonly PackedLine[]): ReadonlyMap<string, bigint> {
  const packs = new Map<string, bigint>();
  for (const { number, casePack } of lines) {
    const pack = casePack === undefined ? 0n : parseDecimal(casePack);
    if (pack > 0n && !packs.has(number)) packs.set(number, pack);
  }
  return packs;
}

/** What the bytes of a fixture are answered: the syntax acknowledgment, and the response to each order. */
import { type AcknowledgeFileOptions, answerFile } from './acknowledge-file.ts';
import { type Fault, fault } from './fault.ts';
import type { House } from './fixture-given.ts';
import { toldOf } from './flow/acknowledge.ts';
import { outbound } from './flow/kinds.ts';
import { type Message, readInterchanges } from './interchange/interchange.ts';
import { readAcknowledgment } from './interchange/verdict.ts';
import type { Guides } from './mapping/guide.ts';
import { businessKey } from './order/business-key.ts';
import type { Order } from './order/order.ts';
import { buildResponse } from './order/response.ts';
import type { Agreement, Partner } from './partner/partner.ts';
import { agreementWith } from './partner/partners.ts';
import { settingsWith } from './partner/settings.ts';
import { inboundGuide, outboundGuide, type Translated, writeDocument } from './translate.ts';

/** Answers of fixtures are made at this moment, with control numbers from 1 on: so they are the same every time. */
export const fixtureMoment = new Date('2026-11-22T12:00:00Z');

/**
 * The acknowledgments of a file as its partner's agreement wants them, by type: TA1, 997, 999 or CONTRL. Interchanges of one
 * type follow each other. A line '! severity code' stands for an answer that cannot be written.
 * @param partner null: nobody's terms, as `portolan acknowledge` answers without --partner
 */
export async function acknowledgmentsOf(
  bytes: Buffer,
  partner: Partner | null,
  guides: Guides,
): Promise<ReadonlyMap<string, Buffer>> {
  const terms: AcknowledgeFileOptions = { at: fixtureMoment, control: 1, ...agreedWith(partner, guides) };
  const files = new Map<string, Buffer[]>();
  const add = (name: string, part: Buffer) => files.set(name, [...(files.get(name) ?? []), part]);
  for await (const { answers } of answerFile([bytes], terms)) {
    for (const answer of answers) {
      if (answer.bytes.length > 0) add(await typeOf(answer.bytes), answer.bytes);
      for (const { severity, code } of answer.faults) add('answer', Buffer.from(`! ${severity} ${code}\n`));
    }
  }
  return new Map([...files].map(([name, parts]) => [name, Buffer.concat(parts)]));
}

function agreedWith(partner: Partner | null, guides: Guides): Partial<AcknowledgeFileOptions> {
  if (partner === null) return {};
  return {
    settings: settingsWith(partner),
    terms: (begin) => agreementWith(partner, begin)?.acknowledge ?? null,
    async told(message, begin) {
      const agreement = agreementWith(partner, begin);
      const faults = agreement === null ? [] : await guideFaults(message, agreement, guides);
      return agreement === null ? message : toldOf(agreement, message, faults);
    },
  };
}

/** What the partner's own guide says of a message: a 999 tells of its restrictions. */
async function guideFaults(message: Message, agreement: Agreement, guides: Guides) {
  if (message.verdict === 'rejected' || readAcknowledgment(message) !== null) return [];
  const guide = inboundGuide(message, agreement, guides);
  const faults = guide === null ? [] : (await guide.read(message)).faults;
  return faults.map((fault) => ({ fault, waiting: fault.severity === 'error' }));
}

/** The type of the first message of an answer; TA1 where it has none. */
async function typeOf(bytes: Buffer): Promise<string> {
  for await (const event of readInterchanges([bytes], { check: false }))
    if (event.kind === 'message') return event.type;
  return 'TA1';
}

type OrderResponse = ReturnType<typeof buildResponse>;

/** What became of one order message. */
export interface DecidedOrder {
  /** Which message of the file, from 1. */
  readonly message: number;
  readonly order: string | null;
  /** As the ledger calls it; 'not-decided' where the order does not come before the rules. */
  readonly state: string;
  /** Why a person must look. */
  readonly holds: readonly string[];
  readonly faults: readonly string[];
  /** The canonical order response; null where none is due yet. */
  readonly response: OrderResponse | null;
}

export interface Responses {
  readonly decided: readonly DecidedOrder[];
  /** By type, 855 or ORDRSP: the segments of the responses, and a line '! fault' for each reason why one is never sent. */
  readonly written: ReadonlyMap<string, string>;
}

export interface Deciding {
  readonly partner: Partner;
  readonly house: House;
  readonly guides: Guides;
  /** How a fault stands in a fixture. */
  readonly faultText: (fault: Fault) => string;
}

/** Decides the orders of a fixture in their sequence, and writes the responses that their agreements ask for. */
export async function responsesTo(lines: readonly Translated[], by: Deciding): Promise<Responses> {
  const decided: DecidedOrder[] = [];
  const written = new Map<string, string>();
  const seen = new Set<string>();
  const messages = lines.filter(({ message }) => message !== null);
  for (const [index, line] of messages.entries()) {
    if (line.canonical !== 'order') continue;
    const one = decideOne(line, index + 1, seen, by);
    decided.push(one);
    if (one.response === null) continue;
    const { type, text } = await writeResponse(one.response, line, by);
    if (type !== null) written.set(type, (written.get(type) ?? '') + text);
  }
  return { decided, written };
}

function decideOne(line: Translated, message: number, seen: Set<string>, by: Deciding): DecidedOrder {
  const order = line.document as Order | null;
  const whyNot = reasonsAgainst(line, order, seen, by);
  if (order === null || whyNot.length > 0)
    return {
      message,
      order: order?.number ?? null,
      state: 'not-decided',
      holds: whyNot,
      faults: [],
      response: null,
    };
  const decision = by.house.decide(by.partner.name, order, by.partner.policy);
  const { state, holds, faults } = decision;
  const details = { number: String(message), respondedOn: by.house.today };
  const response = state === 'held' ? null : buildResponse(order, decision, details);
  return {
    message,
    order: order.number,
    state,
    holds: holds.map(by.faultText),
    faults: faults.map(by.faultText),
    response,
  };
}

/** What keeps an order from the rules, as on the road: its faults, a purpose that a person deals with, an order known already. */
function reasonsAgainst(
  line: Translated,
  order: Order | null,
  seen: Set<string>,
  { partner, faultText }: Deciding,
): string[] {
  const errors = line.faults.filter(({ severity }) => severity === 'error');
  if (order === null || errors.length > 0) return errors.map(faultText);
  const { purpose, number } = order;
  if (purpose !== 'original') return [faultText(fault('purpose-not-decided', { purpose, number }))];
  const key = businessKey(order, partner.duplicates.key);
  if (seen.has(key)) {
    const shipTo = order.shipTo?.code ?? '–';
    return [faultText(fault('order-duplicate', { number, shipTo, first: number }))];
  }
  seen.add(key);
  return [];
}

/** type: null where the agreement has no response sent. */
async function writeResponse(
  response: OrderResponse,
  line: Translated,
  { partner, guides, faultText }: Deciding,
): Promise<{ readonly type: string | null; readonly text: string }> {
  const agreement = partner.agreements.find(({ key }) => key === line.agreement);
  const type = agreement === undefined ? null : outbound[agreement.standard].response;
  if (agreement === undefined || type === null || agreement.documents[type] === undefined)
    return { type: null, text: '' };
  const guide = outboundGuide(agreement, type, guides);
  if (guide === null) return { type, text: '! error guide-missing\n' };
  const { text, faults } = await writeDocument(guide, response);
  return { type, text: text + faults.map((found) => `! ${faultText(found)}\n`).join('') };
}

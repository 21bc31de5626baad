/** A trading partner that speaks EDIFACT D.96A: writes from plain templates, reads with edifact's Parser. */
import { type Answer, isAcknowledgment } from './answer.ts';
import { readControl, readDespatchAdvice, readOrderResponse } from './edifact-facts.ts';
import { readEdifact } from './edifact-read.ts';
import {
  controlMessage,
  type EdifactEnvelope,
  messageReference,
  orderMessage,
  writeEdifact,
} from './edifact-write.ts';
import {
  createMemory,
  type Finding,
  judgeAcknowledgment,
  judgeNotice,
  judgeResponse,
  type Memory,
} from './judge.ts';
import { byInterchange, judging, mailReader, numbered } from './judging.ts';
import type {
  OrderFile,
  OrderOptions,
  OrderSpec,
  PartnerOptions,
  TradingPartner,
} from './trading-partner.ts';

/** LIN 1229 codes that a partner without a list of its own lets us send. */
export const usualEdifactCodes: readonly string[] = ['3', '4', '5', '6', '7'];

export function edifactPartner(options: PartnerOptions): TradingPartner {
  const { addresses, carrier } = options;
  const memory = createMemory();
  const slashed = ({ qualifier, id }: { qualifier: string; id: string }) => `${qualifier}/${id}`;
  const ids = { sender: slashed(addresses.gateway), receiver: slashed(addresses.partner) };
  return {
    standard: 'edifact',
    order: (spec, order = {}) => writeOrder(options, spec, order),
    send: ({ name, bytes }) => carrier.send(name, bytes),
    poll: mailReader(carrier, readEdifact),
    judge: judging(ids, (answer, sent) => examine(answer, sent, options.allowedCodes, memory)),
    acknowledge: (answers) => acknowledge(options, answers),
  };
}

function writeOrder(options: PartnerOptions, spec: OrderSpec, order: OrderOptions): OrderFile {
  const envelope = envelopeOf(options, order.control ?? options.control.next(), spec.test ?? false);
  const lines = numbered(spec);
  const message = orderMessage(spec, lines, options.addresses);
  const sender = order.sender === undefined ? {} : { sender: order.sender };
  const type = spec.purpose === 'change' ? 'ORDCHG' : 'ORDERS';
  return {
    name: `${type}-${envelope.control}.edi`,
    bytes: writeEdifact({ ...envelope, ...sender }, message),
    expected: {
      type,
      interchangeControl: String(envelope.control),
      groupControl: null,
      messageControl: messageReference,
      orderNumber: spec.number,
      orderedOn: spec.orderedOn,
      lines,
      acknowledgment: order.acknowledgment ?? 'accepted',
      response: order.response ?? (spec.purpose ?? 'original') === 'original',
    },
  };
}

function envelopeOf(options: PartnerOptions, control: number, test: boolean): EdifactEnvelope {
  return { addresses: options.addresses, control, test, at: options.now?.() ?? new Date() };
}

function examine(
  answer: Answer,
  sent: readonly OrderFile[],
  allowed: readonly string[],
  memory: Memory,
): Finding | null {
  switch (answer.kind) {
    case 'CONTRL':
      return judgeAcknowledgment(readControl(answer), sent);
    case 'ORDRSP':
      return judgeResponse(readOrderResponse(answer), sent, allowed, memory);
    case 'DESADV':
      return judgeNotice(readDespatchAdvice(answer), sent, memory);
    default:
      return null;
  }
}

/** One CONTRL for every interchange that is not itself an acknowledgment. */
async function acknowledge(options: PartnerOptions, answers: readonly Answer[]) {
  if (options.silent === true) return [];
  const due = answers.filter(({ kind }) => !isAcknowledgment(kind) && kind !== 'unreadable');
  const files = byInterchange(due).map((interchange) => {
    const envelope = envelopeOf(options, options.control.next(), interchange[0].interchange.test);
    return {
      name: `CONTRL-${envelope.control}.edi`,
      bytes: writeEdifact(envelope, controlMessage(interchange)),
    };
  });
  for (const { name, bytes } of files) await options.carrier.send(name, bytes);
  return files;
}

/** A trading partner that speaks X12 004010: writes with node-x12's generator, reads with its parser in strict mode. */
import { type Answer, at, isAcknowledgment } from './answer.ts';
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
  Addresses,
  OrderFile,
  OrderOptions,
  OrderSpec,
  PartnerOptions,
  TradingPartner,
} from './trading-partner.ts';
import { read855, read856, read997 } from './x12-facts.ts';
import { readX12 } from './x12-read.ts';
import { acknowledgmentSet, orderSet, setControl, writeX12, type X12Envelope } from './x12-write.ts';

/** ACK01 codes that a partner without a list of its own lets us send (element 668). */
export const usualX12Codes: readonly string[] = [
  'IA',
  'IB',
  'BP',
  'IQ',
  'IP',
  'DR',
  'IC',
  'IR',
  'R2',
  'ID',
  'IH',
];

export function x12Partner(options: PartnerOptions): TradingPartner {
  const { addresses, carrier } = options;
  const memory = createMemory();
  const slashed = ({ qualifier, id }: { qualifier: string; id: string }) => `${qualifier}/${id}`;
  const ids = { sender: slashed(addresses.gateway), receiver: slashed(addresses.partner) };
  return {
    standard: 'x12',
    order: (spec, order = {}) => writeOrder(options, spec, order),
    send: ({ name, bytes }) => carrier.send(name, bytes),
    poll: mailReader(carrier, readX12),
    judge: judging(ids, (answer, sent) => {
      const finding = examine(answer, sent, options.allowedCodes, memory);
      return finding && { ...finding, problems: [...groupProblems(answer, addresses), ...finding.problems] };
    }),
    acknowledge: (answers) => acknowledge(options, answers),
  };
}

function writeOrder(options: PartnerOptions, spec: OrderSpec, order: OrderOptions): OrderFile {
  const envelope = envelopeOf(options, order.control ?? options.control.next(), spec.test ?? false);
  const lines = numbered(spec);
  const set = orderSet(spec, lines);
  const sender = order.sender === undefined ? {} : { sender: order.sender };
  return {
    name: `${set.type}-${envelope.control}.edi`,
    bytes: writeX12({ ...envelope, ...sender }, [set]),
    expected: {
      type: set.type,
      interchangeControl: String(envelope.control).padStart(9, '0'),
      groupControl: String(envelope.control),
      messageControl: setControl(0),
      orderNumber: spec.number,
      orderedOn: spec.orderedOn,
      lines,
      acknowledgment: order.acknowledgment ?? 'accepted',
      response: order.response ?? (spec.purpose ?? 'original') === 'original',
    },
  };
}

function envelopeOf(options: PartnerOptions, control: number, test: boolean): X12Envelope {
  return { addresses: options.addresses, control, test, at: options.now?.() ?? new Date() };
}

function examine(
  answer: Answer,
  sent: readonly OrderFile[],
  allowed: readonly string[],
  memory: Memory,
): Finding | null {
  switch (answer.kind) {
    case '997':
      return judge997(answer, sent);
    case '855':
      return judgeResponse(read855(answer), sent, allowed, memory);
    case '856':
      return judgeNotice(read856(answer), sent, memory);
    case 'TA1':
      return judgeTa1(answer, sent);
    default:
      return null;
  }
}

/** GS01 by transaction set (element 479). */
const functionalIds: Readonly<Record<string, string>> = { '855': 'PR', '856': 'SH', '997': 'FA' };

function groupProblems({ kind, group }: Answer, { partner, gateway }: Addresses): string[] {
  if (group === null) return [];
  const [from, to] = [gateway.group ?? gateway.id, partner.group ?? partner.id];
  return [
    ...(group.type === functionalIds[kind]
      ? []
      : [`GS01 is ${group.type}, ${kind} belongs in ${functionalIds[kind]}`]),
    ...(group.sender === from ? [] : [`GS02 is ${group.sender}, not ${from}`]),
    ...(group.receiver === to ? [] : [`GS03 is ${group.receiver}, not ${to}`]),
  ];
}

/** AK101 is looked at here; the rest is the same for CONTRL. */
function judge997(answer: Answer, sent: readonly OrderFile[]): Finding {
  const finding = judgeAcknowledgment(read997(answer), sent);
  const ak1 = answer.segments.find(({ tag }) => tag === 'AK1');
  const known = ['PO', 'PC'].includes(at(ak1, 1));
  return known
    ? finding
    : { ...finding, problems: [...finding.problems, `AK101 is '${at(ak1, 1)}', not PO or PC`] };
}

/** TA101 repeats ISA13; TA104 is A, E or R, TA105 000 exactly when it is A. */
function judgeTa1({ segments }: Answer, sent: readonly OrderFile[]): Finding {
  const [ta1] = segments;
  const [control, verdict, note] = [at(ta1, 1), at(ta1, 4), at(ta1, 5)];
  const files = sent.filter(({ expected }) => expected.interchangeControl === control);
  const allRight = files.length > 0 && files.every(({ expected }) => expected.acknowledgment === 'accepted');
  const problems = [
    ...(files.length === 0 ? [`no interchange was sent under '${control}'`] : []),
    ...(['A', 'E', 'R'].includes(verdict) ? [] : [`TA104 is '${verdict}'`]),
    ...((verdict === 'A') === (note === '000') ? [] : [`TA104 ${verdict} does not go with TA105 ${note}`]),
    ...(verdict !== 'A' && allRight ? [`the interchange is not accepted: ${note}`] : []),
  ];
  const order = files[0] === undefined ? {} : { orderNumber: files[0].expected.orderNumber };
  return { ...order, says: `interchange ${control} ${verdict} ${note}`, problems };
}

/** One 997 for every group that is not itself an acknowledgment. */
async function acknowledge(options: PartnerOptions, answers: readonly Answer[]) {
  if (options.silent === true) return [];
  const due = answers.filter(({ kind, group }) => !isAcknowledgment(kind) && group !== null);
  const files = byInterchange(due).flatMap((interchange) =>
    byGroup(interchange).map((group) => write997(options, group)),
  );
  for (const { name, bytes } of files) await options.carrier.send(name, bytes);
  return files;
}

function byGroup(answers: readonly Answer[]): readonly (readonly Answer[])[] {
  const controls = [...new Set(answers.map(({ group }) => group?.control))];
  return controls.map((control) => answers.filter(({ group }) => group?.control === control));
}

function write997(options: PartnerOptions, answers: readonly Answer[]) {
  const envelope = envelopeOf(options, options.control.next(), answers[0]?.interchange.test ?? false);
  return { name: `997-${envelope.control}.edi`, bytes: writeX12(envelope, [acknowledgmentSet(answers)]) };
}

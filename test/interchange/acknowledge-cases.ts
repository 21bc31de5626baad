/** Receipts made by hand, and the text of the answer to them. */
import { type AcknowledgeOptions, acknowledge } from '../../src/interchange/acknowledge.ts';
import { answerInterchange } from '../../src/interchange/acknowledge-envelope.ts';
import type { Separators } from '../../src/interchange/interchange.ts';
import type { GroupReceipt, MessageReceipt, Receipt } from '../../src/interchange/receipt.ts';
import { writeInterchange } from '../../src/interchange/write.ts';

export const at = new Date('2026-11-22T03:04:05Z');

export const x12Separators: Separators = {
  element: '*',
  component: '>',
  repetition: null,
  segment: '~',
  release: null,
  decimal: '.',
};

export const edifactSeparators: Separators = {
  element: '+',
  component: ':',
  repetition: null,
  segment: "'",
  release: '?',
  decimal: '.',
};

export function message(parts: Partial<MessageReceipt> = {}): MessageReceipt {
  return { type: '850', control: '0001', version: '004010', verdict: 'accepted', faults: [], ...parts };
}

export function orders(parts: Partial<MessageReceipt> = {}): MessageReceipt {
  return message({ type: 'ORDERS', control: '1', version: 'D:96A:UN:EAN008', ...parts });
}

export function group(parts: Partial<GroupReceipt> = {}): GroupReceipt {
  return {
    type: 'PO',
    control: '71',
    version: '004010',
    sender: 'BLUEBARN',
    receiver: 'HARBOR',
    declaredMessages: 1,
    verdict: 'accepted',
    faults: [],
    messages: [message()],
    ...parts,
  };
}

export function implied(
  messages: readonly MessageReceipt[],
  parts: Partial<GroupReceipt> = {},
): GroupReceipt {
  return {
    type: null,
    control: null,
    version: null,
    sender: null,
    receiver: null,
    declaredMessages: null,
    verdict: 'accepted',
    faults: [],
    messages,
    ...parts,
  };
}

export function x12(parts: Partial<Receipt> = {}): Receipt {
  return {
    standard: 'x12',
    control: '000000905',
    sender: { qualifier: 'ZZ', id: 'BLUEBARN' },
    receiver: { qualifier: '12', id: '5555550100' },
    version: '00401',
    date: '261122',
    time: '0301',
    test: false,
    acknowledgmentRequested: '',
    verdict: 'accepted',
    faults: [],
    groups: [group()],
    ...parts,
  };
}

export function edifact(parts: Partial<Receipt> = {}): Receipt {
  return {
    ...x12(),
    standard: 'edifact',
    control: 'R4711',
    sender: { qualifier: '14', id: '4012345000009' },
    receiver: { qualifier: '14', id: '5412345000013' },
    version: 'UNOA:2',
    groups: [implied([orders()])],
    ...parts,
  };
}

/** The whole answer, one segment a line. Throws when it cannot be written. */
export function answerText(receipt: Receipt, options: Partial<AcknowledgeOptions> = {}): string {
  const separators = options.separators ?? (receipt.standard === 'x12' ? x12Separators : edifactSeparators);
  const messages = acknowledge(receipt, { separators, ...options });
  const out = answerInterchange(receipt, messages, { control: 17, at, separators, newline: '\n' });
  const { bytes, faults } = writeInterchange(out);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return bytes.toString('latin1');
}

/** The lines of the answer between the envelope's: ST to SE, UNH to UNT. */
export function answerBody(receipt: Receipt, options: Partial<AcknowledgeOptions> = {}): string[] {
  const lines = answerText(receipt, options).trimEnd().split('\n');
  return receipt.standard === 'x12'
    ? lines.slice(2, -2)
    : lines.slice(
        lines.findIndex((line) => line.startsWith('UNH')),
        -1,
      );
}

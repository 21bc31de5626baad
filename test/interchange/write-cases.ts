/** Interchanges to be written, with invented companies. */
import type { OutGroup, OutInterchange, OutMessage, OutSegment } from '../../src/interchange/write.ts';
import { at, edifactSeparators, x12Separators } from './acknowledge-cases.ts';

export function outMessage(segments: readonly OutSegment[], parts: Partial<OutMessage> = {}): OutMessage {
  return { type: '855', version: null, control: '0001', segments, ...parts };
}

export function outGroup(messages: readonly OutMessage[], parts: Partial<OutGroup> = {}): OutGroup {
  return {
    type: 'PR',
    control: '31',
    version: '004010',
    sender: 'HARBOR',
    receiver: 'BLUEBARN',
    messages,
    ...parts,
  };
}

export function unnamed(messages: readonly OutMessage[]): OutGroup {
  return { type: null, control: null, version: null, sender: null, receiver: null, messages };
}

export function outX12(groups: readonly OutGroup[], parts: Partial<OutInterchange> = {}): OutInterchange {
  return {
    standard: 'x12',
    control: '000000042',
    sender: { qualifier: '12', id: '5555550100' },
    receiver: { qualifier: 'ZZ', id: 'BLUEBARN' },
    version: '00401',
    test: false,
    acknowledgmentRequested: '',
    separators: x12Separators,
    newline: '',
    at,
    groups,
    ...parts,
  };
}

export function outEdifact(groups: readonly OutGroup[], parts: Partial<OutInterchange> = {}): OutInterchange {
  return {
    ...outX12(groups),
    standard: 'edifact',
    control: '42',
    sender: { qualifier: '14', id: '5412345000013' },
    receiver: { qualifier: '14', id: '4012345000009' },
    version: 'UNOC:3',
    separators: edifactSeparators,
    ...parts,
  };
}

export function ordrsp(segments: readonly OutSegment[], parts: Partial<OutMessage> = {}): OutMessage {
  return { type: 'ORDRSP', version: 'D:96A:UN:EAN005', control: '1', segments, ...parts };
}

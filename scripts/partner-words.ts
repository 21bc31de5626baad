/** What each key of partner.yaml means, by its path ('*': any name), as editors show it. */
export const aboutPartner: Readonly<Record<string, string>> = {
  partner: 'The version of this notation: 1.',
  name: 'What people call them.',
  demo: 'true: only the demo loads this folder.',
  timeZone: "Theirs, such as America/Chicago: days, deadlines and 'today' are counted in it.",
  calendar: 'When we work for this partner: lead days count, and goods ship, on working days only.',
  'calendar.workdays': 'Days of the week on which work is done; all seven, if nothing is said.',
  'calendar.holidays': 'Days without work, such as "2026-12-25".',
  'calendar.cutoff': 'Local time, such as "14:00": what is decided later counts as of the next working day.',
  duplicates: 'What makes an order the same order again.',
  'duplicates.key': 'The parts that must be equal: the number always, and such as release, shipTo or buyer.',
  agreements:
    'What is agreed, by a name of your own (live, test, a division): one pair of interchange ids each.',
  'agreements.*.standard': 'x12 or edifact.',
  'agreements.*.us': 'Our interchange id: ISA07/08 of what we receive, or UNB S003.',
  'agreements.*.us.qualifier':
    'Whose numbering the id is of: "01" D-U-N-S, "14" GLN in EDIFACT, ZZ agreed. X12 needs two characters.',
  'agreements.*.us.id': 'The id itself, in quotes where it is all digits.',
  'agreements.*.them': 'Their interchange id: ISA05/06 of what we receive, or UNB S002.',
  'agreements.*.them.qualifier':
    'Whose numbering the id is of: "01" D-U-N-S, "14" GLN in EDIFACT, ZZ agreed. X12 needs two characters.',
  'agreements.*.them.id': 'The id itself, in quotes where it is all digits.',
  'agreements.*.applicationReference':
    'UNB 0026, at most 14 characters: tells agreements with the same ids apart, and is written. EDIFACT only.',
  'agreements.*.group': 'GS02 and GS03, where they are others than the interchange ids.',
  'agreements.*.group.us': 'Our code: GS03 of what we receive.',
  'agreements.*.group.them': 'Their code: GS02 of what we receive.',
  'agreements.*.version': 'The versions of what we write.',
  'agreements.*.version.interchange': "ISA12, such as '00401', or UNB S001, such as 'UNOC:3'.",
  'agreements.*.version.message': "GS08, such as '004010', or UNH S009, such as 'D:96A:UN:EAN008'.",
  'agreements.*.usage':
    'ISA15 or UNB 0035 of what we write and expect; a message marked otherwise is not processed as live.',
  'agreements.*.separators':
    'The service characters of what we write; what is not named is as the standard has it.',
  'agreements.*.separators.element': "Between elements: '*' in X12, '+' in EDIFACT.",
  'agreements.*.separators.component': "Between components: '>' or ':'.",
  'agreements.*.separators.repetition':
    'Between repetitions; null: there is none (X12 before 00402, EDIFACT syntax 3).',
  'agreements.*.separators.segment': "After each segment: '~' or \"'\".",
  'agreements.*.separators.newline':
    'What is written after each segment terminator, so that people can read it.',
  'agreements.*.control':
    'The interchange control numbers that we use, from first to last, then first again.',
  'agreements.*.control.first': 'The smallest.',
  'agreements.*.control.last': 'The largest: nine digits in X12.',
  'agreements.*.acknowledge': 'The syntax acknowledgments that we send for what we receive.',
  'agreements.*.acknowledge.send':
    '997 or 999 (X12), CONTRL (EDIFACT), or none. 999: groups before 005010 get a 997.',
  'agreements.*.acknowledge.within': 'How soon after it was received: 24h.',
  'agreements.*.acknowledge.batch': 'single: an interchange for each. many: all that wait leave together.',
  'agreements.*.acknowledge.ta1':
    'requested: a TA1 where ISA14 asks for it, or the envelope is broken. always, or never.',
  'agreements.*.acknowledge.ta1Envelope':
    'own: a TA1 leaves alone. shared: before the 997 in its interchange.',
  'agreements.*.acknowledge.everyMessage': 'CONTRL names every message, not only those that are rejected.',
  'agreements.*.endpoint':
    'Where answers go: the name of an endpoint, of this folder or of another partner (a VAN).',
  'agreements.*.documents':
    'What we send, by type (855, 856, ORDRSP, DESADV …). A type that is not listed is not sent.',
  'agreements.*.documents.*.within':
    'How soon: after the order was received (855, ORDRSP), or the shipment recorded (856, DESADV).',
  'agreements.*.documents.*.batch': 'single: an interchange for each. many: those that wait leave together.',
  'agreements.*.documents.*.most': 'With many: documents in one interchange, at most.',
  'agreements.*.documents.*.expectAcknowledgment':
    'How soon they acknowledge it; nothing said: no acknowledgment is expected.',
  'agreements.*.documents.*.version': "GS08 or UNH S009, where this type has another: 'D:96A:UN:EAN005'.",
  'agreements.*.documents.*.guide':
    'The guide that writes it, by its file name without .yaml; nothing said: the type.',
  'agreements.*.documents.*.applicationReference':
    'UNB 0026, where this type has another than the agreement.',
  'agreements.*.guides': 'The guide that reads a type, where it is named otherwise: { "850": "850-stores" }.',
  'agreements.*.duplicateWindow': 'How long a control number or an order number counts as used.',
  'agreements.*.severities':
    'What a fault of theirs counts for, where it differs from docs/faults.md: { segment-count-mismatch: warning }.',
  'agreements.*.charset': 'The characters that they really use, whatever their header says.',
  'agreements.*.requestAcknowledgment': 'Asks for a TA1 (ISA14) or a CONTRL (UNB 0031) in what we write.',
  endpoints: 'Where and how bytes travel, by a name that no other partner uses.',
  'endpoints.*.type':
    'folder: a directory in PORTOLAN_HOME. sftp: their server. http: they post to us with an API key.',
  'endpoints.*.direction': 'in: they send here. out: we do. both, if nothing is said.',
  'endpoints.*.carries': 'Further partners whose messages may arrive or leave here.',
  'endpoints.*.in': 'The folder that is polled.',
  'endpoints.*.out': 'The folder that we write to.',
  'endpoints.*.archive': 'Where a file goes that was taken.',
  'endpoints.*.pattern': "Names of files that are meant for us: '*.edi'.",
  'endpoints.*.every': 'How often it is looked at: 60s.',
  'endpoints.*.host': 'Name or address of their server.',
  'endpoints.*.port': 'Its port, or env:NAME.',
  'endpoints.*.user': 'Who we are there.',
  'endpoints.*.password':
    'Where the password stands, never the password: env:NAME or file:PATH in PORTOLAN_HOME.',
  'endpoints.*.privateKey': 'Where our private key stands: file:keys/example.',
  'endpoints.*.passphrase': 'Where its passphrase stands: env:NAME or file:PATH.',
  'endpoints.*.hostKeys': "Fingerprints of their server's keys, 'SHA256:…': it must show one of them.",
  'endpoints.*.afterwards': 'What becomes of a file that was taken: archive or delete.',
  policy: 'What becomes of lines that are short, late, unknown or priced otherwise.',
  'policy.shortage': 'What is not in stock: backorder, cut, or reject-line.',
  'policy.shipComplete': 'true: an order of which a line is short is rejected as a whole (fill or kill).',
  'policy.backorderDays': 'In how many days a backorder is promised.',
  'policy.unknownItem': 'A line that names no item of ours: reject-line or hold.',
  'policy.missingPrice': 'A line without a price: ours, or hold.',
  'policy.price': 'How far their price may be from ours.',
  'policy.price.absolute':
    'Allowed difference per unit in money, such as "0.05"; the larger of the two holds.',
  'policy.price.percent': 'Allowed difference in percent, such as "1".',
  'policy.price.winner': 'Within it: whose price holds.',
  'policy.price.outside': 'Beyond it: hold the order, answer with ours, or reject the line.',
  'policy.leadDays': 'Days that we need from the order to the shipment.',
  'policy.lateDate': 'A day that we cannot keep: promise another, hold, or reject-line.',
};

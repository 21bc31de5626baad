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
    'folder: a directory in PORTOLAN_HOME. sftp: their server. as2: AS2, both ways. hosted: they come to our own SFTP server. http: they post to us with an API key.',
  'endpoints.*.direction': 'in: they send here. out: we do. both, if nothing is said.',
  'endpoints.*.carries': 'Further partners whose messages may arrive or leave here.',
  'endpoints.*.expectEvery':
    "Nothing received for so long is an alarm, counted on working days of the partner's calendar: 24h.",
  'endpoints.*.sendWithin': 'What waits longer than this to be sent is an alarm.',
  'endpoints.*.in': 'The folder that is polled.',
  'endpoints.*.out': 'The folder that we write to.',
  'endpoints.*.archive': 'Where a file goes that was taken.',
  'endpoints.*.pattern': "Names of files that are meant for us: '*.edi'.",
  'endpoints.*.every': 'How often it is looked at: 60s.',
  'endpoints.*.addresses':
    'http: addresses and ranges (192.0.2.0/24) from which its keys may be used; nothing said: any.',
  'endpoints.*.certificates':
    'http: SHA-256 fingerprints of client certificates; one of them must be shown, over HTTPS by ourselves.',
  'endpoints.*.host': 'Name or address of their server.',
  'endpoints.*.port': 'Its port, or env:NAME.',
  'endpoints.*.user': 'Who we are there.',
  'endpoints.*.password':
    'Where the password stands, never the password: env:NAME or file:PATH in PORTOLAN_HOME.',
  'endpoints.*.privateKey': 'Where our private key stands: file:keys/example.',
  'endpoints.*.passphrase': 'Where its passphrase stands: env:NAME or file:PATH.',
  'endpoints.*.hostKeys': "Fingerprints of their server's keys, 'SHA256:…': it must show one of them.",
  'endpoints.*.legacyAlgorithms':
    'Old SSH algorithms, for a server that has nothing better: true for all of them, or their names.',
  'endpoints.*.doneFile':
    "A file is complete once a second one lies beside it: its name with this added, such as '.done'.",
  'endpoints.*.parallel': 'Files under way at the same time, in each direction.',
  'endpoints.*.fast':
    'true: several requests of one large file at once; leave it where a server then cuts files short.',
  'endpoints.*.afterwards': 'What becomes of a file that was taken: archive or delete.',
  'endpoints.*.us': 'Our AS2 name, exact to the letter: their AS2-To.',
  'endpoints.*.them': 'Their AS2 name, exact to the letter: their AS2-From.',
  'endpoints.*.url': 'Where we send to: https://as2.example.com/as2, or env:NAME.',
  'endpoints.*.key': 'The name of our own key pair, as "portolan keys list" shows it.',
  'endpoints.*.sign': 'Digest of our signatures, or none. sha-1 only for who knows nothing better.',
  'endpoints.*.signature': 'Form of our signatures: pkcs1, which everybody reads, or pss.',
  'endpoints.*.encrypt': 'Cipher of what we send, or none. 3des only for who knows nothing better.',
  'endpoints.*.keyTransport': "How the cipher's key is wrapped: pkcs1, which everybody reads, or oaep.",
  'endpoints.*.compress': 'Whether what we send is compressed: before or after it is signed.',
  'endpoints.*.mdn': 'The receipt that we ask for, and how we give theirs.',
  'endpoints.*.mdn.ask': 'sync: in the answer. async: later, to returnTo. none.',
  'endpoints.*.mdn.signed': 'true: it must be signed by a pinned certificate of theirs.',
  'endpoints.*.mdn.digest': 'The digest that we ask for; nothing said: that of sign.',
  'endpoints.*.mdn.returnTo': 'Where they reach our own /as2, for asynchronous receipts.',
  'endpoints.*.mdn.within': 'How long an asynchronous receipt may take before the same bytes are sent again.',
  'endpoints.*.mdn.deliverTo':
    'Where their asynchronous receipts go: only here, whatever a message asks for.',
  'endpoints.*.demand': 'What a message of theirs must be: what falls short is refused.',
  'endpoints.*.demand.signed': 'It must be signed by a pinned certificate of theirs.',
  'endpoints.*.demand.encrypted': 'It must be encrypted to a key of ours.',
  'endpoints.*.demand.digests': 'Digests taken in signatures.',
  'endpoints.*.demand.ciphers': 'Ciphers taken.',
  'endpoints.*.demand.expired': 'true: a pinned certificate counts also after it has expired.',
  'endpoints.*.mostBytes': 'The largest message taken, in bytes, as it arrives and once it is unpacked.',
  'endpoints.*.clientKey': 'Where a TLS client certificate and its key stand, as PEM: file:keys/client.pem.',
  'endpoints.*.authority': 'Where the certificate of their TLS authority stands, if it is not a public one.',
  'endpoints.*.quirks': 'What single implementations need otherwise.',
  'endpoints.*.quirks.digestSpelling': "How micalg spells a digest: 'sha-256', or the older 'sha256'.",
  'endpoints.*.quirks.transferEncoding': 'How the parts of a message are encoded: binary or base64.',
  'endpoints.*.quirks.chunked': 'true: send without Content-Length.',
  'endpoints.*.quirks.expectContinue': 'true: ask with Expect: 100-continue before the body is sent.',
  'endpoints.*.quirks.quoteFilename': 'false: the file name stands without quotes.',
  'endpoints.*.quirks.algorithmProtection': 'false: leave out the signed attribute CMSAlgorithmProtection.',
  'endpoints.*.quirks.newIdOnResend': 'true: what is sent again has a Message-ID of its own.',
  'endpoints.*.login': "Who they sign in as at our SFTP server; nothing said: the endpoint's name.",
  'endpoints.*.keys':
    "Their public keys, as ssh-keygen writes them: 'ssh-ed25519 AAAA…'. List the new one beside the old one while they change over.",
  'endpoints.*.quota': 'Most that may lie with us unread; what comes beyond it is refused.',
  'endpoints.*.quota.bytes': 'Bytes.',
  'endpoints.*.quota.files': 'Files.',
  'endpoints.*.allowedFrom':
    "From where they may come: '192.0.2.7', '192.0.2.0/24'. Nothing said: from anywhere.",
  'endpoints.*.keep': 'How long a file of ours lies in out/: 30d.',
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

/** Faults that the road finds: whose message it is, whether it came before, which guide reads it, what the order asks. */
import type { FaultRow } from '../fault.ts';

export const roadFaults = {
  'sender-unknown': {
    severity: 'error',
    message: 'No agreement names sender {sender} and receiver {receiver}.',
    hint: 'Add an agreement with these ids to a partner folder, then replay the delivery.',
  },
  'sender-not-carried': {
    severity: 'error',
    message: 'The sender {sender} belongs to {partner}, but the endpoint {endpoint} may not carry it.',
    hint: "A possible forgery. If the partner really sends this way, add it to the endpoint's carries, then replay the delivery.",
  },
  'usage-differs': {
    severity: 'error',
    message:
      'The interchange of {sender} is marked as production, but the agreement {agreement} is for tests.',
    hint: 'Ask the partner. When it has gone live, set the usage of the agreement to production, then replay the delivery.',
  },
  'partner-held': {
    severity: 'error',
    message: 'The partner {partner} is held: {because}',
    hint: 'Mend the file; "portolan partner check" shows every problem. The gateway takes it up by itself, and nothing of theirs is lost meanwhile.',
  },
  'interchange-waits': {
    severity: 'error',
    message: 'The interchange of {sender} waits for {partner}, who is held: {because}',
    hint: 'Mend the file; "portolan partner check" shows every problem. The delivery is then processed by itself.',
  },
  'guide-broken': {
    severity: 'error',
    message: 'The guide {guide}, which reads this {type}, is broken: {because}',
    hint: 'Mend it; "portolan partner check" shows every problem. The message is then read by itself.',
  },
  'delivery-empty': {
    severity: 'error',
    message: 'The file {name} holds no interchange.',
    hint: 'Ask the partner whether the file was cut or sent by mistake; reject the fault when it is clear.',
  },
  'interchange-not-stored': {
    severity: 'error',
    message: 'The interchange {control} could not be stored: {reason}.',
    hint: 'Nothing of it was processed or answered. Correct what the reason names, then replay the delivery.',
  },
  'file-not-taken': {
    severity: 'error',
    message: 'The file {name} at {endpoint} cannot be taken: {reason}.',
    hint: 'Mend what the reason says. The file is tried again by itself; reject the fault when it was taken, or is not wanted.',
  },
  'apikey-expires': {
    severity: 'warning',
    message: 'The API key {prefix} of {endpoint} ends at {expires}, and {because}.',
    hint: 'Roll it with "portolan apikey roll", give the new key to the partner, and see with "portolan apikey list" that it is used.',
  },
  'partner-silent': {
    severity: 'warning',
    message: 'Nothing was received at {endpoint} since {since}; something is expected every {every}.',
    hint: 'Ask the partner whether anything was sent, and where to. The fault ends by itself when something comes.',
  },
  'send-waits': {
    severity: 'error',
    message: 'What waits to be sent over {endpoint} waits since {since}: {reason}.',
    hint: '"portolan partner probe" explains what is wrong with an endpoint. Everything is sent by itself once it can be.',
  },
  'endpoint-down': {
    severity: 'error',
    message: '{endpoint} cannot be {used} since {since}: {reason}.',
    hint: '"portolan partner probe" explains what is wrong. It is tried again by itself, and nothing is lost meanwhile; "portolan partner retry" tries it at once.',
  },
  'host-key-changed': {
    severity: 'error',
    message: 'The server of {endpoint} shows the host key {shown}; pinned is {pinned}.',
    hint: 'Perhaps somebody stands between. Ask the partner, by another way than mail, which key is theirs; add it to hostKeys only then. Nothing is sent or fetched meanwhile.',
  },
  'disk-full': {
    severity: 'error',
    message: 'The disk of {place} on {host} has no room.',
    hint: 'Make room. Files stay where they are until then, and are taken by themselves afterwards.',
  },
  'control-number-reused': {
    severity: 'error',
    message: 'The control number {control} came before, in delivery {first}, with other bytes.',
    hint: 'Ask the partner. If both are meant, accept the duplicate; if not, reject it.',
    answer: { ta105: '025', uci: '26' },
  },
  'message-not-handled': {
    severity: 'error',
    message: 'A {type} arrived, and nothing here deals with that type.',
    hint: 'Read it in the delivery and deal with it by hand, then reject the fault.',
  },
  'guide-missing': {
    severity: 'error',
    message: 'No guide of {partner} reads {type} in version {version}.',
    hint: 'Add the guide to the partner\'s folder, check it with "portolan partner check", then replay the fault.',
  },
  'data-not-mapped': {
    severity: 'info',
    message: 'No line of the guide reads {tag} element {element}: {value}.',
    hint: 'Bind it in the guide, or add an ignore line that says why it does not matter.',
  },
  'purpose-not-decided': {
    severity: 'error',
    message: 'The order {number} came with the purpose {purpose}, which is acknowledged but not decided.',
    hint: 'Deal with the change by hand at its order, tell the partner, then reject the fault.',
  },
  'change-not-decided': {
    severity: 'error',
    message: '{type} asks to change order {number}; changes are acknowledged but not decided.',
    hint: 'Deal with the change by hand at its order, tell the partner, then reject the fault.',
  },
  'document-waits': {
    severity: 'error',
    message: 'The {type} {number} arrived ({canonical}), and no rule deals with it: {because}.',
    hint: 'Read it with its message and deal with it, then accept the fault; reject it where it is not meant.',
  },
  'order-duplicate': {
    severity: 'error',
    message: 'Order {number} for ship-to {shipTo} came before, as order {first}.',
    hint: 'Accept the duplicate if the partner means a second order; else reject it.',
  },
  'nothing-to-acknowledge': {
    severity: 'error',
    message: 'The interchange {control} holds nothing that may be acknowledged.',
    hint: 'Reject the fault; tell the partner if it waits for an acknowledgment.',
  },
  'acknowledgment-unmatched': {
    severity: 'error',
    message: 'A {type} speaks of {control}, which we did not send to this partner. It says: {said}',
    hint: 'Ask the partner what it answers; reject the fault when it is clear.',
  },
  'acknowledgment-ambiguous': {
    severity: 'error',
    message: 'A {type} names several documents of ours at once: {documents}. It says: {said}',
    hint: 'Find out which of them it means, deal with that one by hand, then reject the fault.',
  },
  'acknowledgment-unclear': {
    severity: 'error',
    message: 'A {type} does not say whether these were accepted: {documents}.',
    hint: 'Ask the partner; reject the fault when it is clear.',
  },
  'acknowledgment-contradicts': {
    severity: 'error',
    message:
      'A {type} accepts our {document}, which the partner refused by its {before}; it was not sent again since.',
    hint: 'The document stays refused. Ask the partner which of both holds; send it again if it must, then reject the fault.',
  },
  'text-from-partner': {
    severity: 'warning',
    message: 'The partner writes: {text}',
    hint: 'Read it in the delivery and act on it, then reject the fault.',
  },
  'interchange-refused': {
    severity: 'error',
    message: "The partner's TA1 for our interchange {control} says {value}: {note}.",
    hint: 'Correct the envelope of the agreement, or ask the partner, then resend the documents and reject the fault.',
  },
  'document-refused': {
    severity: 'error',
    message: 'The partner refused {document} by its {by}: {reasons}.',
    hint: 'Correct the guide or the data, then tell the partner; the order has a deadline for this document.',
  },
  'certificate-expires': {
    severity: 'warning',
    message: 'The certificate {fingerprint} of {whose}{users} expires on {date}: less than {left} left.',
    hint: '{mend}. See docs/keys.md; the fault is withdrawn by itself.',
  },
  'certificate-expired': {
    severity: 'error',
    message: 'The certificate {fingerprint} of {whose}{users} expired on {date}.',
    hint: '{mend}. See docs/keys.md; the fault is withdrawn by itself.',
  },
  'step-failed': {
    severity: 'error',
    message: 'The step {stage} failed again and again: {reason}.',
    hint: 'Mend what the error names, then replay the fault.',
  },
  'delimiter-in-data': {
    severity: 'error',
    message: '{tag} element {element} holds the delimiter {delimiter}: {value}.',
    hint: 'Change the data, or agree on other delimiters with the partner: X12 has no way to escape one.',
  },
  'character-not-writable': {
    severity: 'error',
    message: '{tag} element {element} holds {character}, which {charset} does not have: {value}.',
    hint: 'Change the data, or agree on a wider character set with the partner.',
  },
  'repetition-not-writable': {
    severity: 'error',
    message: '{tag} element {element} repeats, but the interchange has no repetition separator.',
    hint: 'Write the message in a version with repetitions, or give the values in segments of their own.',
  },
  'segment-not-writable': {
    severity: 'error',
    message: '{tag} cannot be written: {rule}.',
    hint: 'Correct the guide. Headers, trailers, counts and the ids of levels are made when a message is written.',
  },
  'envelope-not-writable': {
    severity: 'error',
    message: '{tag} element {element} cannot be "{value}": it takes {rule}.',
    hint: "Correct the agreement's ids, versions or control numbers.",
  },
  'separators-not-writable': {
    severity: 'error',
    message: 'The separators {value} cannot be used: {rule}.',
    hint: "Correct the agreement's separators.",
  },
  'item-unknown': {
    severity: 'warning',
    message: 'Line {line} orders {value}, which is no item of ours.',
    hint: 'Load the item, or what the partner calls it, with `portolan load items`.',
  },
  'quantity-not-positive': {
    severity: 'warning',
    message: 'Line {line} orders a quantity of {value}.',
    hint: 'Ask the buyer what the line means; it was rejected.',
  },
  'line-number-repeated': {
    severity: 'warning',
    message: 'Line number {line} is used again in the same order.',
    hint: 'Only the first line of that number was considered: answers name lines by number.',
  },
  'unit-differs': {
    severity: 'warning',
    message: 'Line {line} orders {sku} by the {value}; we stock it by the {unit}.',
    hint: 'Correct the unit in the partner guide, or release the order if both mean the same quantity.',
  },
  'currency-differs': {
    severity: 'warning',
    message: 'The order is in {value}; our price for {sku} on line {line} is in {currency}.',
    hint: 'Load a price in the currency of the order, then release the order.',
  },
  'price-missing': {
    severity: 'warning',
    message: 'Line {line} gives no price for {sku}.',
    hint: "Release the order to take our price, or set the partner's policy missingPrice to ours.",
  },
  'price-unlisted': {
    severity: 'warning',
    message: 'We have no price for {sku} (line {line}), so the price of the order cannot be checked.',
    hint: "Load a price with `portolan load prices`, or release the order to take the buyer's price.",
  },
  'price-outside-tolerance': {
    severity: 'warning',
    message:
      'Line {line} orders {sku} at {value}; our price is {price}, and the difference exceeds the tolerance.',
    hint: "Release the order to accept the buyer's price, or reject it.",
  },
  'date-too-early': {
    severity: 'warning',
    message: 'The order asks for shipment by {value}; the earliest we can ship is {earliest}.',
    hint: 'Release the order to promise the later date, or reject it.',
  },
  'cancel-date-too-early': {
    severity: 'warning',
    message: 'The buyer cancels what has not shipped by {value}; the earliest we can ship is {earliest}.',
    hint: 'Ask the buyer for a later date, then release the order, or reject it.',
  },
  'load-row-invalid': {
    severity: 'error',
    message: '{row}: {problem}',
    hint: 'Correct the file and load it again; docs/orders.md lists the columns.',
  },
  'value-missing': {
    severity: 'error',
    message: '{name} is missing: {tag} element {element} should carry it.',
    hint: 'Send the value; that it must be there stands in {guide}. {says}',
    answer: { ik403: 'I9', ik502: 'I5' },
  },
  'value-unreadable': {
    severity: 'error',
    message: '{tag} element {element} should be {expected}, but holds {value}.',
    hint: 'Correct the value and send the message again.',
    answer: { ik403: 'I12', ik502: 'I5' },
  },
  'code-unmapped': {
    severity: 'error',
    message: 'The guide gives no meaning to {value} in {tag} element {element}.',
    hint: 'Add the code to the table that {guide} names, or ask the partner what it means.',
    answer: { ik403: 'I6', ik502: 'I5' },
  },
  'code-not-allowed': {
    severity: 'error',
    message: '{guide} has no code for {value} in {tag} element {element}.',
    hint: 'The partner does not take this answer. Decide otherwise, or agree on a code and add it to the guide.',
  },
  'value-unwritable': {
    severity: 'error',
    message: '{guide} writes {tag} element {element} as {expected}, which cannot hold {value}.',
    hint: 'Change the value, or let the guide write it otherwise.',
  },
  'value-too-long': {
    severity: 'error',
    message: '{tag} element {element} takes at most {max} characters: {value}.',
    hint: 'Shorten the value, or let the guide cut it.',
  },
  'document-invalid': {
    severity: 'error',
    message: 'The {canonical} is not complete: {name}: {problem}.',
    hint: 'Correct the message and send it again, or complete the guide.',
  },
  'message-shapeless': {
    severity: 'error',
    message: 'The {type} cannot be read: its segments do not follow the structure of the standard.',
    hint: 'Correct the faults of the message first.',
  },
} as const satisfies Record<string, FaultRow>;

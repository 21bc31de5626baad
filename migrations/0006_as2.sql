-- AS2 messages, both ways, as evidence and as the promise that nothing is taken or sent twice.
create table as2_messages (
  id bigint generated always as identity primary key,
  direction text not null check (direction in ('in', 'out')),
  endpoint text not null,
  us text not null,
  them text not null,
  message_id text not null,
  -- in: begun (stored, not looked into yet), accepted, refused, repeated (the same content under the same id, encrypted anew),
  -- conflict (other content under an accepted id).
  -- out: made, posted (they have it; its MDN is awaited), delivered, refused, unanswered.
  state text not null check (state in ('begun', 'accepted', 'refused', 'repeated', 'conflict',
    'made', 'posted', 'delivered', 'unanswered')),
  -- Of the body as it travelled.
  digest bytea not null,
  size bigint not null,
  headers jsonb not null,
  -- How it was packed, by whom it was signed, where it came from.
  facts jsonb not null default '{}',
  -- in: the MIC that our MDN names. out: the MICs that theirs may name, by digest.
  mic jsonb,
  -- How the MDN judges it: '' for processed.
  modifier text,
  reason text,
  delivery_id bigint references deliveries on delete set null,
  transmission_id bigint references transmissions on delete cascade,
  -- in: the MDN that we give. out: the one that came back.
  mdn_headers jsonb,
  mdn bytea,
  -- in: an asynchronous MDN of ours waits to be sent, or was. out: one of theirs is due.
  mdn_state text check (mdn_state in ('due', 'sent', 'given-up', 'received')),
  mdn_due_at timestamptz,
  mdn_at timestamptz,
  -- out: a person asked for it to be made again, under an id of its own.
  renewed_at timestamptz,
  -- in: how often the same bytes came again. out: how often it was posted.
  times int not null default 0,
  at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
create unique index as2_accepted_once on as2_messages (us, them, message_id) where state = 'accepted';
create unique index as2_sent_once on as2_messages (message_id) where direction = 'out';
create index as2_by_id on as2_messages (message_id);
create index as2_by_delivery on as2_messages (delivery_id) where delivery_id is not null;
create index as2_by_transmission on as2_messages (transmission_id, id) where transmission_id is not null;
create index as2_unanswered on as2_messages (mdn_due_at) where state = 'posted';

-- Bytes of a message in pieces of at most 256 KiB. raw: as it travelled. decrypted: what was inside the encryption.
-- signature: the signature alone.
create table as2_chunks (
  message_id bigint not null references as2_messages on delete cascade,
  part text not null check (part in ('raw', 'decrypted', 'signature')),
  seq int not null,
  bytes bytea not null,
  primary key (message_id, part, seq)
);
alter table as2_chunks alter column bytes set storage external;

-- When the partner's receipt came: sent says that the bytes left, delivered that they are there.
alter table transmissions add column delivered_at timestamptz;

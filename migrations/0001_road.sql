-- The road's tables. PostgreSQL is the only source of truth; every unique key here is a promise that a step may run twice.

-- One file as it arrived, stored before anything looks inside.
create table deliveries (
  id bigint generated always as identity primary key,
  endpoint text not null,
  -- Identity at the source (path, size, time, or an idempotency key): the same file seen again is not a new delivery.
  source text,
  name text not null,
  size bigint not null,
  digest bytea not null,
  received_at timestamptz not null default now(),
  state text not null default 'received' check (state in ('received', 'translated', 'held', 'rejected')),
  replay_of bigint references deliveries,
  -- Identities of interchanges whose repeated control number a person accepted.
  accepted text[],
  translated_at timestamptz
);
create unique index deliveries_source on deliveries (endpoint, source);
create index deliveries_digest on deliveries (digest);
create index deliveries_received on deliveries (received_at desc);

-- Its bytes in pieces of at most 256 KiB, each a gzip member of its own.
create table chunks (
  delivery_id bigint not null references deliveries on delete cascade,
  seq int not null,
  bytes bytea not null,
  primary key (delivery_id, seq)
);
alter table chunks alter column bytes set storage external;

-- One interchange that we received.
create table interchanges (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references deliveries on delete cascade,
  ordinal int not null,
  partner text,
  agreement text,
  standard text not null,
  control text not null,
  sender_qualifier text not null,
  sender text not null,
  receiver_qualifier text not null,
  receiver text not null,
  version text not null,
  test boolean not null,
  -- Standard, ids and control number: whoever has it first is processed. null: out of its window, held or a repeat.
  identity text,
  digest bytea not null,
  state text not null check (state in ('translated', 'rejected', 'held', 'duplicate')),
  duplicate_of bigint references interchanges,
  -- What an acknowledgment needs of the envelope and the groups, without the messages.
  receipt jsonb not null,
  created_at timestamptz not null default now()
);
create unique index interchanges_identity on interchanges (identity);
create index interchanges_delivery on interchanges (delivery_id, ordinal);
create index interchanges_created on interchanges (created_at desc);

-- One message of a received interchange.
create table messages (
  id bigint generated always as identity primary key,
  interchange_id bigint not null references interchanges on delete cascade,
  group_ordinal int not null,
  ordinal int not null,
  type text not null,
  control text not null,
  version text not null,
  segments int not null,
  "offset" bigint not null,
  verdict text not null check (verdict in ('accepted', 'noted', 'rejected')),
  -- mapped: became an order or was matched. held: waits for a person. rejected: answered so. test: looked at only.
  state text not null check (state in ('mapped', 'held', 'rejected', 'test')),
  guide text,
  faults jsonb not null default '[]',
  -- What the message says in canonical or receipt form, where it became no order: held orders, acknowledgments, tests.
  content jsonb
);
create index messages_interchange on messages (interchange_id, group_ordinal, ordinal);
create index messages_state on messages (state) where state = 'held';

create table orders (
  id bigint generated always as identity primary key,
  partner text not null,
  agreement text not null,
  number text not null,
  -- Number and ship-to: a purchase order number alone is not a key.
  business_key text not null,
  message_id bigint not null,
  delivery_id bigint not null,
  ordered_on date,
  ship_to text,
  currency text,
  line_count int not null,
  amount numeric(18, 2),
  state text not null,
  version int not null default 1,
  document jsonb not null,
  -- Quantities per line; null until decided.
  ledger jsonb,
  decision jsonb,
  received_at timestamptz not null default now(),
  decided_at timestamptz
);
create unique index orders_business_key on orders (partner, business_key);
create index orders_number on orders (number);
create index orders_received on orders (received_at desc);
create index orders_message on orders (message_id);

-- What we owe a partner: due → written → sent → confirmed | refused. held: a person must look.
create table documents (
  id bigint generated always as identity primary key,
  kind text not null,
  partner text not null,
  agreement text not null,
  -- What it answers: 'interchange:7', 'order:12', 'shipment:3'.
  subject text not null,
  interchange_id bigint references interchanges,
  order_id bigint references orders,
  shipment_id bigint,
  state text not null default 'due' check (state in ('due', 'written', 'sent', 'confirmed', 'refused', 'held')),
  test boolean not null default false,
  created_at timestamptz not null default now(),
  -- By when we owe it.
  due_at timestamptz,
  written_at timestamptz,
  sent_at timestamptz,
  -- By when we expect their acknowledgment of it.
  answer_due_at timestamptz,
  answered_at timestamptz,
  answer jsonb,
  transmission_id bigint,
  group_control text,
  message_control text,
  overdue_noted text[] not null default '{}'
);
create unique index documents_once on documents (kind, subject);
create index documents_order on documents (order_id);
create index documents_interchange on documents (interchange_id) where interchange_id is not null;
create index documents_transmission on documents (transmission_id);
create index documents_group on documents (partner, group_control);
create index documents_due on documents (due_at) where state = 'due';
create index documents_unsent on documents (due_at) where state = 'written';
create index documents_unanswered on documents (answer_due_at) where answered_at is null and answer_due_at is not null;

-- One interchange that we made: bytes and control number are frozen in the transaction that made it.
create table transmissions (
  id bigint generated always as identity primary key,
  partner text not null,
  agreement text not null,
  endpoint text not null,
  standard text not null,
  control text not null,
  cycle int not null,
  name text not null,
  size int not null,
  digest bytea not null,
  bytes bytea not null,
  test boolean not null,
  state text not null default 'written' check (state in ('written', 'sent')),
  attempts int not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create unique index transmissions_control on transmissions (agreement, control, cycle);
create index transmissions_partner on transmissions (partner, control);
create index transmissions_created on transmissions (created_at desc);

-- The last number used, by agreement (or 'sscc' for cartons) and scope: interchange, group, message.
create table control_numbers (
  agreement text not null,
  scope text not null,
  last bigint not null,
  cycle int not null default 0,
  primary key (agreement, scope)
);

create table items (
  sku text primary key,
  -- In 14 digits, whatever the length it came in; a UPC or EAN is a GTIN with leading zeros.
  gtin text,
  upc text,
  description text,
  unit text not null default 'each',
  case_pack numeric(12, 3)
);
create index items_gtin on items (gtin);

-- What a partner calls our item.
create table item_names (
  partner text not null,
  name text not null,
  sku text not null references items on delete cascade,
  primary key (partner, name)
);
create index item_names_sku on item_names (sku);

create table stock (
  sku text primary key references items on delete cascade,
  on_hand numeric(21, 6) not null check (on_hand >= 0),
  reserved numeric(21, 6) not null default 0 check (reserved >= 0),
  updated_at timestamptz not null default now()
);

create table prices (
  sku text not null references items on delete cascade,
  -- '' holds for every partner without a price of its own.
  partner text not null default '',
  currency text not null,
  price numeric(18, 6) not null,
  primary key (sku, partner, currency)
);

create table shipments (
  id bigint generated always as identity primary key,
  order_id bigint not null references orders,
  partner text not null,
  number text not null,
  idempotency_key text,
  document jsonb not null,
  shipped_on date not null,
  created_at timestamptz not null default now()
);
create unique index shipments_idempotency on shipments (order_id, idempotency_key);
create index shipments_order on shipments (order_id);

-- What is wrong with what we were sent. waiting: a person must deal with it.
create table faults (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  partner text,
  endpoint text,
  delivery_id bigint references deliveries on delete cascade,
  interchange_id bigint references interchanges on delete cascade,
  message_id bigint references messages on delete cascade,
  order_id bigint references orders on delete cascade,
  document_id bigint references documents on delete cascade,
  code text not null,
  severity text not null,
  message text not null,
  hint text not null,
  position jsonb,
  value text,
  waiting boolean not null default false,
  resolved_at timestamptz,
  resolution text,
  who text,
  why text
);
create index faults_waiting on faults (at) where waiting;
create index faults_message on faults (message_id) where waiting;
create index faults_document on faults (document_id) where waiting;
create index faults_delivery on faults (delivery_id);
create index faults_order on faults (order_id);

-- The timeline: append-only.
create table events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  kind text not null,
  partner text,
  delivery_id bigint,
  interchange_id bigint,
  order_id bigint,
  document_id bigint,
  data jsonb,
  who text,
  why text
);
create index events_order on events (order_id, id);
create index events_delivery on events (delivery_id, id);
create index events_at on events (at desc);

-- The partner queues: what waits for a stage. A step takes its row away in the transaction that has its effect.
create table ready (
  id bigint generated always as identity primary key,
  stage text not null,
  subject bigint not null,
  partner text not null,
  -- Answers with the same batch key may leave in one interchange.
  batch text,
  created_at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  -- Until when a feeder's window holds it; past that it is fed again.
  taken_until timestamptz,
  -- Until when a run that talks to the network holds it, where no transaction may stay open to lock the row.
  running_until timestamptz,
  -- Starts without an end: a row that kills its process is known by them.
  starts int not null default 0,
  failures int not null default 0,
  last_error text,
  quarantined boolean not null default false
)
-- Room on each page, so that taking and starting a row touch no index; rows live for seconds, so the dead are many.
with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create unique index ready_once on ready (stage, subject);
create index ready_waiting on ready (stage, partner, id) where not quarantined;

create table pauses (
  partner text primary key,
  at timestamptz not null default now(),
  who text not null,
  why text not null
);

create table api_keys (
  id bigint generated always as identity primary key,
  prefix text not null unique,
  hash bytea not null,
  endpoint text not null,
  note text,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Who polls a mailbox or sweeps now, over all processes.
create table leases (
  name text primary key,
  holder text not null,
  until timestamptz not null
);

create table endpoint_states (
  endpoint text primary key,
  polled_at timestamptz,
  received_at timestamptz,
  sent_at timestamptz,
  failures int not null default 0,
  last_error text
);

-- Answers of API mutations by Idempotency-Key.
create table idempotency (
  route text not null,
  key text not null,
  digest bytea not null,
  status int not null,
  body jsonb not null,
  at timestamptz not null default now(),
  primary key (route, key)
);

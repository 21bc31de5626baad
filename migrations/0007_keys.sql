-- For AS2: our key pairs, and the certificates of partners that we verify and encrypt with.
create table keys (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('own', 'partner')),
  -- own: the name that an endpoint's `key` gives. partner: the endpoint's name.
  holder text not null,
  usage text not null check (usage in ('both', 'sign', 'encrypt')),
  -- PEM.
  certificate text not null,
  -- SHA-256 of its DER in small hex digits.
  fingerprint text not null,
  -- The private key, sealed with the master secret, which is not in the database.
  sealed bytea,
  -- From when it signs (own) or is encrypted to (partner); it opens and verifies as soon as it is here.
  use_from timestamptz not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  retired_at timestamptz,
  -- The last threshold, in days before its end, at which somebody was told.
  alarmed_days int,
  created_at timestamptz not null default now(),
  who text not null,
  why text not null,
  check ((kind = 'own') = (sealed is not null))
);
create unique index keys_once on keys (kind, holder, fingerprint) where retired_at is null;

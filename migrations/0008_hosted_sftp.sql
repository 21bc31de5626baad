-- The built-in SFTP server: partners who put files here and fetch ours.

-- A file that lies in a partner's folder. in: complete, but under the name of an unfinished one. out: ours, to be fetched.
create table hosted_files (
  id bigint generated always as identity primary key,
  endpoint text not null,
  folder text not null check (folder in ('in', 'out')),
  -- Listings go by code point, a page at a time.
  name text collate "C" not null,
  size bigint not null,
  digest bytea not null,
  at timestamptz not null default now(),
  -- When it was last read to its end.
  fetched_at timestamptz
);
create unique index hosted_files_name on hosted_files (endpoint, folder, name);
create index hosted_files_at on hosted_files (at);

-- Its bytes in pieces of 256 KiB but for the last, each a gzip member of its own.
create table hosted_chunks (
  file_id bigint not null references hosted_files on delete cascade,
  seq int not null,
  bytes bytea not null,
  primary key (file_id, seq)
);
alter table hosted_chunks alter column bytes set storage external;

-- A file of theirs that was received. While it is shown, the same bytes under the same name are the same file.
create table hosted_received (
  id bigint generated always as identity primary key,
  endpoint text not null,
  name text collate "C" not null,
  size bigint not null,
  digest bytea not null,
  at timestamptz not null default now(),
  shown boolean not null default true,
  -- null: it is being received, or that was broken off.
  delivery_id bigint references deliveries on delete cascade
);
create unique index hosted_received_once on hosted_received (endpoint, name, digest) where shown;
create index hosted_received_at on hosted_received (endpoint, at);

-- What is kept of passwords: scrypt.
create table hosted_passwords (
  endpoint text primary key,
  hash text not null,
  at timestamptz not null default now(),
  who text not null
);

-- What the server proves itself with, the same in all processes.
create table hosted_host_keys (
  type text primary key,
  public_key text not null,
  fingerprint text not null,
  -- The private key, sealed with the master secret, which is not in the database.
  sealed bytea not null,
  created_at timestamptz not null default now()
);

-- Which interchange a file in out/ is: whoever fetches it fetches its documents.
create index transmissions_name on transmissions (endpoint, name);

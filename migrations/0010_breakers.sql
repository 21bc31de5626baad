-- How an endpoint fares, by what is done there: which of its mailbox and its counter is left alone until when, over all
-- processes. No row: nothing failed since the last success.
create table breakers (
  endpoint text not null,
  work text not null check (work in ('poll', 'send')),
  failures int not null,
  since timestamptz not null default now(),
  -- Until when nobody tries; past that, one process takes the next try by moving it on.
  until timestamptz,
  reason text not null,
  -- The fingerprint of a host key that was shown and is not pinned.
  host_key text,
  primary key (endpoint, work)
);

-- Since when the disk has no room, as a process saw it last: 'spool' or 'database'.
create table disks_full (
  place text not null,
  host text not null,
  since timestamptz not null default now(),
  primary key (place, host)
);

create index transmissions_written on transmissions (endpoint, created_at) where state = 'written';
create index deliveries_endpoint on deliveries (endpoint, received_at desc);

-- Alarms are looked for by what they are about, whether they wait or not.
create index faults_alarms on faults (code, value, at)
  where code in ('partner-silent', 'send-waits', 'endpoint-down', 'host-key-changed', 'disk-full');

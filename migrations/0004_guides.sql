-- The guide that wrote a document, 'name@digest' as in messages.guide; null: written without one, or before this column was.
alter table documents add column guide text;
-- Which canonical document stands in a message's content; null: none.
alter table messages add column canonical text;
-- Tables for lookups, kept for a partner: one row for each, replaced as a whole. The id is new with each version.
create table lookup_tables (
  partner text not null,
  name text not null,
  id bigint generated always as identity,
  columns text[] not null,
  -- An array of rows, each an array of texts in the order of the columns.
  rows jsonb not null,
  row_count int not null,
  loaded_at timestamptz not null default now(),
  who text not null,
  primary key (partner, name)
);

-- Whether items were loaded since somebody looked: only these events are asked for so.
create index events_loaded on events (id) where kind = 'loaded';

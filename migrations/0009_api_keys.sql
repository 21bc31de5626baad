-- When a key was last used (to the minute), which key follows it, and the last threshold, in days before its end, at which
-- somebody was told.
alter table api_keys add column last_used_at timestamptz;
alter table api_keys add column successor text;
alter table api_keys add column alarmed_days int;

-- Answers are kept for a month, then swept.
create index idempotency_at on idempotency (at);

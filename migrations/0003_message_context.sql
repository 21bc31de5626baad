-- What an acknowledgment repeats of a message besides its faults (a 999's CTX, AK203, AK303); null where there is nothing.
alter table messages add column context jsonb;

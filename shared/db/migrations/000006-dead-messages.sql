-- Dead letters for people: a message that could not be stored whole is kept once, with all its bytes, and beside it
-- one letter for each of its refused records. So any of it can be carried again.

alter table dead_letter rename to dead_letter_before;
alter sequence dead_letter_id_seq rename to dead_letter_before_id_seq;
alter index dead_letter_pkey rename to dead_letter_before_pkey;
drop index dead_letter_received;
drop index dead_letter_reason;

create table dead_message (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  source text not null check (source in ('mqtt', 'http')),
  topic text not null,
  payload bytea not null check (length(payload) <= 1048576),
  size int not null check (size >= length(payload)),
  qos smallint not null check (qos between 0 and 2),
  retained boolean not null,
  username text,
  attempts int not null default 0 check (attempts >= 0),
  leased_until timestamptz,
  waiting boolean not null,
  letters int not null check (letters > 0)
);
comment on table dead_message is 'Messages with refused records, as they came. The id stays the same however often a message is carried again.';
comment on column dead_message.received_at is 'Time of the first arrival: carried again, a message is judged as if it came then.';
comment on column dead_message.size is 'Bytes as they came. The payload holds fewer where they were more than 1 MiB: such a message is not carried again.';
comment on column dead_message.username is 'Of the connection that published it, where the embedded broker knew one.';
comment on column dead_message.attempts is 'How often it was carried again and came back.';
comment on column dead_message.leased_until is 'Somebody carries it again, and has until then, by the clock of the database.';
comment on column dead_message.waiting is 'One of its letters names a device that waits for its registration or birth: kept by other bounds, and carried again by itself.';
comment on column dead_message.letters is 'Number of its rows in dead_letter.';

create table dead_letter (
  id bigint generated always as identity primary key,
  message_id bigint not null references dead_message on delete cascade,
  reason text not null,
  field text,
  value text,
  detail text not null,
  remedy text not null,
  school_code text,
  format text,
  device_name text,
  check ((format is null) = (device_name is null))
);
comment on table dead_letter is 'One refused record of a dead message, with the reason and what its sender can do.';
comment on column dead_letter.value is 'The value at fault, cut where it is long; null where it might name a person.';
comment on column dead_letter.device_name is 'What waits: the name of a device in the words of its format (native: school/device). Of a message with several devices each has its letter.';

-- Before, each letter kept a share of its message's bytes: the first of them all, at most 64 KiB, the others what was
-- left of that. Letters of the same arrival, topic and bytes were one message; one whose bytes were cut short belongs
-- to the message of that arrival and topic which begins with them.
alter table dead_letter_before add column message_id bigint;
alter table dead_letter_before add column cut boolean;
update dead_letter_before b set message_id = found.message_id, cut = found.cut
from (
  select id, was_cut as cut,
    min(id) over (partition by received_at, source, topic, md5(payload), was_cut) as message_id
  from (select *, detail ~ ' \(\d+ of \d+ bytes kept\)$' as was_cut from dead_letter_before) known
) found
where found.id = b.id;
create index on dead_letter_before (received_at, topic);
update dead_letter_before b set message_id = found.message_id
from (
  select distinct on (part.id) part.id, whole.message_id
  from dead_letter_before part
  join dead_letter_before whole on whole.received_at = part.received_at and whole.topic = part.topic
    and whole.source = part.source and length(whole.payload) > length(part.payload)
    and substring(whole.payload for length(part.payload)) = part.payload
  where part.cut
  order by part.id, length(whole.payload) desc, whole.id
) found
where found.id = b.id;
create index on dead_letter_before (message_id);

-- How they were published was not kept: QoS 1 is what the protocol asks for.
insert into dead_message (id, received_at, source, topic, payload, size, qos, retained, waiting, letters)
overriding system value
select id, received_at, source, topic, payload,
  coalesce(substring(detail from ' \(\d+ of (\d+) bytes kept\)$')::int, length(payload)), 1, false, false,
  (select count(*) from dead_letter_before other where other.message_id = b.id)
from dead_letter_before b
where id = message_id
order by id;
select setval(pg_get_serial_sequence('dead_message', 'id'), (select coalesce(max(id), 0) + 1 from dead_message), false);
insert into dead_letter (message_id, reason, field, detail, remedy, school_code)
select message_id, reason, field, regexp_replace(detail, ' \(\d+ of \d+ bytes kept\)$', ''), remedy, school_code
from dead_letter_before
order by id;
drop table dead_letter_before;

create index dead_message_received on dead_message (received_at) include (letters);
create index dead_message_kept on dead_message (waiting, id) include (letters, size);
create index dead_letter_message on dead_letter (message_id);
create index dead_letter_reason on dead_letter (reason, message_id);
create index dead_letter_school on dead_letter (school_code, message_id);
create index dead_letter_waiting on dead_letter (reason, format, device_name, message_id) where device_name is not null;

-- Ids follow the order of arrival: the lowest of a device is its first message, the highest its last.
create view waiting_device as
select named.reason, named.format, named.name, first.received_at as first_seen, last.received_at as last_seen,
  named.messages, last.topic as last_topic, last.id as last_message
from (
  select reason, format, device_name as name, count(distinct message_id) as messages, min(message_id) as first_message,
    max(message_id) as last_message
  from dead_letter
  where device_name is not null
  group by reason, format, device_name
) named
join dead_message first on first.id = named.first_message
join dead_message last on last.id = named.last_message;
comment on view waiting_device is 'Devices whose messages wait for their registration (unregistered-device) or birth (no-birth).';

-- What arrives. Every dedupe key is NOT NULL, so that a message sent twice is stored once.

create table reading (
  ts timestamptz not null,
  device_id int not null,
  metric_id smallint not null,
  value double precision not null,
  quality smallint not null,
  primary key (device_id, metric_id, ts)
);
comment on column reading.quality is 'Bits: 1 time of arrival used, 2 came late (after its slot), 4 retained by the broker.';
select create_hypertable('reading', by_range('ts', interval '1 day'));
alter table reading set (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'device_id, metric_id',
  timescaledb.compress_orderby = 'ts'
);

-- The newest reading of each device and metric; never moves back in time.
create table reading_latest (
  device_id int not null,
  metric_id smallint not null,
  ts timestamptz not null,
  value double precision not null,
  quality smallint not null,
  primary key (device_id, metric_id)
) with (fillfactor = 60);

-- The roll of one class for one session. Every revision is kept; the highest one counts.
create table roll (
  day date not null,
  school_id int not null,
  session text not null check (session in ('morning', 'afternoon')),
  class text not null,
  revision int not null check (revision >= 0),
  message_id text not null,
  enrolled int not null check (enrolled >= 0),
  present int not null check (present >= 0),
  late int not null check (late >= 0),
  excused int not null check (excused >= 0),
  unexcused int not null check (unexcused >= 0),
  consistent boolean not null,
  taken_at timestamptz not null,
  received_at timestamptz not null,
  primary key (school_id, day, session, class, revision)
);
comment on column roll.consistent is 'present + excused + unexcused = enrolled and late <= present. An inconsistent roll counts as taken, but not in rates.';
select create_hypertable('roll', by_range('day', interval '1 month'));

create table roll_current (
  school_id int not null,
  day date not null,
  session text not null,
  class text not null,
  revision int not null,
  enrolled int not null,
  present int not null,
  late int not null,
  excused int not null,
  unexcused int not null,
  consistent boolean not null,
  taken_at timestamptz not null,
  received_at timestamptz not null,
  primary key (school_id, day, session, class)
) with (fillfactor = 70);
create index roll_current_day on roll_current (day);

-- One passage at a gate, without any identity.
create table checkin (
  ts timestamptz not null,
  school_id int not null,
  message_id text not null,
  direction text not null check (direction in ('in', 'out')),
  gate text not null,
  received_at timestamptz not null,
  primary key (school_id, message_id, ts)
);
select create_hypertable('checkin', by_range('ts', interval '7 days'));

create table school_status (
  since timestamptz not null,
  school_id int not null,
  open boolean not null,
  reason text not null,
  received_at timestamptz not null,
  primary key (school_id, since)
);
select create_hypertable('school_status', by_range('since', interval '1 month'));

create table school_status_current (
  school_id int primary key,
  since timestamptz not null,
  open boolean not null,
  reason text not null,
  received_at timestamptz not null
);

create table device_connection (
  ts timestamptz not null,
  device_id int not null,
  online boolean not null,
  primary key (device_id, ts)
);
select create_hypertable('device_connection', by_range('ts', interval '7 days'));

create table device_connection_current (
  device_id int primary key,
  ts timestamptz not null,
  online boolean not null
);

-- Messages that could not be stored: kept with their bytes, counted and visible.
create table dead_letter (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  source text not null check (source in ('mqtt', 'http')),
  topic text not null,
  payload bytea not null,
  reason text not null,
  field text,
  detail text not null,
  remedy text not null,
  school_code text
);
create index dead_letter_received on dead_letter (received_at desc);
create index dead_letter_reason on dead_letter (reason, received_at desc);

-- What one store transaction changed, written in that transaction. Readers follow it by (xid, seq) and stop
-- below the oldest transaction still running, so a late commit is never missed. Kept for a day.
create table journal (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('readings', 'rolls', 'checkins', 'status', 'connections', 'dead_letters')),
  messages int not null,
  school_ids int[] not null,
  body jsonb,
  device_ids int[],
  metric_ids smallint[],
  times timestamptz[],
  amounts double precision[]
);
comment on table journal is 'messages: how many arrived. kind readings: four parallel arrays of the rows really inserted. Other kinds: school_ids, and in body what the kind needs.';
create index journal_position on journal (xid, seq);

-- The schema as all migrations together make it: written by `npm run schema`, kept equal by a test, so that a
-- change can be read as the difference it makes. It is for reading; databases are made by shared/db/migrations.

create table area (
  id integer not null generated always as identity,
  code text not null,
  kind text not null,
  name_vi text not null,
  full_name_vi text not null,
  name_en text not null,
  terrain text,
  lat double precision,
  lon double precision,
  tile_row smallint,
  tile_col smallint,
  valid_from date not null,
  valid_to date,
  PRIMARY KEY (id),
  UNIQUE (code),
  CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
  CHECK ((code <> ''::text)),
  CHECK ((kind = ANY (ARRAY['province'::text, 'district'::text, 'commune'::text]))),
  CHECK ((terrain = ANY (ARRAY['coastal'::text, 'plain'::text, 'midland'::text, 'mountain'::text, 'high-mountain'::text])))
);
comment on table area is 'Units of the province. valid_to is the last day the unit existed; null while it exists.';

create table area_edge (
  tree text not null,
  area_id integer not null,
  parent_id integer not null,
  valid_from date not null,
  valid_to date,
  PRIMARY KEY (tree, area_id, valid_from),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (parent_id) REFERENCES area(id),
  FOREIGN KEY (tree) REFERENCES area_tree(id),
  CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
  CHECK ((area_id <> parent_id))
);

create table area_tree (
  id text not null,
  name_vi text not null,
  name_en text not null,
  PRIMARY KEY (id)
);
comment on table area_tree is 'Several trees over the same schools: the law of the day, and the former districts kept for comparison.';

create table broker_drops (
  broker text not null,
  dropped bigint not null,
  increase bigint not null default 0,
  increased_at timestamp with time zone,
  PRIMARY KEY (broker)
);
comment on table broker_drops is 'The count of dropped messages that a broker last told of, and its last increase: also one while no program of ours ran.';

create table broker_session (
  broker text not null,
  client_id text not null,
  owner text not null,
  filters text[] not null default '{}'::text[],
  settled boolean not null default false,
  seen_at timestamp with time zone,
  lost_at timestamp with time zone,
  lost_after interval,
  holder text,
  held_until timestamp with time zone,
  PRIMARY KEY (broker, client_id)
);
comment on table broker_session is 'Sessions of ours at MQTT brokers. Each is connected by at most one program: the one that holds its lease.';
comment on column broker_session.broker is 'host:port.';
comment on column broker_session.owner is 'MQTT_CLIENT_ID: programs of one owner share its sessions.';
comment on column broker_session.filters is 'Topic filters the broker may have for it; exactly those once settled.';
comment on column broker_session.seen_at is 'Last sign of life of its connection.';
comment on column broker_session.lost_at is 'When a connection last found that the broker had forgotten it, after an absence of lost_after.';
comment on column broker_session.holder is 'The program whose lease it is until held_until. A row, because a lock of a session does not exist everywhere.';

create table calendar_entry (
  id integer not null generated always as identity,
  kind text not null,
  first_day date not null,
  last_day date not null,
  area_id integer,
  name_vi text not null,
  name_en text not null,
  source text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (area_id) REFERENCES area(id),
  CHECK ((kind = ANY (ARRAY['term'::text, 'holiday'::text, 'closure'::text, 'make_up'::text]))),
  CHECK ((last_day >= first_day))
);

create table checkin (
  ts timestamp with time zone not null,
  school_id integer not null,
  message_id text not null,
  direction text not null,
  gate text not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (school_id, message_id, ts),
  CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
);
-- hypertable by ts, chunks of 7 days

create table dead_letter (
  id bigint not null generated always as identity,
  message_id bigint not null,
  reason text not null,
  field text,
  value text,
  detail text not null,
  remedy text not null,
  school_code text,
  format text,
  device_name text,
  PRIMARY KEY (id),
  FOREIGN KEY (message_id) REFERENCES dead_message(id) ON DELETE CASCADE,
  CHECK (((format IS NULL) = (device_name IS NULL)))
);
comment on table dead_letter is 'One refused record of a dead message, with the reason and what its sender can do.';
comment on column dead_letter.value is 'The value at fault, cut where it is long; null where it might name a person.';
comment on column dead_letter.device_name is 'What waits: the name of a device in the words of its format (native: school/device). Of a message with several devices each has its letter.';

create table dead_message (
  id bigint not null generated always as identity,
  received_at timestamp with time zone not null,
  source text not null,
  topic text not null,
  payload bytea not null,
  size integer not null,
  qos smallint not null,
  retained boolean not null,
  username text,
  attempts integer not null default 0,
  leased_until timestamp with time zone,
  waiting boolean not null,
  letters integer not null,
  PRIMARY KEY (id),
  CHECK (((qos >= 0) AND (qos <= 2))),
  CHECK ((attempts >= 0)),
  CHECK ((length(payload) <= 1048576)),
  CHECK ((letters > 0)),
  CHECK ((size >= length(payload))),
  CHECK ((source = ANY (ARRAY['mqtt'::text, 'http'::text])))
);
comment on table dead_message is 'Messages with refused records, as they came. The id stays the same however often a message is carried again.';
comment on column dead_message.received_at is 'Time of the first arrival: carried again, a message is judged as if it came then.';
comment on column dead_message.size is 'Bytes as they came. The payload holds fewer where they were more than 1 MiB: such a message is not carried again.';
comment on column dead_message.username is 'Of the connection that published it, where the embedded broker knew one.';
comment on column dead_message.attempts is 'How often it was carried again and came back.';
comment on column dead_message.leased_until is 'Somebody carries it again, and has until then, by the clock of the database.';
comment on column dead_message.waiting is 'One of its letters names a device that waits for its registration or birth: kept by other bounds, and carried again by itself.';
comment on column dead_message.letters is 'Number of its rows in dead_letter.';

create table device (
  id integer not null generated always as identity,
  school_id integer not null,
  site_id integer not null,
  code text not null,
  kind text not null,
  room text,
  room_kind text,
  interval_s integer not null,
  river_station text,
  valid_from date not null,
  valid_to date,
  simulated boolean not null default false,
  PRIMARY KEY (id),
  UNIQUE (school_id, code),
  FOREIGN KEY (river_station) REFERENCES river_station(code),
  FOREIGN KEY (school_id) REFERENCES school(id) ON DELETE CASCADE,
  FOREIGN KEY (site_id) REFERENCES site(id),
  CHECK (((interval_s >= 1) AND (interval_s <= 86400))),
  CHECK ((code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'::text)),
  CHECK ((kind = ANY (ARRAY['gateway'::text, 'room'::text, 'outdoor'::text, 'river'::text, 'yard'::text]))),
  CHECK ((room_kind = ANY (ARRAY['classroom'::text, 'laboratory'::text, 'boarding'::text, 'kitchen'::text, 'office'::text, 'outdoor'::text])))
);

create table device_alias (
  format text not null,
  name text not null,
  device_id integer not null,
  PRIMARY KEY (format, name),
  FOREIGN KEY (device_id) REFERENCES device(id) ON DELETE CASCADE,
  CHECK (((name <> ''::text) AND (length(name) <= 200)))
);
comment on table device_alias is 'The name by which a payload format calls a registered device, such as a devEui or group/edge/device.';

create table device_connection (
  ts timestamp with time zone not null,
  device_id integer not null,
  online boolean not null,
  PRIMARY KEY (device_id, ts)
);
-- hypertable by ts, chunks of 7 days

create table device_connection_current (
  device_id integer not null,
  ts timestamp with time zone not null,
  online boolean not null,
  PRIMARY KEY (device_id)
);

create table device_credential (
  device_id integer not null,
  username text not null,
  secret_hash text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  PRIMARY KEY (device_id),
  UNIQUE (username),
  FOREIGN KEY (device_id) REFERENCES device(id) ON DELETE CASCADE
);
comment on column device_credential.secret_hash is 'scrypt; the secret itself is never stored.';

create table device_description (
  format text not null,
  name text not null,
  at timestamp with time zone not null,
  body jsonb not null,
  PRIMARY KEY (format, name)
);
comment on table device_description is 'What a device said about itself (a Sparkplug birth, a Homie $description): its later messages cannot be read without it. Kept 400 days after it was said.';

create table device_seen (
  device_id integer not null,
  ts timestamp with time zone not null,
  PRIMARY KEY (device_id)
) with (fillfactor=60);
comment on table device_seen is 'Time of the newest live reading of each device; never moves back. Readings that a broker or a sender kept do not count.';

create table engine_position (
  only_row boolean not null default true,
  xid xid8 not null,
  seq bigint not null,
  closed_slot timestamp with time zone not null,
  saved_at timestamp with time zone not null,
  registry_version bigint,
  PRIMARY KEY (only_row),
  CHECK (only_row)
);

create table event (
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  kind text not null,
  severity text not null,
  area_id integer not null,
  school_id integer,
  params jsonb not null,
  simulated boolean not null,
  PRIMARY KEY (id),
  FOREIGN KEY (area_id) REFERENCES area(id),
  CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'caution'::text, 'info'::text])))
);

create table indicator_sum (
  day date not null,
  indicator text not null,
  period text not null,
  school_id integer not null,
  numerator double precision not null,
  denominator double precision not null,
  updated_at timestamp with time zone not null,
  PRIMARY KEY (indicator, day, period, school_id),
  CHECK ((period = ANY (ARRAY['morning'::text, 'afternoon'::text, 'day'::text])))
);
-- hypertable by day, chunks of 30 days
comment on table indicator_sum is 'Ratios: both sums. Counts: numerator, with denominator the number that could count. Maxima: numerator is the maximum, denominator 1.';

create table indicator_value (
  at timestamp with time zone not null,
  indicator text not null,
  period text not null,
  area_id integer not null,
  numerator double precision,
  denominator double precision,
  value double precision,
  status text not null,
  reporting integer not null,
  expected integer not null,
  PRIMARY KEY (indicator, area_id, period, at),
  CHECK ((period = ANY (ARRAY['morning'::text, 'afternoon'::text, 'day'::text, 'now'::text])))
);
-- hypertable by at, chunks of 7 days

create table ingest_worker (
  broker text not null,
  owner text not null,
  worker text not null,
  started_at timestamp with time zone not null,
  alive_until timestamp with time zone not null,
  PRIMARY KEY (broker, owner, worker)
);
comment on table ingest_worker is 'Ingest programs alive now, which share the sessions of their owner evenly.';

create table installation (
  only_row boolean not null default true,
  id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null,
  PRIMARY KEY (only_row),
  CHECK (only_row)
);

create table journal (
  seq bigint not null generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp with time zone not null default clock_timestamp(),
  kind text not null,
  messages integer not null,
  school_ids integer[] not null,
  body jsonb,
  device_ids integer[],
  metric_ids smallint[],
  times timestamp with time zone[],
  amounts double precision[],
  PRIMARY KEY (seq),
  CHECK ((kind = ANY (ARRAY['readings'::text, 'rolls'::text, 'checkins'::text, 'status'::text, 'connections'::text, 'dead_letters'::text])))
);
comment on table journal is 'messages: how many arrived. kind readings: four parallel arrays of the rows really inserted. Other kinds: school_ids, and in body what the kind needs.';

create table maintenance_lease (
  only_row boolean not null default true,
  holder text not null,
  until timestamp with time zone not null,
  PRIMARY KEY (only_row),
  CHECK (only_row)
);

create table metric (
  id smallint not null,
  code text not null,
  name_vi text not null,
  name_en text not null,
  unit text not null,
  minimum double precision not null,
  maximum double precision not null,
  PRIMARY KEY (id),
  UNIQUE (code),
  CHECK ((minimum < maximum))
);
comment on table metric is 'minimum and maximum are physical limits: a value outside them cannot be true.';

create table reading (
  ts timestamp with time zone not null,
  device_id integer not null,
  metric_id smallint not null,
  value double precision not null,
  quality smallint not null,
  PRIMARY KEY (device_id, metric_id, ts)
);
-- hypertable by ts, chunks of 1 day
comment on column reading.quality is 'Bits: 1 time of arrival used, 2 came late (after its slot), 4 retained by the broker, 8 sent from the store of the sender (historical), 16 possibly an earlier value said again.';

create table registry_version (
  only_row boolean not null default true,
  version bigint not null,
  PRIMARY KEY (only_row),
  CHECK (only_row)
);

create table river_station (
  code text not null,
  name_vi text not null,
  river text not null,
  alarm_1 double precision not null,
  alarm_2 double precision not null,
  alarm_3 double precision not null,
  source text not null,
  PRIMARY KEY (code),
  CHECK (((alarm_1 < alarm_2) AND (alarm_2 < alarm_3)))
);
comment on table river_station is 'Alarm levels BĐ1 to BĐ3 in metres, by station.';

create table roll (
  day date not null,
  school_id integer not null,
  session text not null,
  class text not null,
  revision integer not null,
  message_id text not null,
  enrolled integer not null,
  present integer not null,
  late integer not null,
  excused integer not null,
  unexcused integer not null,
  consistent boolean not null,
  taken_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (school_id, day, session, class, revision),
  CHECK ((enrolled >= 0)),
  CHECK ((excused >= 0)),
  CHECK ((late >= 0)),
  CHECK ((present >= 0)),
  CHECK ((revision >= 0)),
  CHECK ((session = ANY (ARRAY['morning'::text, 'afternoon'::text]))),
  CHECK ((unexcused >= 0))
);
-- hypertable by day, chunks of 30 days
comment on column roll.consistent is 'present + excused + unexcused = enrolled and late <= present. An inconsistent roll counts as taken, but not in rates.';

create table roll_current (
  school_id integer not null,
  day date not null,
  session text not null,
  class text not null,
  revision integer not null,
  enrolled integer not null,
  present integer not null,
  late integer not null,
  excused integer not null,
  unexcused integer not null,
  consistent boolean not null,
  taken_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (school_id, day, session, class)
) with (fillfactor=70);

create table room_co2_day (
  day date not null,
  device_id integer not null,
  exceeded boolean not null,
  PRIMARY KEY (day, device_id)
) with (fillfactor=70);

create table schema_migration (
  id integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  PRIMARY KEY (id)
);

create table school (
  id integer not null generated always as identity,
  code text not null,
  name text not null,
  level text not null,
  ownership text not null,
  terrain text,
  lat double precision,
  lon double precision,
  enrolment integer not null,
  river_station text,
  valid_from date not null,
  valid_to date,
  merged_into integer,
  simulated boolean not null default false,
  PRIMARY KEY (id),
  UNIQUE (code),
  FOREIGN KEY (merged_into) REFERENCES school(id),
  FOREIGN KEY (river_station) REFERENCES river_station(code),
  CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
  CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision))),
  CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
  CHECK ((code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$'::text)),
  CHECK ((enrolment >= 0)),
  CHECK ((level = ANY (ARRAY['preschool'::text, 'primary'::text, 'lower_secondary'::text, 'upper_secondary'::text, 'continuing'::text]))),
  CHECK ((ownership = ANY (ARRAY['public'::text, 'private'::text]))),
  CHECK ((terrain = ANY (ARRAY['coastal'::text, 'plain'::text, 'midland'::text, 'mountain'::text, 'high-mountain'::text])))
);

create table school_area (
  tree text not null,
  school_id integer not null,
  area_id integer not null,
  valid_from date not null,
  valid_to date,
  PRIMARY KEY (tree, school_id, valid_from),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (school_id) REFERENCES school(id) ON DELETE CASCADE,
  FOREIGN KEY (tree) REFERENCES area_tree(id)
);

create table school_session (
  school_id integer not null,
  session text not null,
  weekdays smallint[] not null,
  starts time without time zone not null,
  ends time without time zone not null,
  classes integer not null,
  pupils integer not null,
  valid_from date not null,
  valid_to date,
  PRIMARY KEY (school_id, session, valid_from),
  FOREIGN KEY (school_id) REFERENCES school(id) ON DELETE CASCADE,
  CHECK ((classes >= 0)),
  CHECK ((pupils >= 0)),
  CHECK ((session = ANY (ARRAY['morning'::text, 'afternoon'::text]))),
  CHECK ((starts < ends)),
  CHECK ((weekdays <@ '{1,2,3,4,5,6,7}'::smallint[]))
);
comment on column school_session.weekdays is 'ISO weekdays, 1 Monday to 7 Sunday. Times are Asia/Ho_Chi_Minh.';

create table school_status (
  since timestamp with time zone not null,
  school_id integer not null,
  open boolean not null,
  reason text not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (school_id, since)
);
-- hypertable by since, chunks of 30 days

create table school_status_current (
  school_id integer not null,
  since timestamp with time zone not null,
  open boolean not null,
  reason text not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (school_id)
);

create table site (
  id integer not null generated always as identity,
  school_id integer not null,
  code text not null,
  name text not null,
  is_main boolean not null,
  PRIMARY KEY (id),
  UNIQUE (school_id, code),
  FOREIGN KEY (school_id) REFERENCES school(id) ON DELETE CASCADE
);
comment on table site is 'Điểm trường: sensors and attendance belong to a site, not only to a school.';

create table threshold (
  id integer not null generated always as identity,
  indicator text not null,
  school_level text,
  warning double precision not null,
  critical double precision not null,
  valid_from date not null,
  valid_to date,
  source text not null,
  PRIMARY KEY (id)
);
comment on table threshold is 'Direction (higher or lower is better) belongs to the indicator. school_level null: all levels.';

CREATE INDEX dead_letter_message ON dead_letter USING btree (message_id);
CREATE INDEX dead_letter_reason ON dead_letter USING btree (reason, message_id);
CREATE INDEX dead_letter_school ON dead_letter USING btree (school_code, message_id);
CREATE INDEX dead_letter_waiting ON dead_letter USING btree (reason, format, device_name, message_id) WHERE (device_name IS NOT NULL);
CREATE INDEX dead_message_kept ON dead_message USING btree (waiting, id) INCLUDE (letters, size);
CREATE INDEX dead_message_received ON dead_message USING btree (received_at) INCLUDE (letters);
CREATE INDEX device_alias_device ON device_alias USING btree (device_id);
CREATE INDEX event_at ON event USING btree (at DESC);
CREATE INDEX journal_position ON journal USING btree (xid, seq);
CREATE INDEX roll_current_day ON roll_current USING btree (day);

-- continuous aggregate
create materialized view reading_1d as
SELECT time_bucket('1 day'::interval, bucket, 'Asia/Ho_Chi_Minh'::text) AS bucket,
    device_id,
    metric_id,
    sum(total) AS total,
    sum(n) AS n,
    min(lowest) AS lowest,
    max(highest) AS highest
   FROM reading_1h
  GROUP BY (time_bucket('1 day'::interval, bucket, 'Asia/Ho_Chi_Minh'::text)), device_id, metric_id;

-- continuous aggregate
create materialized view reading_1h as
SELECT time_bucket('01:00:00'::interval, bucket) AS bucket,
    device_id,
    metric_id,
    sum(total) AS total,
    sum(n) AS n,
    min(lowest) AS lowest,
    max(highest) AS highest
   FROM reading_5m
  GROUP BY (time_bucket('01:00:00'::interval, bucket)), device_id, metric_id;

-- continuous aggregate
create materialized view reading_1m as
SELECT time_bucket('00:01:00'::interval, ts) AS bucket,
    device_id,
    metric_id,
    sum(value) AS total,
    count(*) AS n,
    min(value) AS lowest,
    max(value) AS highest
   FROM reading
  GROUP BY (time_bucket('00:01:00'::interval, ts)), device_id, metric_id;

-- continuous aggregate
create materialized view reading_5m as
SELECT time_bucket('00:05:00'::interval, bucket) AS bucket,
    device_id,
    metric_id,
    sum(total) AS total,
    sum(n) AS n,
    min(lowest) AS lowest,
    max(highest) AS highest
   FROM reading_1m
  GROUP BY (time_bucket('00:05:00'::interval, bucket)), device_id, metric_id;

create view reading_latest as
SELECT seen.device_id,
    metric.id AS metric_id,
    newest.ts,
    newest.value,
    newest.quality
   FROM device_seen seen
     CROSS JOIN metric
     CROSS JOIN LATERAL ( SELECT r.ts,
            r.value,
            r.quality
           FROM reading r
          WHERE r.device_id = seen.device_id AND r.metric_id = metric.id AND r.ts <= seen.ts AND r.ts > (seen.ts - '7 days'::interval) AND (r.quality::integer & 12) = 0
          ORDER BY r.ts DESC
         LIMIT 1) newest;
comment on view reading_latest is 'The newest live reading of each device and metric, of the seven days before the device last measured. Ask it for few devices at a time.';

create view waiting_device as
SELECT named.reason,
    named.format,
    named.name,
    first.received_at AS first_seen,
    last.received_at AS last_seen,
    named.messages,
    last.topic AS last_topic,
    last.id AS last_message
   FROM ( SELECT dead_letter.reason,
            dead_letter.format,
            dead_letter.device_name AS name,
            count(DISTINCT dead_letter.message_id) AS messages,
            min(dead_letter.message_id) AS first_message,
            max(dead_letter.message_id) AS last_message
           FROM dead_letter
          WHERE dead_letter.device_name IS NOT NULL
          GROUP BY dead_letter.reason, dead_letter.format, dead_letter.device_name) named
     JOIN dead_message first ON first.id = named.first_message
     JOIN dead_message last ON last.id = named.last_message;
comment on view waiting_device is 'Devices whose messages wait for their registration (unregistered-device) or birth (no-birth).';

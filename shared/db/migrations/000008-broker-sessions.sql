-- What ingest has at MQTT brokers: its sessions, which of its programs holds each, and what a broker has dropped.

create table broker_session (
  broker text not null,
  client_id text not null,
  owner text not null,
  filters text[] not null default '{}',
  settled boolean not null default false,
  seen_at timestamptz,
  lost_at timestamptz,
  lost_after interval,
  holder text,
  held_until timestamptz,
  primary key (broker, client_id)
);
comment on table broker_session is 'Sessions of ours at MQTT brokers. Each is connected by at most one program: the one that holds its lease.';
comment on column broker_session.broker is 'host:port.';
comment on column broker_session.owner is 'MQTT_CLIENT_ID: programs of one owner share its sessions.';
comment on column broker_session.filters is 'Topic filters the broker may have for it; exactly those once settled.';
comment on column broker_session.seen_at is 'Last sign of life of its connection.';
comment on column broker_session.lost_at is 'When a connection last found that the broker had forgotten it, after an absence of lost_after.';
comment on column broker_session.holder is 'The program whose lease it is until held_until. A row, because a lock of a session does not exist everywhere.';

create table ingest_worker (
  broker text not null,
  owner text not null,
  worker text not null,
  started_at timestamptz not null,
  alive_until timestamptz not null,
  primary key (broker, owner, worker)
);
comment on table ingest_worker is 'Ingest programs alive now, which share the sessions of their owner evenly.';

create table broker_drops (
  broker text primary key,
  dropped bigint not null,
  increase bigint not null default 0,
  increased_at timestamptz
);
comment on table broker_drops is 'The count of dropped messages that a broker last told of, and its last increase: also one while no program of ours ran.';

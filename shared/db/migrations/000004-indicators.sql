-- Indicators: sums by school and period (the truth that can be recomputed), values by area (history for charts).

create table indicator_sum (
  day date not null,
  indicator text not null,
  period text not null check (period in ('morning', 'afternoon', 'day')),
  school_id int not null,
  numerator double precision not null,
  denominator double precision not null,
  updated_at timestamptz not null,
  primary key (indicator, day, period, school_id)
);
comment on table indicator_sum is 'Ratios: both sums. Counts: numerator, with denominator the number that could count. Maxima: numerator is the maximum, denominator 1.';
select create_hypertable('indicator_sum', by_range('day', interval '1 month'));

create table indicator_value (
  at timestamptz not null,
  indicator text not null,
  period text not null check (period in ('morning', 'afternoon', 'day', 'now')),
  area_id int not null,
  numerator double precision,
  denominator double precision,
  value double precision,
  status text not null,
  reporting int not null,
  expected int not null,
  primary key (indicator, area_id, period, at)
);
select create_hypertable('indicator_value', by_range('at', interval '7 days'));
alter table indicator_value set (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'indicator, area_id, period',
  timescaledb.compress_orderby = 'at'
);

-- How far the engine has come: the journal position it has applied and the last slot it has closed.
create table engine_position (
  only_row boolean primary key default true check (only_row),
  xid xid8 not null,
  seq bigint not null,
  closed_slot timestamptz not null,
  saved_at timestamptz not null
);

create table threshold (
  id int generated always as identity primary key,
  indicator text not null,
  school_level text,
  warning double precision not null,
  critical double precision not null,
  valid_from date not null,
  valid_to date,
  source text not null
);
comment on table threshold is 'Direction (higher or lower is better) belongs to the indicator. school_level null: all levels.';

-- What happened, for the "latest events" list. The words are made by the reader from kind and params.
create table event (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  severity text not null check (severity in ('critical', 'warning', 'caution', 'info')),
  area_id int not null references area,
  school_id int,
  params jsonb not null,
  simulated boolean not null
);
create index event_at on event (at desc);

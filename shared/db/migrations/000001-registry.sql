-- The registry: where things are, since when and until when. Codes are what the outside world sees; ids stay inside.

create table area (
  id int generated always as identity primary key,
  code text not null unique check (code <> ''),
  kind text not null check (kind in ('province', 'district', 'commune')),
  name_vi text not null,
  full_name_vi text not null,
  name_en text not null,
  terrain text check (terrain in ('coastal', 'plain', 'midland', 'mountain', 'high-mountain')),
  lat double precision,
  lon double precision,
  tile_row smallint,
  tile_col smallint,
  valid_from date not null,
  valid_to date,
  check (valid_to is null or valid_to >= valid_from)
);
comment on table area is 'Units of the province. valid_to is the last day the unit existed; null while it exists.';

create table area_tree (
  id text primary key,
  name_vi text not null,
  name_en text not null
);
comment on table area_tree is 'Several trees over the same schools: the law of the day, and the former districts kept for comparison.';

create table area_edge (
  tree text not null references area_tree,
  area_id int not null references area,
  parent_id int not null references area,
  valid_from date not null,
  valid_to date,
  primary key (tree, area_id, valid_from),
  check (area_id <> parent_id),
  check (valid_to is null or valid_to >= valid_from)
);

create table river_station (
  code text primary key,
  name_vi text not null,
  river text not null,
  alarm_1 double precision not null,
  alarm_2 double precision not null,
  alarm_3 double precision not null,
  source text not null,
  check (alarm_1 < alarm_2 and alarm_2 < alarm_3)
);
comment on table river_station is 'Alarm levels BĐ1 to BĐ3 in metres, by station.';

create table school (
  id int generated always as identity primary key,
  code text not null unique check (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$'),
  name text not null,
  level text not null check (level in ('preschool', 'primary', 'lower_secondary', 'upper_secondary', 'continuing')),
  ownership text not null check (ownership in ('public', 'private')),
  terrain text check (terrain in ('coastal', 'plain', 'midland', 'mountain', 'high-mountain')),
  lat double precision check (lat between -90 and 90),
  lon double precision check (lon between -180 and 180),
  enrolment int not null check (enrolment >= 0),
  river_station text references river_station,
  valid_from date not null,
  valid_to date,
  merged_into int references school,
  simulated boolean not null default false,
  check (valid_to is null or valid_to >= valid_from)
);

-- A school belongs to one leaf of each tree at a time; history is never keyed by today's tree.
create table school_area (
  tree text not null references area_tree,
  school_id int not null references school on delete cascade,
  area_id int not null references area,
  valid_from date not null,
  valid_to date,
  primary key (tree, school_id, valid_from)
);

-- When a school is scheduled to be open: sessions differ by school, and a week may have eleven of them.
create table school_session (
  school_id int not null references school on delete cascade,
  session text not null check (session in ('morning', 'afternoon')),
  weekdays smallint[] not null check (weekdays <@ '{1,2,3,4,5,6,7}'),
  starts time not null,
  ends time not null,
  classes int not null check (classes >= 0),
  pupils int not null check (pupils >= 0),
  valid_from date not null,
  valid_to date,
  primary key (school_id, session, valid_from),
  check (starts < ends)
);
comment on column school_session.weekdays is 'ISO weekdays, 1 Monday to 7 Sunday. Times are Asia/Ho_Chi_Minh.';

create table site (
  id int generated always as identity primary key,
  school_id int not null references school on delete cascade,
  code text not null,
  name text not null,
  is_main boolean not null,
  unique (school_id, code)
);
comment on table site is 'Điểm trường: sensors and attendance belong to a site, not only to a school.';

create table metric (
  id smallint primary key,
  code text not null unique,
  name_vi text not null,
  name_en text not null,
  unit text not null,
  minimum double precision not null,
  maximum double precision not null,
  check (minimum < maximum)
);
comment on table metric is 'minimum and maximum are physical limits: a value outside them cannot be true.';

create table device (
  id int generated always as identity primary key,
  school_id int not null references school on delete cascade,
  site_id int not null references site,
  code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
  kind text not null check (kind in ('gateway', 'room', 'outdoor', 'river', 'yard')),
  room text,
  room_kind text check (room_kind in ('classroom', 'laboratory', 'boarding', 'kitchen', 'office', 'outdoor')),
  interval_s int not null check (interval_s between 1 and 86400),
  river_station text references river_station,
  valid_from date not null,
  valid_to date,
  simulated boolean not null default false,
  unique (school_id, code)
);

create table device_credential (
  device_id int primary key references device on delete cascade,
  username text not null unique,
  secret_hash text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
comment on column device_credential.secret_hash is 'scrypt; the secret itself is never stored.';

-- Days that differ from the ordinary week. area_id null: the whole province.
create table calendar_entry (
  id int generated always as identity primary key,
  kind text not null check (kind in ('term', 'holiday', 'closure', 'make_up')),
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  area_id int references area,
  name_vi text not null,
  name_en text not null,
  source text not null
);

-- Readers keep the registry in memory and look here to learn that theirs is old.
create table registry_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into registry_version (version) values (1);

-- What an operator has set up in this database; demo data must never be mistaken for real data.
create table installation (
  only_row boolean primary key default true check (only_row),
  id uuid not null default gen_random_uuid(),
  created_at timestamptz not null
);

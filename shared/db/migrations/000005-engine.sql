-- What the engine must remember beside sums and position.

-- Sums of another registry than today's cannot be continued: the version they were made with is kept with them.
alter table engine_position add column registry_version bigint;

-- Which rooms were measured in school hours of a day, and whether one was over the CO2 limit: a count of distinct
-- rooms cannot be continued from its number alone.
create table room_co2_day (
  day date not null,
  device_id int not null,
  exceeded boolean not null,
  primary key (day, device_id)
) with (fillfactor = 70);

-- Who may run the maintenance schedule. A row, because a lock of a session does not exist everywhere.
create table maintenance_lease (
  only_row boolean primary key default true check (only_row),
  holder text not null,
  until timestamptz not null
);

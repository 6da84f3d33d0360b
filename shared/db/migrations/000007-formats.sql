-- Devices that speak in their vendor's own words.

create table device_alias (
  format text not null,
  name text not null check (name <> '' and length(name) <= 200),
  device_id int not null references device on delete cascade,
  primary key (format, name)
);
create index device_alias_device on device_alias (device_id);
comment on table device_alias is 'The name by which a payload format calls a registered device, such as a devEui or group/edge/device.';

create table device_description (
  format text not null,
  name text not null,
  at timestamptz not null,
  body jsonb not null,
  primary key (format, name)
);
comment on table device_description is 'What a device said about itself (a Sparkplug birth, a Homie $description): its later messages cannot be read without it. Kept 400 days after it was said.';

comment on column reading.quality is 'Bits: 1 time of arrival used, 2 came late (after its slot), 4 retained by the broker, 8 sent from the store of the sender (historical), 16 possibly an earlier value said again.';

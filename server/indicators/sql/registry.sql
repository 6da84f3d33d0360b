-- The registry as the engine keeps it in memory, with all its validity dates, in one look.
select
  (select version from registry_version) as version,
  (select json_agg(json_build_object('id', id, 'code', code, 'kind', kind, 'name', name_vi)) from area) as areas,
  (select json_agg(json_build_object('tree', tree, 'area', area_id, 'parent', parent_id,
    'validFrom', valid_from, 'validTo', valid_to)) from area_edge) as edges,
  (select json_agg(json_build_object('tree', tree, 'school', school_id, 'area', area_id,
    'validFrom', valid_from, 'validTo', valid_to)) from school_area) as places,
  (select json_agg(json_build_object('id', id, 'code', code, 'name', name, 'level', level, 'riverStation', river_station,
    'simulated', simulated, 'validFrom', valid_from, 'validTo', valid_to) order by id) from school) as schools,
  (select json_agg(json_build_object('school', school_id, 'session', session, 'weekdays', weekdays,
    'starts', starts, 'ends', ends, 'classes', classes, 'pupils', pupils,
    'validFrom', valid_from, 'validTo', valid_to)) from school_session) as sessions,
  (select json_agg(json_build_object('id', id, 'school', school_id, 'kind', kind, 'roomKind', room_kind,
    'riverStation', river_station, 'validFrom', valid_from, 'validTo', valid_to) order by id) from device) as devices,
  (select json_agg(json_build_object('id', id, 'code', code)) from metric) as metrics,
  (select json_agg(json_build_object('code', code, 'alarm1', alarm_1, 'alarm2', alarm_2, 'alarm3', alarm_3))
    from river_station) as stations,
  (select json_agg(json_build_object('kind', kind, 'firstDay', first_day, 'lastDay', last_day, 'area', area_id))
    from calendar_entry) as calendar,
  (select json_agg(json_build_object('indicator', indicator, 'schoolLevel', school_level, 'warning', warning,
    'critical', critical, 'source', source, 'validFrom', valid_from, 'validTo', valid_to) order by id) from threshold) as thresholds

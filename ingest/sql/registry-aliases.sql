select a.format, a.name, s.code as school, d.code as device
from device_alias a
join device d on d.id = a.device_id
join school s on s.id = d.school_id
